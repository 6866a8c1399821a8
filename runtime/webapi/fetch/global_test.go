package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// outside answers what the URL's path says.
type outside struct {
	waits  chan struct{} // a value comes when a request begins to wait
	causes chan error    // why it stopped
}

func (o *outside) Fetch(ctx context.Context, q *fetch.RequestData) (*fetch.ResponseData, error) {
	p := &fetch.ResponseData{Status: 200, URL: q.URL, Headers: headers.New()}
	switch q.URL {
	case "http://x/fail":
		return nil, errors.New("fetch http://x/fail: no route")
	case "http://x/wait":
		o.waits <- struct{}{}
		<-ctx.Done()
		o.causes <- context.Cause(ctx)
		return nil, context.Cause(ctx)
	case "http://x/live":
		p.Body = body.Live(&slowStream{chunks: [][]byte{[]byte("a"), []byte("b")}}, -1)
	case "http://x/endless":
		p.Body = body.Live(body.FromReader(&waiting{ctx: ctx, o: o}), -1)
	default:
		data, whole := q.Body.Whole()
		if !whole {
			var err error
			if data, err = io.ReadAll(body.NewReader(ctx, q.Body.Stream())); err != nil {
				return nil, err
			}
		}
		a, _ := q.Headers.Get("a")
		p.Body = body.Bytes(fmt.Appendf(nil, "%s %s %s %s %s", q.Method, q.URL, a, q.CF, data))
	}
	return p, nil
}

// waiting is the body of a response that never comes.
type waiting struct {
	ctx context.Context
	o   *outside
}

func (w *waiting) Read([]byte) (int, error) {
	w.o.waits <- struct{}{}
	<-w.ctx.Done()
	w.o.causes <- context.Cause(w.ctx)
	return 0, w.ctx.Err()
}

func (w *waiting) Close() error { return nil }

func withOutside(t *testing.T) (*runtimetest.Runtime, *outside) {
	rt, o := runtimetest.New(t), &outside{make(chan struct{}, 1), make(chan error, 1)}
	fetch.SetOutbound(rt.Realm, o)
	return rt, o
}

func TestGlobalFetch(t *testing.T) {
	for src, want := range map[string]string{
		`const p = await fetch("http://x/a", { method: "post", body: "hi", headers: { a: 1 }, cf: { b: 2 } }); return [p.status, p.url, await p.text()].join()`: `200,http://x/a,POST http://x/a 1 {"b":2} hi`,
		`const q = new Request("http://x/q", { method: "PUT", body: "b" }), t = await (await fetch(q)).text(); return t + q.bodyUsed`:                           "PUT http://x/q   btrue",
		`let n = 0; const s = new ReadableStream({ async pull(c) { await null; if (n++ < 3) c.enqueue(new Uint8Array([64 + n])); else c.close() } });
			return await (await fetch("http://x/s", { method: "POST", body: s })).text() + s.locked`: "POST http://x/s   ABCtrue",
		`const p = await fetch("http://x/a", { method: "POST", body: (await fetch("http://x/live")).body }); return await p.text()`: "POST http://x/a   ab",
		`return await (await fetch("http://x/live")).text()`:                                                                        "ab",
		`const p = await fetch("http://x/live"); p.headers.set("a", "b")`:                                                           "throws TypeError: Can't modify immutable headers.",
		`return await fetch("http://x/fail")`:                                                                                       "throws TypeError: fetch http://x/fail: no route",
		`return await fetch("nonsense")`:                                                                                            "throws TypeError: Invalid URL: nonsense",
		`return await fetch("data:,a")`:                                                                                             "throws TypeError: Fetch API cannot load: data:,a",
		`return await fetch()`:                                                                                                      "throws TypeError: Failed to execute 'fetch': 1 argument required",
		`return await fetch("http://x", { signal: AbortSignal.abort("early") }).catch(e=>e)`:                                        "early",
		`const q = new Request("http://x/q", { method: "PUT", body: "b" }), t = await (await fetch("http://x/r", q)).text(); return [t, q.bodyUsed, await fetch("http://x/r", q).catch(e => e.name)].join()`: "PUT http://x/r   b,true,TypeError",
		`const q = new Request("http://x", { method: "POST", body: "b" }); await q.text(); return await fetch(q)`:                                                                                            used,
		`return fetch("") instanceof Promise ? (fetch("").catch(() => 0), await fetch("").catch(e => e.name)) : 0`:                                                                                           "TypeError",
	} {
		t.Run(src, func(t *testing.T) {
			rt, _ := withOutside(t)
			defer rt.TakeUnhandled()
			if res := rt.Async(src); len(want) > 7 && want[:7] == "throws " {
				res.WantError(want[7:])
			} else {
				res.Want(want)
			}
		})
	}
}

