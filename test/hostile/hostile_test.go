// Package hostile_test runs the real binary with Workers that do what they can to harm it: it must answer each with a clear
// error, live, and serve the others meanwhile. Each is a file of testdata whose first comments say what is expected.
//
// BINDERY_HOSTILE=all runs all of them, by themselves and several at a time, which takes some fifteen minutes on two processors; without it every
// tenth is run by itself, and with BINDERY_HOSTILE=3 every third. BINDERY_HOSTILE_BUSY=1 says that the machine has other work: patience is then counted in CPU time of the process.
package hostile_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// binary is the command under test: built once, or given ready by BINDERY_BINARY.
var binary = os.Getenv("BINDERY_BINARY")

// memory is the limit of the process, and arguments say so to the command.
const memory = 512 << 20

var arguments = []string{"--memory", "512MB"}

// ceiling is the most memory that may ever be resident: half as much again as the limit, for what the garbage collector has not yet
// freed, and what the process needs without any Worker.
const ceiling = memory + memory/2 + 128<<20

// grace is how much later than its limit a Worker's answer may come. In a crowd it is that for all of them on two processors.
const grace = 2 * time.Second

func TestMain(m *testing.M) {
	if binary != "" {
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp("", "bindery-hostile")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "bindery")
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/bindery").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// chosen leaves of the list what is to be run.
func chosen(list []*hostile, edited bool) []*hostile {
	step := 10
	if n, err := strconv.Atoi(os.Getenv("BINDERY_HOSTILE")); err == nil && n > 0 {
		step = n
	}
	if all {
		step = 1
	}
	var out []*hostile
	n := 0
	for _, h := range list {
		if h.edited() != edited {
			continue
		}
		if n%step == 0 {
			out = append(out, h)
		}
		n++
	}
	return out
}

// all says that every Worker is to be run.
var all = os.Getenv("BINDERY_HOSTILE") == "all"

// fleet is a folder with many hostile Workers and a healthy one, and the server that serves it, started anew when it died.
type fleet struct {
	t   *testing.T
	dir string
	mu  sync.Mutex
	s   *server
	// most is the most memory that any of the servers used; answers and slowest are of the healthy Worker. Guarded by mu.
	most    int64
	answers int
	slowest time.Duration
	deaths  int
	refused map[string]string // Workers that could not be loaded, and why
}

func newFleet(t *testing.T, workers []*hostile) *fleet {
	t.Helper()
	f := &fleet{t: t, dir: t.TempDir(), refused: map[string]string{}}
	healthyFolder(t, f.dir)
	for _, h := range workers {
		h.folder(t, f.dir)
	}
	f.start(t, workers)
	t.Cleanup(func() {
		f.count(t, f.s)
		f.s.stop(t)
		t.Logf("the healthy Worker answered %d times, at the slowest after %v; resident memory was %d MB at most, of %d; the server died %d times",
			f.answers, f.slowest.Round(time.Millisecond), f.most>>20, ceiling>>20, f.deaths)
	})
	return f
}

// start starts the server. Workers that can't be loaded, which is a failure of theirs, are taken away so that the others are tried.
func (f *fleet) start(t *testing.T, workers []*hostile) {
	t.Helper()
	for {
		s, faults := start(t, f.dir)
		if s != nil {
			f.s = s
			return
		}
		found := false
		for _, h := range workers {
			for _, l := range faults {
				for _, m := range l.Messages {
					if strings.Contains(m.Message, strconv.Quote(h.id())) || strings.Contains(m.File, "/"+h.id()+"/") {
						f.refused[h.id()] = m.Message
						found = found || os.RemoveAll(filepath.Join(f.dir, h.id())) == nil
					}
				}
			}
		}
		if !found {
			t.Fatalf("the server does not start: %s", faults[0].raw)
		}
	}
}

// server gives the running server.
func (f *fleet) server(t *testing.T) *server {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.s.dead(0) {
		f.deaths++
		s, faults := start(t, f.dir)
		if s == nil {
			t.Fatalf("the server does not start again: %s", faults[0].raw)
		}
		f.s = s
	}
	return f.s
}

// count takes what the healthy Worker has seen.
func (f *fleet) count(t testing.TB, s *server) {
	t.Helper()
	n, slowest, faults := s.healthy.take()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers += n
	f.slowest = max(f.slowest, slowest)
	f.most = max(f.most, s.most.Load())
	if len(faults) > 0 {
		t.Errorf("%d requests of the healthy Worker failed meanwhile: %s", len(faults), faults[0])
	}
}

// Each hostile Worker is asked by itself, again, and harms nobody.
func TestAlone(t *testing.T) {
	workers := chosen(readAll(t), false)
	f := newFleet(t, withBound(t, workers))
	var waiting sync.WaitGroup
	defer waiting.Wait()
	for _, h := range workers {
		if h.slow { // it does nothing but wait
			waiting.Go(func() { f.tryAmong(t, h, &sync.Map{}) })
			continue
		}
		t.Run(h.id(), func(t *testing.T) {
			s := f.server(t)
			s.resetPeak()
			f.try(t, s, h, h.limit()+grace)
			peak := s.highWater()
			t.Logf("resident memory was %d MB at most", peak>>20)
			if peak > ceiling {
				t.Errorf("resident memory was %d MB, more than %d", peak>>20, ceiling>>20)
			}
			f.count(t, s)
		})
	}
}

// try asks a Worker for an answer, and for the next.
func (f *fleet) try(t *testing.T, s *server, h *hostile, patience time.Duration) {
	t.Helper()
	if why, ok := f.refused[h.id()]; ok {
		t.Fatalf("the Worker can't be loaded: %s", why)
	}
	from := s.mark()
	want := h.expect
	for i := 0; i <= h.repeat; i++ {
		if i > 0 {
			want = h.next
		}
		a := s.get(h.id(), patience)
		if a.err != nil && !a.late && s.dead(300*time.Millisecond) {
			t.Fatalf("the process died of %s, request %d\n%s", h.id(), i+1, s.trace())
		}
		if a.late {
			// What still runs would fall upon those who come next.
			s.kill(h.id() + " was not answered in time")
			<-s.died
			t.Fatalf("request %d: %v, want %v; log:\n%s", i+1, a, want, strings.Join(s.since(from, h.id()), "\n"))
		}
		check(t, s, h, a, want, fmt.Sprintf("request %d", i+1), from)
	}
	for _, text := range h.logs {
		if _, ok := s.wait(from, grace, func(l line) bool {
			return l.Worker == h.id() && l.Type != "request" && strings.Contains(l.Name+": "+l.Message, text)
		}); !ok {
			t.Errorf("no line of output names the Worker and says %q; log:\n%s", text, strings.Join(s.since(from, h.id()), "\n"))
		}
	}
	if s.dead(0) {
		t.Fatalf("the process died of %s\n%s", h.id(), s.trace())
	}
}

// check compares an answer with what is wanted.
func check(t *testing.T, s *server, h *hostile, a answer, want []outcome, which string, from int) {
	t.Helper()
	met := false
	for _, o := range want {
		met = met || o.met(a)
	}
	if !met {
		t.Errorf("%s: %v, want %v; log:\n%s", which, a, want, strings.Join(s.since(from, h.id()), "\n"))
		return
	}
	for _, header := range h.headers {
		name, value, _ := strings.Cut(header, ": ")
		if a.status == 200 && a.header.Get(name) != value {
			t.Errorf("%s: header %s is %q, want %q", which, name, a.header.Get(name), value)
		}
	}
}

// withBound adds the Workers that others are bound to, where they were not chosen.
func withBound(t *testing.T, workers []*hostile) []*hostile {
	t.Helper()
	have := map[string]bool{}
	for _, h := range workers {
		have[h.id()] = true
	}
	all := readAll(t)
	out := append([]*hostile(nil), workers...)
	for i := 0; i < len(out); i++ {
		for _, b := range out[i].binds {
			_, service, _ := strings.Cut(b, " ")
			for _, h := range all {
				if h.id() == service && !have[service] {
					have[service] = true
					out = append(out, h)
				}
			}
		}
	}
	return out
}

// crowd is how many run at a time in TestTogether: twice as many as the processors of the machine that this was written for.
const crowd = 4

// All of them once more, several at a time: each gets its own answer and not another's, and the healthy one its own.
func TestTogether(t *testing.T) {
	if !all {
		t.Skip("SKIPPED: some five minutes of many at a time; set BINDERY_HOSTILE=all")
	}
	workers := chosen(readAll(t), false)
	f := newFleet(t, withBound(t, workers))
	queue := make(chan *hostile)
	go func() {
		defer close(queue)
		for first := range 29 { // neighbours in the list are of a kind
			for i := first; i < len(workers); i += 29 {
				queue <- workers[i]
			}
		}
	}()
	var running sync.Map
	var wg sync.WaitGroup
	f.s.resetPeak()
	for range crowd {
		wg.Go(func() {
			for h := range queue {
				running.Store(h.id(), true)
				f.tryAmong(t, h, &running)
				running.Delete(h.id())
			}
		})
	}
	wg.Wait()
	s := f.server(t)
	if peak := s.highWater(); peak > ceiling {
		t.Errorf("resident memory was %d MB, more than %d", peak>>20, ceiling>>20)
	}
}

// crowded is how any of them may end among others: CPU time is estimated, from what the process used; where the heap runs over there is no
// time to find out who holds it; and a regular expression has its time by the clock.
var crowded = []outcome{
	{status: 503, length: -1, texts: []string{"Worker exceeded "}},
	{status: 500, length: -1, texts: []string{"Regular expression took too long"}},
}

// tryAmong asks a Worker while others run. Where the server was killed because of another one, it asks again.
func (f *fleet) tryAmong(t *testing.T, h *hostile, running *sync.Map) {
	t.Helper()
	if f.refused[h.id()] != "" {
		return // TestAlone tells
	}
	for range crowd {
		s := f.server(t)
		from := s.mark()
		patience := crowd * (h.limit() + grace)
		if !busy {
			patience /= 2 // processors
		}
		a := s.get(h.id(), patience)
		switch {
		case a.late:
			t.Errorf("%s among others: %v, want %v", h.id(), a, h.expect)
			s.kill(h.id() + " was not answered in time") // what still runs would fall upon the others
			<-s.died
			return
		case a.err == nil || !s.dead(300*time.Millisecond):
			check(t, s, h, a, append(crowded, h.expect...), h.id()+" among others", from)
			return
		case s.killed.Load() == nil:
			var names []string
			running.Range(func(name, _ any) bool { names = append(names, name.(string)); return true })
			t.Errorf("the process died of %s or one of %s\n%s", h.id(), strings.Join(names, ", "), s.trace())
			return
		}
	}
	t.Errorf("%s: the server was killed whenever it was asked", h.id())
}
