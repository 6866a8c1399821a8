package runtime_test

import (
	"errors"
	"fmt"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
)

func guarded(t testing.TB, source string, o runtime.GuardOptions, l runtime.Limits) (*runtime.Pool, *log) {
	t.Helper()
	g := runtime.NewGuard(o)
	t.Cleanup(g.Close)
	lines := &log{}
	s := script(t, source, lines)
	s.Guard, s.Limits = g, l
	return runtime.NewPool(s, runtime.PoolOptions{Max: 1}), lines
}

func TestLimitsEndWhatGoesOn(t *testing.T) {
	const worker = `
		let hold = [];
		const pass = ms => new Promise(resolve => setTimeout(resolve, ms));
		const handlers = {
			loop() { for (;;); },
			async microtasks() { for (;;) await null; },
			async later() { await pass(1); for (;;); },
			never() { return new Promise(resolve => setInterval(() => hold, 20)); },
			push() { for (;;) hold.push({ a: [1, 2, 3] }); },
			concat() { let s = ["0123456789abcdef"]; for (;;) s[0] = s[0] + s[0].slice(1) + "x"; },
			catching() { for (;;) try { for (;;); } finally { continue; } },
			waiting(ctx) { ctx.waitUntil(new Promise(() => setInterval(() => hold, 20))); return new Response("waits"); },
			double() { let s = "0123456789abcdef"; for (;;) s = s + s; },
			grow() { let s = "0123456789abcdef", n = 1; for (;;) { s = s + s.slice(1) + "x"; n = n + 1; } },
			ok() { return new Response("ok"); },
		};
		export default { fetch(request, env, ctx) { return handlers[new URL(request.url).pathname.slice(1)](ctx) } };`
	for _, c := range []struct{ path, err, log string }{
		{"/loop", "Worker exceeded CPU time limit. (limit: 50 ms, set by limits.cpu_ms)", ""},
		{"/microtasks", "Worker exceeded CPU time limit.", ""},
		{"/later", "Worker exceeded CPU time limit.", ""},
		{"/catching", "Worker exceeded CPU time limit.", ""},
		{"/never", "Worker exceeded wall time limit. (limit: 100ms until the response's headers)", ""},
		{"/push", "Worker exceeded memory limit.", "its isolate held some"},
		{"/concat", "Worker exceeded memory limit.", "its isolate held some"},
		{"/double", "RangeError: Invalid string length", ""},
		{"/grow", "RangeError: Invalid string length", ""},
		{"/waiting", "", "waitUntil() tasks did not complete within the allowed time"},
	} {
		t.Run(c.path[1:], func(t *testing.T) {
			l := runtime.Limits{CPU: 50 * time.Millisecond}
			switch {
			case strings.Contains(c.err, "memory"):
				l = runtime.Limits{CPU: 20 * time.Second, Memory: 32 << 20}
			case strings.Contains(c.err, "RangeError"): // comes before any verdict
				l = runtime.Limits{CPU: 20 * time.Second, Memory: 8 << 30}
			}
			o := runtime.GuardOptions{Wall: 100 * time.Millisecond, WaitUntil: 50 * time.Millisecond}
			p, lines := guarded(t, worker, o, l)
			a := get(p, c.path)
			var limit *runtime.LimitError
			switch {
			case c.err == "" && a.err != nil:
				t.Fatal(a.err)
			case strings.HasPrefix(c.err, "RangeError") && a.err != nil && strings.HasPrefix(a.err.Error(), c.err):
			case c.err != "" && (!errors.As(a.err, &limit) || !strings.Contains(a.err.Error(), c.err)):
				t.Fatalf("got %v, want %s", a.err, c.err)
			}
			ended := make(chan struct{})
			a.inv.OnEnd(func() { close(ended) })
			<-ended
			if !strings.Contains(lines.String(), c.log) {
				t.Fatalf("the log lacks %q: %s", c.log, lines)
			}
			if a := get(p, "/ok"); a.body != "ok" {
				t.Fatalf("a new isolate does not answer: %+v", a)
			}
		})
	}
}

func TestTopLevelCodeHasALimit(t *testing.T) {
	p, _ := guarded(t, `for (;;); export default { fetch() {} }`, runtime.GuardOptions{}, runtime.Limits{Startup: 30 * time.Millisecond})
	a := get(p, "/")
	var load *runtime.LoadError
	if !errors.As(a.err, &load) || !strings.Contains(a.err.Error(), "its top-level code may take 30 ms") {
		t.Fatal(a.err)
	}
}

