package binding_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bindery/bindery/binding"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/bundle/lower"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// observer keeps what Workers write.
type observer struct {
	mu    sync.Mutex
	lines []string
}

func (o *observer) Console(worker string, _ *invocation.Invocation, e webidl.LogEntry) {
	o.add(worker + ": " + e.Text)
}

func (o *observer) Exception(worker string, _ *invocation.Invocation, e *runtime.Uncaught) {
	o.add(worker + ": uncaught in " + e.In + ": " + e.Error())
}

func (o *observer) add(line string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lines = append(o.lines, line)
}

func (o *observer) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.lines, "\n")
}

// worker compiles a Worker. Bindings are written "NAME=service" or "NAME=service#Entrypoint".
func worker(t testing.TB, name, source string, bindings ...string) binding.Worker {
	t.Helper()
	sw := !strings.Contains(source, "export ")
	p, err := lower.Lower(lower.Input{Name: name + ".js", Code: []byte(source), ServiceWorker: sw})
	if err != nil {
		t.Fatal(err)
	}
	w := binding.Worker{Name: name, Version: source, Program: p, ServiceWorker: sw}
	for _, b := range bindings {
		key, target, _ := strings.Cut(b, "=")
		target, entrypoint, _ := strings.Cut(target, "#")
		w.Services = append(w.Services, binding.Service{Binding: key, Worker: target, Entrypoint: entrypoint})
	}
	return w
}

