package fire_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dop251/goja"
	"go.uber.org/goleak"

	"github.com/bindery/bindery/binding"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/bundle/lower"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// isolates counts the realms that are alive.
var isolates atomic.Int64

func init() {
	webidl.Prepare(func(rt *goja.Runtime) {
		isolates.Add(1)
		goruntime.AddCleanup(rt, func(struct{}) { isolates.Add(-1) }, struct{}{})
	})
}

// process is compositions in this process, as an http.RoundTripper.
type process struct {
	t       *testing.T
	guard   *runtime.Guard
	fire    *fire
	current atomic.Pointer[served]
	codes   map[string]string // source by file

	under sync.WaitGroup // invocations
	twice atomic.Int32   // answers that came again
}

// served is one composition and its number.
type served struct {
	number int
	c      *binding.Composition
}

// Console implements runtime.Observer.
func (p *process) Console(_ string, _ *invocation.Invocation, e webidl.LogEntry) {
	if e.Level == "warn" && strings.HasPrefix(e.Text, "isolate retired") {
		p.fire.count("retired", 1)
	}
	p.fire.pledges.said(e.Text)
}

// Exception implements runtime.Observer.
func (p *process) Exception(worker string, inv *invocation.Invocation, e *runtime.Uncaught) {
	switch {
	case e.GoStack != "":
		p.fire.fault("Worker %s: a fault of ours: %v\n%s", worker, e, e.GoStack)
	case healthy[worker]:
		p.fire.fault("Worker %s: uncaught in %s: %v", worker, e.In, e)
	case e.In == "isolate, which is lost":
		p.fire.count("condemned", 1)
	}
}

// compose makes the composition of one state.
func (p *process) compose(number int, now versions, previous *binding.Composition) *served {
	var workers []binding.Worker
	for _, w := range mix {
		code := strings.Replace(p.codes[w.file], "const VERSION = 0;", fmt.Sprintf("const VERSION = %d;", now[w.name]), 1)
		program, err := lower.Lower(lower.Input{Name: w.name + ".js", Code: []byte(code)})
		if err != nil {
			p.t.Fatalf("lower %s: %v", w.file, err)
		}
		member := binding.Worker{
			Name: w.name, Version: fmt.Sprint(now[w.name]), Program: program,
			Limits: runtime.Limits{CPU: time.Duration(w.cpuMS) * time.Millisecond, Memory: w.memory},
		}
		for _, s := range w.services {
			name, service, _ := strings.Cut(s, "=")
			member.Services = append(member.Services, binding.Service{Binding: name, Worker: service})
		}
		workers = append(workers, member)
	}
	c, err := binding.Compose(workers, binding.Options{
		Previous: previous, Guard: p.guard, Observer: p,
		Pool: runtime.PoolOptions{Max: 4, Idle: 200 * time.Millisecond, Queue: 10_000},
	})
	if err != nil {
		p.t.Errorf("compose: %v", err)
		return nil
	}
	if err := c.Warm(); err != nil {
		p.fire.fault("warm: %v", err)
	}
	return &served{number, c}
}

// swap serves a new composition, in which one Worker or several are of another version.
func (p *process) swap(r *rand.Rand) {
	workers := []string{edited[r.IntN(len(edited))]}
	if r.IntN(3) == 0 {
		workers = []string{"middle", "leaf"}
	}
	number, now := p.fire.history.next(workers...)
	if s := p.compose(number, now, p.current.Load().c); s != nil {
		p.current.Store(s)
	}
}

// RoundTrip implements http.RoundTripper.
func (p *process) RoundTrip(r *http.Request) (*http.Response, error) {
	s := p.current.Load()
	name, _, _ := strings.Cut(r.Host, ".")
	req := &fetch.RequestData{Method: r.Method, URL: "http://" + r.Host + r.URL.RequestURI(), Headers: headers.New(), Redirect: fetch.RedirectManual}
	for name, values := range r.Header {
		req.Headers.Append(strings.ToLower(name), values[0])
	}
	switch {
	case r.Body == nil || r.Body == http.NoBody:
	case r.ContentLength > 0:
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		req.Body = body.Bytes(b)
	default:
		req.Body = body.Live(body.FromReader(r.Body), -1)
	}
	inv := invocation.New(name, invocation.Limits{})
	p.under.Add(1)
	inv.OnEnd(p.under.Done)
	type answer struct {
		d   *fetch.ResponseData
		err error
	}
	got := make(chan answer, 1)
	var times, gone atomic.Int32
	s.c.Fetch(name, inv, req, func(d *fetch.ResponseData, err error) {
		if times.Add(1) > 1 {
			p.twice.Add(1)
			return
		}
		if gone.Add(1) > 1 { // nobody waits any more
			if d != nil && d.Body.IsLive() {
				d.Body.Stream().Cancel(invocation.ErrDisconnected)
			}
			return
		}
		got <- answer{d, err}
	})
	select {
	case a := <-got:
		return p.response(r, s, inv, a.d, a.err), nil
	case <-r.Context().Done():
	}
	inv.Abort(nil)
	if gone.Add(1) > 1 {
		if a := <-got; a.d != nil && a.d.Body.IsLive() {
			a.d.Body.Stream().Cancel(invocation.ErrDisconnected)
		}
	}
	return nil, context.Cause(r.Context())
}

