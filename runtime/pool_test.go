package runtime_test

import (
	"errors"
	goruntime "runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// eventually waits for what the collector or another goroutine does.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	deadline := time.After(20 * time.Second)
	for !done() {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatal("it never came to this: " + what)
		}
	}
}

// two calls a Worker within a call of it, so that the pool comes to have two isolates.
func two(t *testing.T, p *runtime.Pool, first, second string) {
	t.Helper()
	call := func(path string, done func()) {
		inv := invocation.New("test", invocation.Limits{})
		p.Do(inv, &runtime.Fetch{
			Invocation: inv, Request: &fetch.RequestData{Method: "GET", URL: "http://x" + path, Headers: headers.New()},
			Done: func(_ *fetch.ResponseData, err error) {
				if err != nil {
					t.Errorf("%s: %v", path, err)
				}
				done()
			},
		})
	}
	answered := make(chan struct{})
	call(first, func() { call(second, func() { close(answered) }) })
	<-answered
	if p.Size() != 2 {
		t.Fatalf("%d isolates, want 2", p.Size())
	}
}

// An isolate that is lost in a turn of its own, after its calls have begun, leaves the pool then: no other call need come.
func TestLostIsolateLeavesItsPool(t *testing.T) {
	g := runtime.NewGuard(runtime.GuardOptions{})
	defer g.Close()
	s := script(t, `export default { fetch(request, env, ctx) {
		if (request.url.endsWith("/lost")) ctx.waitUntil(new Promise(() => { setTimeout(() => {}, 1e8); setTimeout(() => { for (;;); }, 1) }));
		return new Response;
	} }`, &log{})
	s.Guard, s.Limits = g, runtime.Limits{CPU: 20 * time.Millisecond}
	p := runtime.NewPool(s, runtime.PoolOptions{Max: 2, Idle: time.Hour})
	two(t, p, "/", "/lost")
	eventually(t, "one isolate is left", func() bool { return p.Size() == 1 })
}

// A pool that nobody has any more is collected, without waiting until its isolates have been idle for long enough.
func TestPoolIsCollected(t *testing.T) {
	collected := make(chan struct{})
	func() {
		s := script(t, `export default { fetch: () => new Response }`, &log{})
		p := runtime.NewPool(s, runtime.PoolOptions{Idle: time.Hour, Max: 2})
		two(t, p, "/", "/")
		goruntime.AddCleanup(p, func(c chan struct{}) { close(c) }, collected)
	}()
	eventually(t, "the pool is collected", func() bool {
		goruntime.GC()
		select {
		case <-collected:
			return true
		default:
			return false
		}
	})
}

// Calls that were let into the queue stay in it when the isolate that they wait for is lost: none is refused then.
func TestQueueOutlivesAnIsolate(t *testing.T) {
	g := runtime.NewGuard(runtime.GuardOptions{})
	t.Cleanup(g.Close)
	s := script(t, `export default { async fetch(request) {
		if (request.url.endsWith("/loop")) for (;;);
		return new Response("done");
	} };`, &log{})
	s.Guard, s.Limits = g, runtime.Limits{CPU: 100 * time.Millisecond}
	const queue = 200
	p := runtime.NewPool(s, runtime.PoolOptions{Max: 1, Queue: queue})
	for range 5 {
		loop := elsewhereAt(p, "/loop")
		eventually(t, "a loop runs", func() bool { return p.Long() == 1 })
		var waiting []<-chan answer
		for range queue {
			waiting = append(waiting, send(p, invocation.New("test", invocation.Limits{}), "/"))
		}
		for i, c := range waiting {
			if a := <-c; a.body != "done" {
				t.Fatalf("call %d of %d that waited: %+v: %v", i, queue, a, a.err)
			}
		}
		<-loop
	}
}

// A call waits for an isolate no longer than it may for its response, and does not run any more then.
func TestWaitingInTheQueueHasALimit(t *testing.T) {
	g := runtime.NewGuard(runtime.GuardOptions{Wall: 100 * time.Millisecond})
	t.Cleanup(g.Close)
	lines := &log{}
	s := script(t, `export default { fetch(request) {
		if (request.url.endsWith("/loop")) for (;;);
		console.log("ran " + request.url);
		return new Response("done");
	} };`, lines)
	s.Guard, s.Limits = g, runtime.Limits{CPU: time.Second}
	p := runtime.NewPool(s, runtime.PoolOptions{Max: 1, Queue: 1})
	loop := elsewhereAt(p, "/loop")
	eventually(t, "a loop runs", func() bool { return p.Long() == 1 })
	for range 2 { // whose place is free again
		a := get(p, "/late")
		var limit *runtime.LimitError
		if !errors.As(a.err, &limit) || !strings.HasPrefix(a.err.Error(), "Worker exceeded wall time limit. (limit: 100ms") {
			t.Fatalf("the one that waits: %+v", a)
		}
		eventually(t, "its invocation ends", a.inv.Ended)
	}
	select {
	case <-loop:
		t.Fatal("it waited until the loop had ended")
	default:
	}
	<-loop
	if a := get(p, "/next"); a.body != "done" || strings.Contains(lines.String(), "/late") {
		t.Fatalf("%+v; the log: %s", a, lines)
	}
}

// Who waits when an isolate is lost waits for the one that takes its place, and does not make his own.
func TestOneIsolateIsLoadedForAllThatWait(t *testing.T) {
	g := runtime.NewGuard(runtime.GuardOptions{})
	t.Cleanup(g.Close)
	s := script(t, `for (let i = 0; i < 200_000; i++); // so that the others come meanwhile
	export default { async fetch(request) {
		if (request.url.endsWith("/loop")) for (;;);
		return new Response("done");
	} };`, &log{})
	var loads atomic.Int64
	s.Guard, s.Limits = g, runtime.Limits{CPU: 100 * time.Millisecond}
	s.Prepare = func(*webidl.Realm) { loads.Add(1) }
	p := runtime.NewPool(s, runtime.PoolOptions{Max: 1, Queue: 100})
	loop := elsewhereAt(p, "/loop")
	eventually(t, "a loop runs", func() bool { return p.Long() == 1 })
	var waiting []<-chan answer
	for range 100 {
		waiting = append(waiting, send(p, invocation.New("test", invocation.Limits{}), "/"))
	}
	for i, c := range waiting {
		if a := <-c; a.body != "done" {
			t.Fatalf("call %d that waited: %+v: %v", i, a, a.err)
		}
	}
	<-loop
	if n := loads.Load(); n > 3 { // the first, the next, and one that was idle for a moment at the most
		t.Errorf("%d isolates were loaded", n)
	}
}
