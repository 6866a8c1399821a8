package runtime_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/bundle/lower"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// log is an observer that keeps what it is told.
type log struct {
	mu    sync.Mutex
	lines []string
}

func (l *log) Console(_ string, _ *invocation.Invocation, e webidl.LogEntry) {
	l.add(e.Level + ": " + e.Text)
}

func (l *log) Exception(_ string, _ *invocation.Invocation, e *runtime.Uncaught) {
	l.add("uncaught in " + e.In + ": " + e.Error())
}

func (l *log) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

func script(t testing.TB, source string, o runtime.Observer) *runtime.Script {
	t.Helper()
	sw := !strings.Contains(source, "export ")
	p, err := lower.Lower(lower.Input{Name: "worker.js", Code: []byte(source), ServiceWorker: sw})
	if err != nil {
		t.Fatal(err)
	}
	return &runtime.Script{Worker: "test", Program: p, ServiceWorker: sw, Observer: o}
}

func pool(t testing.TB, source string) (*runtime.Pool, *log) {
	t.Helper()
	l := &log{}
	return runtime.NewPool(script(t, source, l), runtime.PoolOptions{}), l
}

type answer struct {
	status int
	body   string
	err    error
	inv    *invocation.Invocation
}

// get calls the fetch handler and waits for its answer.
func get(p *runtime.Pool, path string) answer {
	inv := invocation.New("test", invocation.Limits{})
	return <-send(p, inv, path)
}

func send(p *runtime.Pool, inv *invocation.Invocation, path string) <-chan answer {
	got := make(chan answer, 1)
	p.Do(inv, &runtime.Fetch{
		Invocation: inv, Request: &fetch.RequestData{Method: "GET", URL: "http://x" + path, Headers: headers.New()},
		Done: func(d *fetch.ResponseData, err error) {
			a := answer{err: err, inv: inv}
			if d != nil {
				a.status = d.Status
				b, _ := d.Body.Whole()
				a.body = string(b)
			}
			got <- a
		},
	})
	return got
}