func compose(t testing.TB, o binding.Options, workers ...binding.Worker) *binding.Composition {
	t.Helper()
	c, err := binding.Compose(workers, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type answer struct {
	text string
	err  error
	data *fetch.ResponseData
}

func send(c *binding.Composition, name string, inv *invocation.Invocation, req *fetch.RequestData) <-chan answer {
	got := make(chan answer, 1)
	c.Fetch(name, inv, req, func(d *fetch.ResponseData, err error) {
		if err != nil {
			got <- answer{err: err}
			return
		}
		go func() {
			var b []byte
			if d.Body != nil {
				var err error
				if b, err = io.ReadAll(body.NewReader(context.Background(), d.Body.Stream())); err != nil {
					got <- answer{err: err, data: d}
					return
				}
			}
			got <- answer{text: fmt.Sprintf("%d %s", d.Status, b), data: d}
		}()
	})
	return got
}

func request(path string) *fetch.RequestData {
	return &fetch.RequestData{Method: "GET", URL: "http://x" + path, Headers: headers.New(headers.Pair{Name: "x-in", Value: "1"}), Redirect: fetch.RedirectManual}
}

// ask sends GET path to a Worker and gives "STATUS BODY", or the error's text.
func ask(c *binding.Composition, name, path string) string {
	a := <-send(c, name, invocation.New(name, invocation.Limits{}), request(path))
	if a.err != nil {
		return a.err.Error()
	}
	return a.text
}

func TestCalls(t *testing.T) {
	leaf := `export default { async fetch(request, env, ctx) {
		const url = new URL(request.url);
		switch (url.pathname) {
		case "/throw": throw new RangeError("from the leaf");
		case "/custom": { class MyError extends TypeError { name = "MyError" } throw new MyError("own") }
		case "/dom": throw new DOMException("dom", "AbortError");
		case "/string": throw "a string";
		case "/later": await new Promise(r => setTimeout(r, 10)); return new Response("later");
		case "/reject-later": await new Promise(r => setTimeout(r, 10)); throw new TypeError("late");
		case "/echo": return new Response(request.method + " " + await request.text(), { status: 201, headers: { "x-leaf": request.headers.get("x-mine") } });
		case "/props": return Response.json(ctx.props);
		case "/cancel": await request.body.getReader().cancel("why not"); return new Response("cancelled");
		case "/stream": { let n = 0; return new Response(new ReadableStream({ async pull(c) { await scheduler.wait(1); c.enqueue(new Uint8Array([97 + n++])); } })) }
		case "/mode": return new Response(request.redirect);
		case "/redirect": return Response.redirect("http://x/landed", 302);
		case "/landed": return new Response("landed");
		}
		return new Response("leaf " + url.pathname + " " + request.headers.get("x-in"));
	} }
	export class Named { constructor(ctx, env) { this.ctx = ctx } fetch() { return new Response("named " + JSON.stringify(this.ctx.props)) } }
	export const plain = { fetch() { return new Response("plain object") } };`
	tests := []struct{ name, front, want string }{
		{"request as it is", `return env.LEAF.fetch(request)`, "200 leaf /p 1"},
		{"awaited", `return await env.LEAF.fetch(request)`, "200 leaf /p 1"},
		{"url", `return env.LEAF.fetch("http://other/path?q")`, "200 leaf /path null"},
		{"url and init", `const r = await env.LEAF.fetch("http://other/echo", { method: "post", body: "text", headers: { "X-Mine": "h" } }); return new Response(r.status + r.headers.get("x-leaf") + " " + await r.text())`, "200 201h POST text"},
		{"request and init", `return env.LEAF.fetch(new Request("http://a/echo", { method: "PUT", body: "b" }), { headers: { "x-mine": "y" } })`, "201 PUT b"},
		{"clone", `const a = await (await env.LEAF.fetch(request.clone())).text(); return new Response(a + "|" + await (await env.LEAF.fetch(request)).text())`, "200 leaf /p 1|leaf /p 1"},
		{"settles later", `return env.LEAF.fetch("http://x/later")`, "200 later"},
		{"throws", `try { await env.LEAF.fetch("http://x/throw") } catch (e) { return new Response(e.name + e.message + (e instanceof RangeError)) }`, "200 RangeErrorfrom the leaftrue"},
		{"throws an own class", `try { await env.LEAF.fetch("http://x/custom") } catch (e) { return new Response(e.name + e.message + (e instanceof TypeError)) }`, "200 MyErrorowntrue"},
		{"throws a DOMException", `try { await env.LEAF.fetch("http://x/dom") } catch (e) { return new Response(e.name + e.message + (e instanceof DOMException)) }`, "200 AbortErrordomtrue"},
		{"throws a string", `try { await env.LEAF.fetch("http://x/string") } catch (e) { return new Response(e.name + e.message) }`, "200 Errora string"},
		{"throws, nobody catches", `return env.LEAF.fetch("http://x/throw")`, "RangeError: from the leaf"},
		{"rejects later", `return env.LEAF.fetch("http://x/reject-later").catch(e => new Response(e.name + e.message))`, "200 TypeErrorlate"},
		{"several at a time", `return new Response((await Promise.all([1, 2, 3].map(async i => (await env.LEAF.fetch("http://x/later")).text()))).join())`, "200 later,later,later"},
		{"taken off its binding", `const { fetch } = env.LEAF; try { await fetch(request) } catch (e) { return new Response(e.name) }`, "200 TypeError"},
		{"named class", `return env.NAMED.fetch(request)`, "200 named {}"},
		{"named object", `return env.PLAIN.fetch(request)`, "200 plain object"},
		{"unknown entrypoint", `return env.NONE.fetch(request)`, `TypeError: Worker "leaf" exports no entrypoint named "None"`},
		{"no props", `return env.LEAF.fetch("http://x/props")`, "200 {}"},
		{"follows redirects by default", `return env.LEAF.fetch("http://x/redirect")`, "200 landed"},
		{"the callee sees a request like one from outside", `return env.LEAF.fetch("http://x/mode")`, "200 manual"},
		{"redirect: manual", `const r = await env.LEAF.fetch("http://x/redirect", { redirect: "manual" }); return new Response(r.status + r.headers.get("location"))`, "200 302http://x/landed"},
		{"the request of the client does not follow", `const r = await env.LEAF.fetch(new Request("http://x/redirect", request)); return new Response(String(r.status))`, "200 302"},
		{"headers of an answer are immutable, a copy is not", `const r = await env.LEAF.fetch(request); try { r.headers.set("a", "b") } catch (e) { const c = new Response(r.body, r); c.headers.set("a", "b"); return new Response(e.name + c.headers.get("a")) }`, "200 TypeErrorb"},
		{"body of a request is used", `const r = new Request("http://x/echo", { method: "POST", body: "b" }); await env.LEAF.fetch(r); return new Response(String(r.bodyUsed))`, "200 true"},
		{"url of the answer", `const r = await env.LEAF.fetch("http://x/redirect#h"); const q = await env.LEAF.fetch("http://x/p#h"); return new Response([r.url, r.redirected, q.url, q.redirected].join())`, "200 http://x/landed,true,http://x/p,false"},
		{"an aborted signal", `try { await env.LEAF.fetch("http://x/p", { signal: AbortSignal.abort("why") }) } catch (e) { return new Response(String(e)) }`, "200 why"},
		{"a signal that times out", `try { await env.LEAF.fetch("http://x/later", { signal: AbortSignal.timeout(1) }) } catch (e) { return new Response(e.name) }`, "200 TimeoutError"},
		{"a signal that is aborted later", `const c = new AbortController(); const p = env.LEAF.fetch("http://x/later", { signal: c.signal }); c.abort(new RangeError("mine")); return p.catch(e => new Response(e.name + e.message))`, "200 RangeErrormine"},
		{"a signal that is aborted while the body is read", `const c = new AbortController(), r = await env.LEAF.fetch("http://x/stream", { signal: c.signal }), d = r.body.getReader(); await d.read(); const p = d.read(); c.abort("why"); return p.catch(e => new Response(typeof e + e))`, "200 stringwhy"},
		{"a signal that is aborted before the body is read", `const c = new AbortController(), r = await env.LEAF.fetch("http://x/stream", { signal: c.signal }); c.abort(); return r.text().catch(e => new Response(e.name + (e === c.signal.reason)))`, "200 AbortErrortrue"},
		{"a signal that is aborted before a whole body is read", `const c = new AbortController(), r = await env.LEAF.fetch("http://x/p", { signal: c.signal }); c.abort(); return r.text().catch(e => new Response(e.name + (e === c.signal.reason)))`, "200 AbortErrortrue"},
		{"a signal that times out while the body is read", `const r = await env.LEAF.fetch("http://x/stream", { signal: AbortSignal.timeout(20) }); return r.text().catch(e => new Response(e.name))`, "200 TimeoutError"},
		{"why a stream is cancelled", `const why = await new Promise(cancel => env.LEAF.fetch("http://x/cancel", { method: "POST", body: new ReadableStream({ cancel }) })); return new Response(typeof why + " " + why)`, "200 string why not"},
		{"a signal that is not aborted", `return env.LEAF.fetch("http://x/later", { signal: new AbortController().signal })`, "200 later"},
		{"a body that the callee does not read", `const { readable, writable } = new TransformStream(); const p = env.LEAF.fetch("http://x/p", { method: "POST", body: readable }); const w = writable.getWriter();
			try { for (let i = 0; i < 100; i++) await w.write(new Uint8Array(1000)); return new Response("all written") } catch (e) { return new Response("cancelled " + (await p).status) }`, "200 cancelled 200"},
		{"relative url", `try { await env.LEAF.fetch("/path") } catch (e) { return new Response(e.name) }`, "200 TypeError"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			front := worker(t, "front", "export default { async fetch(request, env) { "+tt.front+" } }", "LEAF=leaf", "NAMED=leaf#Named", "PLAIN=leaf#plain", "NONE=leaf#None")
			c := compose(t, binding.Options{}, front, worker(t, "leaf", leaf))
			if got := ask(c, "front", "/p"); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestServiceWorkerSyntaxMixesWithModules(t *testing.T) {
	front := worker(t, "front", `addEventListener("fetch", event => event.respondWith(handle(event.request)));
		async function handle(request) { return new Response(TEXT + DATA.list[1] + " " + await (await LEAF.fetch(request)).text()) }`, "LEAF=leaf")
	front.Text = map[string]string{"TEXT": "text"}
	front.JSON = map[string]json.RawMessage{"DATA": json.RawMessage(`{"list": [1, 2]}`)}
	leaf := worker(t, "leaf", `export default { fetch(request, env) { return env.BACK.fetch(request) } }`, "BACK=back")
	back := worker(t, "back", `addEventListener("fetch", event => event.respondWith(new Response("classic")))`)
	if got := ask(compose(t, binding.Options{}, front, leaf, back), "front", "/"); got != "200 text2 classic" {
		t.Error(got)
	}
}

func TestPropsReachTheCallee(t *testing.T) {
	front := worker(t, "front", `export default { fetch: (request, env) => env.LEAF.fetch(request) }`)
	front.Services = []binding.Service{{Binding: "LEAF", Worker: "leaf", Props: json.RawMessage(`{"user":{"id":7}}`)}}
	leaf := worker(t, "leaf", `export default { fetch: (request, env, ctx) => new Response(String(ctx.props.user.id)) }`)
	if got := ask(compose(t, binding.Options{}, front, leaf), "front", "/"); got != "200 7" {
		t.Error(got)
	}
}

// What is bound in circles, or to itself, answers; what recurses without end gets an error.
func TestCycles(t *testing.T) {
	ping := `let depth = 0; export default { async fetch(request, env) {
		const n = Number(new URL(request.url).pathname.slice(1));
		return n === 0 ? new Response("bottom") : env.NEXT.fetch("http://x/" + (n - 1));
	} }`
	pair := compose(t, binding.Options{}, worker(t, "a", ping, "NEXT=b"), worker(t, "b", ping, "NEXT=a"))
	self := compose(t, binding.Options{}, worker(t, "a", ping, "NEXT=a"))
	for name, c := range map[string]*binding.Composition{"two": pair, "self": self} {
		for _, n := range []int{0, 1, 2, 7, 30} {
			if got := ask(c, "a", fmt.Sprintf("/%d", n)); got != "200 bottom" {
				t.Errorf("%s, %d hops: %s", name, n, got)
			}
		}
		if got := ask(c, "a", "/32"); !strings.Contains(got, "Subrequest depth limit exceeded") || !strings.Contains(got, "32 deep") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestSelfBindingSharesModuleState(t *testing.T) {
	c := compose(t, binding.Options{}, worker(t, "a", `let n = 0; export default { async fetch(request, env) {
		n++;
		if (request.url.endsWith("/inner")) return new Response(String(n));
		return new Response(n + "," + await (await env.ME.fetch("http://x/inner")).text());
	} }`, "ME=a"))
	if got := ask(c, "a", "/"); got != "200 1,2" {
		t.Error(got)
	}
}

// Everybody calls everybody at the same time: every call is answered.
func TestNothingDeadlocks(t *testing.T) {
	names := []string{"a", "b", "c"}
	var workers []binding.Worker
	for _, name := range names {
		workers = append(workers, worker(t, name, `export default { async fetch(request, env) {
			const n = Number(new URL(request.url).pathname.slice(1));
			if (n === 0) { if (Math.random() < 0.3) await new Promise(r => setTimeout(r, 1)); return new Response("1") }
			const texts = await Promise.all([env.A, env.B, env.C].map(async s => (await s.fetch("http://x/" + (n - 1))).text()));
			return new Response(String(texts.reduce((sum, t) => sum + Number(t), 0)));
		} }`, "A=a", "B=b", "C=c"))
	}
	c := compose(t, binding.Options{}, workers...)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 5 {
				if got := ask(c, names[i%3], "/4"); got != "200 81" {
					t.Errorf("got %s, want 200 81", got)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("calls hang")
	}
}

func TestSubrequestLimit(t *testing.T) {
	front := worker(t, "front", `export default { async fetch(request, env) { for (let i = 0; i < 6; i++) await env.LEAF.fetch(request.clone()); return new Response("too many") } }`, "LEAF=leaf")
	c := compose(t, binding.Options{}, front, worker(t, "leaf", `export default { fetch: () => new Response("x") }`))
	a := <-send(c, "front", invocation.New("front", invocation.Limits{Subrequests: 5}), request("/"))
	if a.err == nil || !strings.Contains(a.err.Error(), "Too many subrequests (limit: 5") {
		t.Errorf("got %v %v", a.text, a.err)
	}
}

func TestMissingServicesAreAllListed(t *testing.T) {
	_, err := binding.Compose([]binding.Worker{
		worker(t, "front", `export default {}`, "B=nowhere", "A=gone", "OK=back"), worker(t, "back", `export default {}`, "C=gone"),
	}, binding.Options{})
	var missing *binding.MissingError
	if !errors.As(err, &missing) || len(missing.Missing) != 3 {
		t.Fatalf("got %v", err)
	}
	const want = "Worker \"back\" binds C to the service \"gone\", and there is no Worker of that name\n" +
		"Worker \"front\" binds A to the service \"gone\", and there is no Worker of that name\n" +
		"Worker \"front\" binds B to the service \"nowhere\", and there is no Worker of that name"
	if err.Error() != want {
		t.Errorf("got\n%s", err)
	}
}

// An aborted caller aborts the signal of what it called, through any number of hops; waitUntil goes on.
func TestAbortAndWaitUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &observer{}
		pass := `export default { fetch: (request, env) => env.NEXT.fetch(request) }`
		leaf := `export default { async fetch(request, env, ctx) {
			request.signal.addEventListener("abort", () => console.log("aborted"));
			ctx.waitUntil(new Promise(r => setTimeout(r, 5000)).then(() => console.log("waited")));
			await new Promise(r => setTimeout(r, 1000));
			return new Response("late");
		} }`
		c := compose(t, binding.Options{Observer: o}, worker(t, "a", pass, "NEXT=b"), worker(t, "b", pass, "NEXT=c"), worker(t, "c", leaf))
		inv := invocation.New("a", invocation.Limits{})
		got := send(c, "a", inv, request("/"))
		synctest.Wait()
		inv.Abort(nil)
		synctest.Wait()
		if o.String() != "c: aborted" {
			t.Errorf("log: %q", o)
		}
		if a := <-got; a.text != "200 late" {
			t.Errorf("got %v", a)
		}
		<-time.After(10 * time.Second)
		synctest.Wait()
		if o.String() != "c: aborted\nc: waited" || !inv.Ended() {
			t.Errorf("log: %q, ended %v", o, inv.Ended())
		}
	})
}

// A caller that does not wait, and ends, cuts the callee off.
func TestCallerThatEndsCutsTheCalleeOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &observer{}
		c := compose(t, binding.Options{Observer: o},
			worker(t, "a", `export default { fetch(request, env) { env.NEXT.fetch(request); return new Response("gone") } }`, "NEXT=b"),
			worker(t, "b", `export default { async fetch(request) { request.signal.addEventListener("abort", () => console.log("cut off")); await new Promise(r => setTimeout(r, 1000)); return new Response("x") } }`))
		if a := <-send(c, "a", invocation.New("a", invocation.Limits{}), request("/")); a.text != "200 gone" {
			t.Errorf("got %v", a)
		}
		synctest.Wait()
		if o.String() != "b: cut off" {
			t.Errorf("log: %q", o)
		}
		<-time.After(2 * time.Second)
	})
}

// A body that the caller neither reads nor passes on ends with the caller; one that it passes on ends with its reader.
func TestBodyThatNobodyReadsIsCancelled(t *testing.T) {
	o := &observer{}
	c := compose(t, binding.Options{Observer: o}, worker(t, "caller", `export default { async fetch(request, env) {
			const response = await env.CALLEE.fetch(request);
			return request.url.endsWith("drop") ? new Response("dropped") : response;
		} }`, "CALLEE=callee"),
		worker(t, "callee", `export default { fetch(request, env, ctx) {
			let n = 0;
			return new Response(new ReadableStream({
				pull(c) { if (n++ < 3) c.enqueue(new TextEncoder().encode("x")); else c.close(); },
				cancel(reason) { console.log("cancelled"); },
			}, { highWaterMark: 0 }));
		} }`))
	if got := ask(c, "caller", "/pass"); got != "200 xxx" {
		t.Fatalf("passed on: %s", got)
	}
	synctest.Test(t, func(t *testing.T) {
		if got := ask(c, "caller", "/drop"); got != "200 dropped" {
			t.Fatal(got)
		}
		synctest.Wait()
		if got := o.String(); got != "callee: cancelled" {
			t.Fatalf("the log: %q", got)
		}
	})
}

func TestUnchangedLinksKeepTheirIsolates(t *testing.T) {
	counter := `let n = 0; export default { fetch: (request, env) => new Response(String(++n)) }`
	caller := `let n = 0; export default { async fetch(request, env) { return new Response(++n + "/" + await (await env.LEAF.fetch(request)).text()) } }`
	front, leaf, other := worker(t, "front", caller, "LEAF=leaf"), worker(t, "leaf", counter), worker(t, "other", counter)
	first := compose(t, binding.Options{}, front, leaf, other)
	ask(first, "front", "/")
	ask(first, "other", "/")

	same := compose(t, binding.Options{Previous: first}, front, leaf, other)
	if got := ask(same, "front", "/"); got != "200 2/2" {
		t.Errorf("nothing changed: %s", got)
	}
	// A new leaf restarts what binds it, and nothing else.
	changed := compose(t, binding.Options{Previous: same}, front, worker(t, "leaf", counter+"// v2"), other)
	if got := ask(changed, "front", "/"); got != "200 1/1" {
		t.Errorf("the leaf changed: %s", got)
	}
	if got := ask(changed, "other", "/"); got != "200 2" {
		t.Errorf("another Worker: %s", got)
	}
	// The replaced composition still answers those that hold it, with its own leaf.
	if got := ask(same, "front", "/"); got != "200 3/3" {
		t.Errorf("the old composition: %s", got)
	}
	if first.Link("front") != same.Link("front") || same.Link("front") == changed.Link("front") || same.Link("other") != changed.Link("other") {
		t.Error("links name versions and what they reach")
	}
}

func TestLinksOfCyclesHashAsOne(t *testing.T) {
	ring := func(version string) *binding.Composition {
		last := worker(t, "c", `export default {}`, "NEXT=a")
		last.Version = version
		return compose(t, binding.Options{}, worker(t, "a", `export default {}`, "NEXT=b"), worker(t, "b", `export default {}`, "NEXT=c"), last, worker(t, "d", `export default {}`))
	}
	one, again, two := ring("1"), ring("1"), ring("2")
	for _, name := range []string{"a", "b", "c"} {
		if one.Link(name) != again.Link(name) || one.Link(name) == two.Link(name) {
			t.Errorf("%s: a change anywhere in the ring is a change of each", name)
		}
	}
	if one.Link("d") != two.Link("d") || one.Link("a") == one.Link("b") {
		t.Error("others keep their links, and each has its own")
	}
}

func TestWarmReportsEveryWorkerThatFails(t *testing.T) {
	c := compose(t, binding.Options{}, worker(t, "ok", `export default {}`), worker(t, "bad", `throw new TypeError("at the top"); export default {}`), worker(t, "worse", `null.x; export default {}`))
	err := c.Warm()
	if err == nil || !strings.Contains(err.Error(), `load Worker "bad": TypeError: at the top`) || !strings.Contains(err.Error(), `load Worker "worse"`) {
		t.Errorf("got %v", err)
	}
	if got := ask(c, "nobody", "/"); got != `there is no Worker named "nobody"` {
		t.Error(got)
	}
}

// An answer that comes for a caller whose isolate is lost is let go of: nobody will ever read its body.
func TestAnswerForALostCallerIsCancelled(t *testing.T) {
	g := runtime.NewGuard(runtime.GuardOptions{})
	t.Cleanup(g.Close)
	o := &observer{}
	caller := worker(t, "caller", `export default { fetch(request, env) { env.LEAF.fetch("http://x/"); for (;;); } };`, "LEAF=leaf")
	caller.Limits = runtime.Limits{CPU: 50 * time.Millisecond}
	c := compose(t, binding.Options{Guard: g, Observer: o}, caller, worker(t, "leaf", `export default { async fetch() {
		await scheduler.wait(1);
		return new Response(new ReadableStream({ cancel() { console.log("cancelled") } }));
	} };`))
	if got := ask(c, "caller", "/"); !strings.HasPrefix(got, "Worker exceeded CPU time limit.") {
		t.Fatal(got)
	}
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	deadline := time.After(20 * time.Second)
	for !strings.Contains(o.String(), "leaf: cancelled") {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("the leaf goes on for ever; the log: %s", o)
		}
	}
}

// A Worker that is known to compute keeps nobody else waiting in its caller's isolate.
func TestCallerOfOneThatComputesGoesOn(t *testing.T) {
	g := runtime.NewGuard(runtime.GuardOptions{})
	t.Cleanup(g.Close)
	computes := worker(t, "computes", `export default { fetch() { for (;;); } };`)
	computes.Limits = runtime.Limits{CPU: time.Second}
	c := compose(t, binding.Options{Guard: g, Observer: &observer{}, Pool: runtime.PoolOptions{Max: 1}}, computes, worker(t, "caller", `
		let called = 0;
		export default { async fetch(request, env) {
			if (request.url.endsWith("/called")) return new Response(String(called));
			called++;
			return env.COMPUTES.fetch("http://x/");
		} };`, "COMPUTES=computes"))
	const ended = "Worker exceeded CPU time limit."
	if got := ask(c, "caller", "/"); !strings.Contains(got, ended) {
		t.Fatal(got)
	}
	second := send(c, "caller", invocation.New("caller", invocation.Limits{}), request("/"))
	if got := ask(c, "caller", "/called"); got != "200 2" {
		t.Fatal(got)
	}
	select {
	case a := <-second:
		t.Fatalf("the caller's isolate was kept until the call had ended: %+v", a)
	default:
	}
	if a := <-second; a.err == nil || !strings.Contains(a.err.Error(), ended) {
		t.Fatalf("%+v", a)
	}
}