// response makes an answer what the ingress would.
func (p *process) response(r *http.Request, s *served, inv *invocation.Invocation, d *fetch.ResponseData, err error) *http.Response {
	resp := &http.Response{StatusCode: 500, Header: http.Header{}, Request: r, ContentLength: -1, Body: http.NoBody}
	resp.Header.Set(generationHeader, fmt.Sprint(s.number))
	if err != nil {
		resp.Body = io.NopCloser(strings.NewReader(describe(err)))
		return resp
	}
	resp.StatusCode = d.Status
	for name, value := range d.Headers.All() {
		resp.Header.Add(name, value)
	}
	if d.Body != nil {
		ctx := r.Context()
		stop := context.AfterFunc(ctx, func() { inv.Abort(nil) })
		resp.Body = &responseBody{body.NewReader(ctx, d.Body.Stream()), stop}
	}
	return resp
}

type responseBody struct {
	io.ReadCloser
	stop func() bool
}

func (b *responseBody) Close() error {
	b.stop()
	return b.ReadCloser.Close()
}

// describe is what the ingress says of an error.
func describe(err error) string {
	if t, ok := err.(*webidl.Thrown); ok {
		name := t.Name
		if name == "" {
			name = t.Class
		}
		return name + ": " + t.Message
	}
	return "Error: " + err.Error()
}

func sources(t *testing.T) map[string]string {
	t.Helper()
	codes := map[string]string{}
	for _, w := range mix {
		b, err := os.ReadFile(filepath.Join("testdata", w.file))
		if err != nil {
			t.Fatal(err)
		}
		codes[w.file] = string(b)
	}
	return codes
}

// newProcess serves the first composition. Handlers may take wall to answer.
func newProcess(t *testing.T, wall time.Duration) *process {
	t.Helper()
	p := &process{t: t, codes: sources(t)}
	p.guard = runtime.NewGuard(runtime.GuardOptions{Wall: wall, WaitUntil: patience / 2, Memory: 512 << 20})
	p.fire = newFire(p.t, p, "http://process")
	p.current.Store(p.compose(0, p.fire.history.states[0], nil))
	return p
}

// end waits for all invocations and lets everything go.
func (p *process) end() {
	p.t.Helper()
	ended := make(chan struct{})
	go func() {
		p.under.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		p.t.Errorf("there are invocations that never end")
	}
	if n := p.twice.Load(); n > 0 {
		p.t.Errorf("%d answers came twice", n)
	}
	p.guard.Close()
}

func liveHeap() int64 {
	for range 3 {
		goruntime.GC()
	}
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A run in this process, and nothing of it stays.
func TestInProcess(t *testing.T) {
	already := goleak.IgnoreCurrent()
	live := func(d time.Duration) {
		p := newProcess(t, patience*3/4)
		p.fire.crowd(d, p.swap)
		p.end()
	}
	live(200 * time.Millisecond) // what a process makes once
	waitGone(t)
	before := liveHeap()
	live(length(t))
	waitGone(t)
	if err := goleak.Find(already); err != nil {
		t.Errorf("goroutines are left: %v", err)
	}
	if grown := liveHeap() - before; grown > 4<<20 {
		t.Errorf("%d KB of heap are left", grown>>10)
	} else {
		t.Logf("%d KB of heap are left", grown>>10)
	}
}

// waitGone waits until all isolates have been collected.
func waitGone(t *testing.T) {
	t.Helper()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	deadline := time.After(patience / 2)
	for {
		goruntime.GC()
		if isolates.Load() == 0 {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			t.Errorf("%d isolates are never collected", isolates.Load())
			return
		}
	}
}

// Each hostile deed, alone, comes to what is said of it: a deed that does no harm would prove nothing.
func TestDeedsAlone(t *testing.T) {
	p := newProcess(t, 500*time.Millisecond)
	defer p.end()
	c := &client{fire: p.fire, id: "alone"}
	for how := range outcomes {
		t.Run(how, func(t *testing.T) {
			worker := "hostile"
			if outcomes[how] == memory {
				worker = "greedy"
			}
			if err := c.hostile(t.Context(), worker, how); err != nil {
				t.Error(err)
			}
		})
	}
}