func TestHandlers(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"object", `export default { fetch(request) { return new Response("path " + new URL(request.url).pathname) } }`, "200 path /p"},
		{"async", `export default { async fetch(request, env, ctx) { await null; return new Response(typeof ctx.waitUntil + Object.keys(ctx.props).length) } }`, "200 function0"},
		{"class", `import { WorkerEntrypoint } from "cloudflare:workers"; export default class extends WorkerEntrypoint { #n = 0; fetch(request) { return new Response(String(++this.#n) + typeof this.env + typeof this.ctx) } }`, "200 1objectobject"},
		{"this", `export default { n: 5, fetch() { return new Response(String(this.n)) } }`, "200 5"},
		{"rest parameters", `export default { fetch(...args) { return new Response(String(args.length)) } }`, "200 3"},
		{"arguments", `export default { fetch() { return new Response(String(arguments.length)) } }`, "200 3"},
		{"default parameter", `export default { fetch(request, env, ctx = 1) { return new Response(typeof ctx) } }`, "200 object"},
		{"top-level await", `const v = await Promise.resolve("tla"); export default { fetch: () => new Response(v) }`, "200 tla"},
		{"service worker", `addEventListener("fetch", event => event.respondWith(new Response("sw " + event.request.method)))`, "200 sw GET"},
		{"service worker, async", `addEventListener("fetch", event => event.respondWith(handle(event.request))); async function handle(r) { await null; return new Response("later") }`, "200 later"},
		{"thenable", `export default { fetch() { return { then(resolve) { resolve(new Response("thenable")) } } } }`, "200 thenable"},
		{"throws", `export default { fetch() { throw new RangeError("mine") } }`, "RangeError: mine"},
		{"rejects", `export default { async fetch() { await null; null.x } }`, "TypeError: "},
		{"no response", `export default { fetch() { return 5 } }`, "TypeError: Incorrect type for Promise: the Promise did not resolve to 'Response'."},
		{"no handler", `export default { scheduled() {} }`, "TypeError: Handler does not export a fetch() function."},
		{"no default export", `export const x = 1`, `TypeError: Worker "test" has no default export`},
		{"no listener", `globalThis.x = 1`, `TypeError: Worker "test" listens for no fetch event`},
		{"no respondWith", `addEventListener("fetch", () => {})`, "TypeError: no listener of the fetch event called"},
		{"top level throws", `throw new TypeError("at the top"); export default {}`, `load Worker "test": TypeError: at the top`},
		{"top-level await of nothing", `await new Promise(() => {}); export default {}`, `load Worker "test": top-level await never settled`},
		{"never settles", `export default { fetch() { return new Promise(() => {}) } }`, "The Workers runtime canceled this request because it detected that your Worker's code had hung"},
		{"timers at the top level", `setTimeout(() => {}); export default {}`, `load Worker "test": Error: Disallowed operation called within global scope`},
		{"endless recursion", `export default { fetch() { const f = () => f() + 1; return f() } }`, "RangeError: Maximum call stack size exceeded"},
		{"unknown module", `import "node:nothing"; export default {}`, `load Worker "test": Error: No such module "node:nothing"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, _ := pool(t, tt.source)
			a := get(p, "/p")
			got := ""
			if a.err != nil {
				got = a.err.Error()
			} else {
				got = "200 " + a.body
			}
			if got != tt.want && (a.err == nil || !strings.HasPrefix(got, tt.want)) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestModuleStateStaysAndIsolatesGoAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := pool(t, `let n = 0; export default { async fetch(request) {
			n++;
			if (request.url.endsWith("/slow")) await new Promise(r => setTimeout(r, 1000));
			return new Response(String(n));
		} }`)
		for want := 1; want < 4; want++ {
			if a := get(p, "/"); a.body != string(rune('0'+want)) {
				t.Fatalf("got %v, want %d", a, want)
			}
		}
		if p.Size() != 1 {
			t.Fatalf("%d isolates for calls one after the other", p.Size())
		}
	})
}

// An isolate serves other requests while one of them waits for a timer: the same module state, no second isolate.
func TestCallsInterleave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := pool(t, `let n = 0; export default { async fetch(request) {
			const mine = ++n;
			await new Promise(r => setTimeout(r, 1000));
			return new Response(mine + "/" + n);
		} }`)
		var waits []<-chan answer
		for range 3 {
			waits = append(waits, send(p, invocation.New("test", invocation.Limits{}), "/"))
		}
		start := time.Now()
		for i, w := range waits {
			if a := <-w; a.err != nil || a.body != string(rune('1'+i))+"/3" {
				t.Errorf("call %d: %+v", i, a)
			}
		}
		if d := time.Since(start); d != time.Second {
			t.Errorf("took %v, want the second of the timers", d)
		}
		if p.Size() != 1 {
			t.Errorf("%d isolates", p.Size())
		}
	})
}

func TestWaitUntilOutlivesTheResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := pool(t, `export default { fetch(request, env, ctx) {
			ctx.waitUntil(new Promise(r => setTimeout(r, 5000)).then(() => console.log("done")));
			ctx.waitUntil(Promise.reject(new Error("failed")));
			return new Response("early");
		} }`)
		a := get(p, "/")
		if a.body != "early" || a.inv.Ended() {
			t.Fatalf("got %+v, ended %v", a, a.inv.Ended())
		}
		<-time.After(6 * time.Second)
		synctest.Wait()
		if !a.inv.Ended() {
			t.Error("the invocation goes on after its work is done")
		}
		if got := l.String(); got != "uncaught in waitUntil: Error: failed\nlog: done" {
			t.Errorf("log: %s", got)
		}
	})
}

func TestTimersEndWithTheInvocation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := pool(t, `export default { fetch() { setTimeout(() => console.log("late"), 1000); return new Response("x") } }`)
		get(p, "/")
		<-time.After(2 * time.Second)
		synctest.Wait()
		if l.String() != "" {
			t.Errorf("log: %s", l)
		}
	})
}

func TestUnhandledRejectionsAreLogged(t *testing.T) {
	p, l := pool(t, `export default { fetch() { Promise.reject(new TypeError("nobody looks")); Promise.reject(1).catch(() => {}); return new Response("x") } }`)
	if a := get(p, "/"); a.body != "x" {
		t.Fatalf("%+v", a)
	}
	if got := l.String(); got != "uncaught in promise: TypeError: nobody looks" {
		t.Errorf("log: %s", got)
	}
}

func TestUnhandledRejectionEvent(t *testing.T) {
	p, l := pool(t, `addEventListener("unhandledrejection", e => { console.log("event " + e.reason); if (e.reason === "quiet") e.preventDefault(); });
		export default { fetch() { Promise.reject("quiet"); Promise.reject("loud"); return new Response("x") } }`)
	if a := get(p, "/"); a.body != "x" {
		t.Fatalf("%+v", a)
	}
	if got := l.String(); got != "log: event quiet\nlog: event loud\nuncaught in promise: Error: loud" {
		t.Errorf("log: %s", got)
	}
}

// A listener that rejects promises itself ends.
func TestUnhandledRejectionEventDoesNotGoOnForEver(t *testing.T) {
	p, _ := pool(t, `addEventListener("unhandledrejection", () => { Promise.reject(1) });
		export default { fetch() { Promise.reject(0); return new Response("x") } }`)
	if a := get(p, "/"); a.body != "x" {
		t.Fatalf("%+v", a)
	}
}

func TestRejectedHandlerIsNotUnhandledToo(t *testing.T) {
	p, l := pool(t, `export default { async fetch() { throw new Error("once") } }`)
	if a := get(p, "/"); a.err == nil || l.String() != "" {
		t.Fatalf("%+v, log %q", a, l)
	}
}

func TestAbortReachesTheSignal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := pool(t, `export default { async fetch(request) {
			request.signal.addEventListener("abort", () => console.log("aborted " + request.signal.reason.name));
			await new Promise(r => setTimeout(r, 1000));
			return new Response("x");
		} }`)
		inv := invocation.New("test", invocation.Limits{})
		w := send(p, inv, "/")
		inv.Abort(nil)
		<-w
		if got := l.String(); !strings.HasPrefix(got, "log: aborted ") {
			t.Errorf("log: %q", got)
		}
	})
}

// Recursion without end is an error of the call that made it.
func TestRecursionHarmsNoOtherCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := pool(t, `let n = 0; export default { async fetch(request) {
			n++;
			if (request.url.endsWith("/bad")) { const f = () => f() + 1; f() }
			await new Promise(r => setTimeout(r, 1000));
			return new Response(String(n));
		} }`)
		waiting := send(p, invocation.New("test", invocation.Limits{}), "/")
		bad := get(p, "/bad")
		if bad.err == nil || !strings.Contains(bad.err.Error(), "Maximum call stack size exceeded") {
			t.Errorf("the call at fault: %+v", bad)
		}
		if a := <-waiting; a.body != "2" {
			t.Errorf("its neighbour: %+v", a)
		}
		if a := get(p, "/"); a.body != "3" {
			t.Errorf("the next: %+v", a)
		}
		if strings.Contains(l.String(), "isolate, which is lost") {
			t.Errorf("log: %s", l)
		}
	})
}

// A broken isolate takes its other calls with it, says whose fault it was, and is replaced.
func TestCondemnedIsolateIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := pool(t, `let n = 0; export default { async fetch(request) {
			n++;
			await new Promise(r => setTimeout(r, 1000));
			return new Response(String(n));
		} }`)
		waiting := send(p, invocation.New("test", invocation.Limits{}), "/")
		job := &panicking{err: make(chan error, 1)}
		p.Do(invocation.New("test", invocation.Limits{}), job)
		if err := <-job.err; err == nil || !strings.Contains(err.Error(), "a fault of ours") {
			t.Errorf("the call at fault: %v", err)
		}
		if a := <-waiting; !errors.Is(a.err, runtime.ErrCondemned) || !strings.Contains(a.err.Error(), "a fault of ours") {
			t.Errorf("its neighbour: %+v", a)
		}
		if a := get(p, "/"); a.body != "1" {
			t.Errorf("a new isolate: %+v", a)
		}
		if !strings.Contains(l.String(), "isolate, which is lost") {
			t.Errorf("log: %s", l)
		}
	})
}

type panicking struct{ err chan error }

func (p *panicking) Start(*runtime.Isolate) goja.Value      { panic("a fault of ours") }
func (p *panicking) Fulfilled(*runtime.Isolate, goja.Value) {}
func (p *panicking) Failed(err error)                       { p.err <- err }

func TestGoPanicCostsOneIsolate(t *testing.T) {
	p, l := pool(t, `export default { fetch() { return new Response("x") } }`)
	job := &panicking{err: make(chan error, 1)}
	p.Do(invocation.New("test", invocation.Limits{}), job)
	if err := <-job.err; err == nil || !strings.Contains(err.Error(), "internal error: a fault of ours") {
		t.Errorf("got %v", err)
	}
	if a := get(p, "/"); a.body != "x" {
		t.Errorf("got %+v", a)
	}
	if !strings.Contains(l.String(), "a fault of ours") {
		t.Errorf("log: %s", l)
	}
}

func TestPoolGrowsUnderContentionAndShrinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, `export default { fetch() { return new Response("x") } }`, nil)
		p := runtime.NewPool(s, runtime.PoolOptions{Max: 3, Idle: time.Minute})
		// Jobs that hold their isolate until released.
		var held []*holding
		for range 3 {
			h := &holding{in: make(chan struct{}), out: make(chan struct{}), done: make(chan struct{})}
			held = append(held, h)
			go p.Do(invocation.New("test", invocation.Limits{}), h)
			<-h.in
		}
		if p.Size() != 3 {
			t.Errorf("%d isolates for three calls at a time, want 3", p.Size())
		}
		waiting := send(p, invocation.New("test", invocation.Limits{}), "/")
		synctest.Wait()
		if p.Size() != 3 {
			t.Errorf("%d isolates, the limit is 3", p.Size())
		}
		for _, h := range held {
			close(h.out)
			<-h.done
		}
		if a := <-waiting; a.body != "x" {
			t.Errorf("the queued call: %+v", a)
		}
		<-time.After(3 * time.Minute)
		synctest.Wait()
		if p.Size() != 1 {
			t.Errorf("%d isolates after an idle while, want 1", p.Size())
		}
	})
}

// A script that fails to load fails every call, however many come at a time.
func TestLoadFailureUnderContention(t *testing.T) {
	p := runtime.NewPool(script(t, `for (let i = 0; i < 1000; i++); throw new Error("at the top"); export default {}`, nil), runtime.PoolOptions{Max: 1})
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			if a := get(p, "/"); a.err == nil || !strings.Contains(a.err.Error(), "at the top") {
				t.Errorf("got %+v", a)
			}
		})
	}
	wg.Wait()
}

type holding struct{ in, out, done chan struct{} }

func (h *holding) Start(*runtime.Isolate) goja.Value {
	close(h.in)
	<-h.out
	return goja.Undefined()
}
func (h *holding) Fulfilled(*runtime.Isolate, goja.Value) { close(h.done) }
func (h *holding) Failed(error)                           { close(h.done) }

func TestBuiltinsAreThere(t *testing.T) {
	for src, want := range map[string]string{
		`[1, 2, 3].values().map(x => x * 2).toArray().join()`:                "2,4,6",
		`Object.groupBy([1, 2, 3], x => x % 2 ? "odd" : "even").odd.join()`:  "1,3",
		`typeof Promise.withResolvers().resolve`:                             "function",
		`new ArrayBuffer(4).transfer(8).byteLength`:                          "8",
		`/\p{L}+/u.exec("1héllo")[0] + new RegExp("\\p{Lu}", "u").test("É")`: "héllotrue",
		`"a".isWellFormed()`: "true",
		`JSON.stringify(JSON.parse('{"a":[1,{"b":null}]}'))`:                           `{"a":[1,{"b":null}]}`,
		`(1234.5).toLocaleString("en-US")`:                                             "1,234.5",
		`typeof structuredClone + typeof atob + typeof queueMicrotask`:                 "functionfunctionfunction",
		`Object.getOwnPropertyDescriptor(globalThis, "Response").enumerable`:           "false",
		`new Response("x", { headers: { a: "b" } }).headers.get("A")`:                  "b",
		`class R extends Response { #p = 1; get p() { return this.#p } } new R("x").p`: "1",
	} {
		_ = want
		p, _ := pool(t, `export default { fetch() { return new Response(String(`+wrap(src)+`)) } }`)
		if a := get(p, "/"); a.err != nil || a.body != want {
			t.Errorf("%s: got %q %v, want %q", src, a.body, a.err, want)
		}
	}
}

// wrap makes an expression of statements whose last is one.
func wrap(src string) string {
	if i := strings.LastIndex(src, "} "); strings.HasPrefix(src, "class") && i > 0 {
		return "(() => { " + src[:i+2] + " return " + src[i+2:] + " })()"
	}
	return src
}