// A call that ends just as it is to be interrupted must not cost the next one anything.
func TestLateInterruptHitsNobodyElse(t *testing.T) {
	p, _ := guarded(t, `
		export default { fetch(request) {
			const end = performance.now() + 6;
			while (performance.now() < end);
			return new Response(new URL(request.url).pathname);
		} };`, runtime.GuardOptions{}, runtime.Limits{CPU: 6 * time.Millisecond})
	limit := 0
	for i := range 100 {
		path := fmt.Sprintf("/%d", i)
		switch a := get(p, path); {
		case a.err == nil && a.body != path:
			t.Fatalf("call %d: %+v", i, a)
		case a.err != nil:
			if !strings.HasPrefix(a.err.Error(), "Worker exceeded CPU time limit.") {
				t.Fatalf("call %d: %v", i, a.err)
			}
			limit++
		}
	}
	t.Logf("%d of 100 were ended", limit)
}

func TestNeighboursOfACondemnedCallAreTold(t *testing.T) {
	p, lines := guarded(t, `
		export default { fetch(request) {
			switch (new URL(request.url).pathname) {
			case "/stream": return new Response(new ReadableStream({ pull(c) { return new Promise(r => setTimeout(r, 1e6)) } }));
			case "/sleep": return new Promise(r => setTimeout(r, 1e6));
			}
			for (;;);
		} };`, runtime.GuardOptions{}, runtime.Limits{CPU: 20 * time.Millisecond})
	waiting := send(p, invocation.New("test", invocation.Limits{}), "/sleep")
	stream := body(t, p, "/stream")
	get(p, "/loop")
	a := <-waiting
	if !errors.Is(a.err, runtime.ErrCondemned) || !strings.Contains(a.err.Error(), "Worker exceeded CPU time limit.") ||
		!strings.Contains(a.err.Error(), "another call of Worker") {
		t.Fatal(a.err)
	}
	if err := <-stream; !errors.Is(err, runtime.ErrCondemned) {
		t.Fatalf("the response's body ended with %v", err)
	}
	if n := strings.Count(lines.String(), "exceeded CPU time"); n != 1 {
		t.Fatalf("told %d times:\n%s", n, lines)
	}
}

// body pulls the first chunk of a response and gives what that ended with.
func body(t *testing.T, p *runtime.Pool, path string) <-chan error {
	t.Helper()
	got := make(chan error, 1)
	begun := make(chan struct{})
	inv := invocation.New("test", invocation.Limits{})
	p.Do(inv, &runtime.Fetch{
		Invocation: inv, Request: &fetch.RequestData{Method: "GET", URL: "http://x" + path, Headers: headers.New()},
		Done: func(d *fetch.ResponseData, err error) {
			defer close(begun)
			if err != nil {
				got <- err
				return
			}
			d.Body.Stream().Pull(func(_ []byte, err error) { got <- err })
		},
	})
	<-begun
	return got
}

// A Worker that computes leaves processors to others, and what waits behind it is bounded.
func TestLongTurnsAreBounded(t *testing.T) {
	g := runtime.NewGuard(runtime.GuardOptions{})
	t.Cleanup(g.Close)
	s := script(t, `let running = 0; export default { fetch() { const end = performance.now() + 60; while (performance.now() < end); return new Response("done"); } };`, nil)
	s.Guard = g
	p := runtime.NewPool(s, runtime.PoolOptions{Max: 8, Long: 1, Queue: 3})
	first := make(chan answer, 1)
	go func() { first <- get(p, "/") }()
	for p.Long() == 0 {
		select {
		case a := <-first: // it was over before the watchdog looked twice: the machine is busy
			if a.body != "done" {
				t.Fatalf("%+v", a)
			}
			go func() { first <- get(p, "/") }()
		default:
			goruntime.Gosched()
		}
	}
	var waiting []<-chan answer
	for range 3 {
		waiting = append(waiting, send(p, invocation.New("test", invocation.Limits{}), "/"))
	}
	if a := get(p, "/"); !errors.Is(a.err, runtime.ErrOverloaded) {
		t.Fatalf("the fifth got %+v", a)
	}
	if n := p.Size(); n != 1 {
		t.Fatalf("%d isolates run beside one that computes", n)
	}
	for _, c := range append(waiting, first) {
		if a := <-c; a.body != "done" {
			t.Fatalf("%+v", a)
		}
	}
	if a := get(p, "/"); a.body != "done" {
		t.Fatalf("the queue is empty again, and a call got %+v", a)
	}
}