func TestFetchAborted(t *testing.T) {
	for name, src := range map[string]string{
		"while it waits":         `var c = new AbortController(), outcome; fetch("http://x/wait", { signal: c.signal }).catch(e => { outcome = e })`,
		"while its body is read": `var c = new AbortController(), outcome; fetch("http://x/endless", { signal: c.signal }).then(p => p.text()).catch(e => { outcome = e })`,
	} {
		t.Run(name, func(t *testing.T) {
			rt, o := withOutside(t)
			rt.Post(rt.Invocation, func() { _, _ = rt.Realm.VM.RunString(src) })
			<-o.waits
			rt.Post(rt.Invocation, func() { _, _ = rt.Realm.VM.RunString(`c.abort(new DOMException("enough", "AbortError"))`) })
			cause := <-o.causes
			var thrown *webidl.Thrown
			if !errors.As(cause, &thrown) || thrown.Message != "enough" {
				t.Errorf("cancelled because of %v", cause)
			}
			rt.Run(`outcome.name + outcome.message`).Want("AbortErrorenough")
		})
	}
}

// Once the response is there, its body still ends with the signal.
func TestFetchAbortedAfterTheResponse(t *testing.T) {
	const begin = `const c = new AbortController(), p = await fetch("http://x/PATH", { signal: c.signal }); `
	for _, k := range []struct{ path, src, want string }{
		{"live", `c.abort("why"); return await p.text().catch(e => typeof e + e)`, "stringwhy"},
		{"live", `c.abort(); return await p.text().catch(e => [e.name, e.message, e === c.signal.reason].join())`, "AbortError,The operation was aborted,true"},
		{"live", `const reason = {}; c.abort(reason); return await p.json().catch(e => e === reason)`, "true"},
		{"live", `const d = p.body.getReader(); await d.read(); c.abort("why"); return await d.read().catch(e => e)`, "why"},
		{"endless", `const d = p.body.getReader(), read = d.read(); c.abort("why"); return await read.catch(e => e)`, "why"},
		{"live", `const d = p.clone().body.getReader(); c.abort("why"); return await Promise.all([d.read(), p.text()].map(x => x.catch(e => e)))`, `["why","why"]`},
		{"live", `const q = new Response(p.body, p); c.abort("why"); return await q.text().catch(e => e)`, "why"},
		{"live", `c.abort("why"); const q = new Response(p.body); return await q.text().catch(e => e)`, "why"},
		{"live", `const text = await p.text(); c.abort("why"); return text + await p.text().catch(e => e.name)`, "abTypeError"},
		{"live", `return await p.text() + c.signal.aborted`, "abfalse"},
		{"whole", `c.abort("why"); return await p.text().catch(e => typeof e + e)`, "stringwhy"},
		{"whole", `c.abort("why"); return await p.body.getReader().read().catch(e => e)`, "why"},
		{"whole", `c.abort("why"); return await p.clone().text().catch(e => e)`, "why"},
		{"whole", `const q = p.clone(); c.abort("why"); return await q.text().catch(e => e)`, "why"},
		{"whole", `c.abort("why"); return await new Response(p.body).text().catch(e => e)`, "why"},
		{"whole", `return await p.text() + c.signal.aborted`, "GET http://x/whole   false"},
		{"whole", `const text = await p.text(); c.abort("why"); return text + await p.text().catch(e => e.name)`, "GET http://x/whole   TypeError"},
	} {
		t.Run(k.path+" "+k.src, func(t *testing.T) {
			rt, _ := withOutside(t)
			rt.Async(strings.Replace(begin, "PATH", k.path, 1) + k.src).Want(k.want)
		})
	}
}

func TestFetchEndsWithItsInvocation(t *testing.T) {
	for _, path := range []string{"wait", "endless"} {
		rt, o := withOutside(t)
		inv := invocation.New("w", invocation.Limits{})
		rt.Post(inv, func() {
			_, _ = rt.Realm.VM.RunString(`var outcome; fetch("http://x/` + path + `").then(p => p.text()).catch(e => { outcome = e })`)
		})
		<-o.waits
		inv.Release()
		if cause := <-o.causes; !errors.Is(cause, invocation.ErrEnded) {
			t.Errorf("cancelled because of %v", cause)
		}
		rt.Run(`typeof outcome`).Want("object")
	}
}

func TestFetchNeeds(t *testing.T) {
	runtimetest.New(t).Async(`return await fetch("http://x/a")`).WantError("TypeError: fetch failed: this Worker has no way out to the network")
	rt, _ := withOutside(t)
	rt.Post(nil, func() { _, _ = rt.Realm.VM.RunString(`var outcome; fetch("http://x/a").catch(e => { outcome = e })`) })
	rt.Run(`outcome.name + ": " + outcome.message`).Want("Error: " + webidl.GlobalScope)

	inv := invocation.New("w", invocation.Limits{Subrequests: 1})
	defer inv.Release()
	rt.Post(inv, func() {
		_, _ = rt.Realm.VM.RunString(`var many; fetch("http://x/a").then(() => fetch("http://x/a")).catch(e => { many = e })`)
	})
	rt.Run(`0`).Want("0")
	rt.Run(`many.message`).Want("Too many subrequests (limit: 1, set by limits.subrequests)")
}
