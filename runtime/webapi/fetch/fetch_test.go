package fetch_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/blob"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/formdata"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/url"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) {
	runtimetest.Main(m, fetch.API, headers.API, blob.API, formdata.API, event.API, url.API, streams.API)
}

const (
	used      = "throws TypeError: Body has already been used. It can only be used once. Use tee() first if you need to read it twice."
	disturbed = "throws TypeError: This ReadableStream is disturbed (has already been read from), and cannot be used as a body."
)

func TestResponse(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `const r = new Response(); [r.status, r.statusText, r.ok, r.type, r.url, r.redirected, r.body, r.bodyUsed, r.webSocket, r.cf].map(String).join()`, Want: "200,,true,default,,false,null,false,null,undefined"},
		{Src: `const r = new Response("x", { status: 404, statusText: "No\t\xff", headers: { a: "b" } }); [r.status, r.statusText === "No\t\xff", r.ok, r.headers.get("a"), r.headers.get("content-type")].join()`, Want: "404,true,false,b,text/plain;charset=UTF-8"},
		{Src: `new Response("x", { headers: { "Content-Type": "a/b" } }).headers.get("content-type")`, Want: "a/b"},
		{Src: `const r = new Response("x"); r.headers === r.headers`, Want: "true"},
		{Src: `const r = new Response("x"); r.headers.set("a", "1"); r.headers.get("a")`, Want: "1"},
		{Src: `const a = new Response("x", { status: 201, headers: { a: 1 }, statusText: "s" }), b = new Response("y", a); b.headers.set("a", 2); return [b.status, b.statusText, a.headers.get("a"), b.headers.get("a"), await b.text(), b.headers.get("content-type")].join()`, Want: "201,s,1,2,y,text/plain;charset=UTF-8"},
		{Src: `String(new Response(null, { status: 204 }).body) + new Response("", { status: 304 }).body`, Want: "nullnull"},
		{Src: `new Response("x", { status: 204 })`, Want: "throws TypeError: Response with null body status (101, 204, 205, or 304) cannot have a body."},
		{Src: `new Response(new ReadableStream(), { status: 204 })`, Want: "throws TypeError: Response with null body status"},
		{Src: `new Response(null, { status: 101 })`, Want: "throws RangeError: Responses may only be constructed with status codes in the range 200 to 599, inclusive."},
		{Src: `new Response(null, { status: 600 })`, Want: "throws RangeError"},
		{Src: `new Response(null, { status: 65736 }).status`, Want: "200"},
		{Src: `new Response(null, { statusText: "a\nb" })`, Want: "throws TypeError: Invalid statusText"},
		{Src: `new Response(null, { statusText: "\u0100" })`, Want: "throws TypeError: Cannot convert argument to a ByteString"},
		{Src: `new Response(null, { headers: { "a b": 1 } })`, Want: "throws TypeError: Invalid header name."},
		{Src: `new Response(null, 1)`, Want: "throws TypeError"},
		{Src: `new Response(null, { status: Symbol() })`, Want: "throws TypeError"},
		{Src: `new Response(null, { webSocket: {}, status: 101 })`, Want: "throws TypeError: WebSockets are not supported"},
		{Src: `new Response(null, { webSocket: null }).status`, Want: "200"},
		{Src: `new Response("", { encodeBody: "bogus" })`, Want: "throws TypeError: encodeBody: unexpected value: bogus"},
		{Src: `new Response(Symbol())`, Want: "throws TypeError: Cannot convert a Symbol"},
		{Src: `const cf = { a: [1] }, r = new Response("", { cf }); cf.a = 2; JSON.stringify(r.cf) + (r.cf === r.cf)`, Want: `{"a":[1]}true`},
		{Src: `const seen = [], o = {}; for (const k of ["status", "headers", "statusText", "cf", "webSocket", "encodeBody"]) Object.defineProperty(o, k, { get() { seen.push(k) } }); new Response({ toString() { seen.push("body"); return "" } }, o); seen.join()`, Want: "body,cf,encodeBody,headers,status,statusText,webSocket"},
		{Src: `const b = new Uint8Array(8), r = new Response(b, { get status() { b[0] = 7; b.fill(1, 4); return 200 } }); return (await r.bytes()).join("")`, Want: "70001111"},
		{Src: `const b = new ReadableStream(); new Response(b, { get status() { b.getReader(); return 200 } })`, Want: "throws TypeError: This ReadableStream is currently locked"},
		{Src: `const b = new Uint8Array(2), r = new Request("http://a/", { body: b, get method() { b[0] = 7; return "POST" } }); return (await r.bytes()).join("")`, Want: "70"},
		{Src: `class R extends Response { get twice() { return this.status * 2 } }; new R("", { status: 201 }).twice`, Want: "402"},
		{Src: `Response.prototype.status`, Want: "throws TypeError: Illegal invocation"},
		{Src: `Object.prototype.toString.call(new Response())`, Want: "[object Response]"},
	})
}

func TestResponseStatics(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `const r = Response.error(); [r.type, r.status, r.ok, r.body, r.statusText].join()`, Want: "error,0,false,,"},
		{Src: `Response.error().headers.set("a", "b")`, Want: "throws TypeError: Can't modify immutable headers."},
		{Src: `const r = Response.redirect("http://x/\u00e9?a#b"); [r.status, r.headers.get("location"), r.body].join()`, Want: "302,http://x/%C3%A9?a#b,"},
		{Src: `Response.redirect("http://x/", 308).status`, Want: "308"},
		{Src: `Response.redirect("http://x/", 200)`, Want: "throws RangeError: 200 is not a redirect status code. It must be one of: 301, 302, 303, 307, or 308."},
		{Src: `Response.redirect("/a")`, Want: "throws TypeError: Unable to parse URL: /a"},
		{Src: `Response.redirect("http://x/").headers.append("a", "b")`, Want: "throws TypeError: Can't modify immutable headers."},
		{Src: `const r = Response.json({ a: [1, "é"] }, { status: 201 }); return [r.status, r.headers.get("content-type"), await r.text()].join()`, Want: `201,application/json,{"a":[1,"é"]}`},
		{Src: `Response.json(1, { headers: { "content-type": "a/b" } }).headers.get("content-type")`, Want: "a/b"},
		{Src: `return await Response.json("s").text() + await Response.json(null).text()`, Want: `"s"null`},
		{Src: `Response.json(undefined)`, Want: "throws TypeError: The data is not JSON serializable"},
		{Src: `Response.json(() => {})`, Want: "throws TypeError: The data is not JSON serializable"},
		{Src: `const o = {}; o.o = o; Response.json(o)`, Want: "throws TypeError"},
		{Src: `Response.json({ toJSON() { throw new RangeError("mine") } })`, Want: "throws RangeError: mine"},
		{Src: `JSON.stringify = () => "replaced"; Response.json({ a: 1 }); JSON.stringify = null; return await Response.json({ b: 1 }).text()`, Want: `{"b":1}`},
		{Src: `Response.json({}, { status: 204 })`, Want: "throws TypeError: Response with null body status"},
		{Src: `Response.json()`, Want: "throws TypeError: Failed to execute 'Response.json': 1 argument required"},
	})
}

func TestBody(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `return await new Response("héllo").text()`, Want: "héllo"},
		{Src: `return (await new Response("\ud800x").text()) === "\ufffdx"`, Want: "true"},
		{Src: `return await new Response(new Uint8Array([0xef, 0xbb, 0xbf, 65, 0xff])).text()`, Want: "A\uFFFD"},
		{Src: `return await new Response().text() === ""`, Want: "true"},
		{Src: `return (await new Response('{"a":[1,{"b":null}]}').json()).a[1].b`, Want: "null"},
		{Src: `return await new Response("{").json()`, Want: "throws SyntaxError"},
		{Src: `return await new Response().json()`, Want: "throws SyntaxError: Unexpected end of JSON input"},
		{Src: `const a = await new Response("ab").arrayBuffer(); return a.constructor.name + a.byteLength`, Want: "ArrayBuffer2"},
		{Src: `const a = await new Response("ab").bytes(); return a.constructor.name + a.join()`, Want: "Uint8Array97,98"},
		{Src: `const u = new Uint8Array([65, 66]), r = new Response(u); u[0] = 0; return await r.text()`, Want: "AB"},
		{Src: `const r = new Response("AB"), c = r.clone(); (await r.bytes())[0] = 0; return await c.text()`, Want: "AB"},
		{Src: `return await new Response(new Uint8Array([65, 66, 67]).subarray(1, 2)).text() + new Response(new Uint8Array()).headers.has("content-type")`, Want: "Bfalse"},
		{Src: `return await new Response(new DataView(new Uint8Array([65, 66]).buffer, 1)).text()`, Want: "B"},
		{Src: `const b = await new Response("x", { headers: { "content-type": "Text/X; a=b" } }).blob(); return b.type + b.size + await b.text()`, Want: "text/x;a=b1x"},
		{Src: `return (await new Response("x", { headers: { "content-type": "nonsense" } }).blob()).type === ""`, Want: "true"},
		{Src: `const r = new Response(new Blob(["x"], { type: "t/x" })); return r.headers.get("content-type") + await r.text()`, Want: "t/xx"},
		{Src: `const r = new Response(new Blob(["x"])); return r.headers.has("content-type")+ await r.text()`, Want: "falsex"},
		{Src: `const r = new Response(new URLSearchParams({ a: "1" })); return r.headers.get("content-type") + await r.text()`, Want: "application/x-www-form-urlencoded;charset=UTF-8a=1"},
		{Src: `const f = new FormData(); f.append("a", "b"); f.append("c", new Blob(["x"]), "n"); const r = new Response(f), g = await r.formData(); return g.get("a") + g.get("c").name + await g.get("c").text() + r.headers.get("content-type").slice(0, 30)`, Want: "bnxmultipart/form-data; boundary="},
		{Src: `return (await new Response(new URLSearchParams({ a: "1" })).formData()).get("a")`, Want: "1"},
		{Src: `return await new Response("x").formData()`, Want: "throws TypeError: Unrecognized Content-Type header value."},
		{Src: `return await new Response(new Uint8Array()).formData()`, Want: "throws TypeError: Parsing a Body as FormData requires a Content-Type header."},
		{Src: `return await new Response({}).text() + await new Response(1).text() + await new Response([1, 2]).text()`, Want: "[object Object]11,2"},
		{Src: `const r = new Response("x"); const before = r.bodyUsed; await r.text(); return [before, r.bodyUsed].join()`, Want: "false,true"},
		{Src: `const r = new Response("x"); r.text(); return await r.text()`, Want: used},
		{Src: `const r = new Response(null); await r.text(); return r.bodyUsed + await r.text()`, Want: "false"},
		{Src: `const r = new Response("x"); await r.text(); return r.clone()`, Want: used},
		{Src: `const r = new Response("x"); await r.json().catch(() => 0); return r.bodyUsed`, Want: "true"},
		{Src: `let n = 0; const p = new Response("x").text(); p.then(() => n++); await null; return n`, Want: "1"},
		{Src: `return await Response.prototype.text.call({}).catch(e => e.constructor.name)`, Want: "TypeError"},
	})
}

func TestStreamBody(t *testing.T) {
	const made = `const made = (...chunks) => new ReadableStream({ pull(c) {
		if (chunks.length === 0) c.close(); else c.enqueue(bytesOf(chunks.shift()));
	} }); function bytesOf(s) { return new Uint8Array([...s].map(c => c.charCodeAt(0))) }
	`
	cases := []runtimetest.Case{
		{Src: `const r = new Response(made("a", "b")); return r.headers.has("content-type") + await r.text()`, Want: "falseab"},
		{Src: `const s = made("a"); new Response(s).body === s`, Want: "true"},
		{Src: `const r = new Response("x"); r.body === r.body && r.body instanceof ReadableStream`, Want: "true"},
		{Src: `const r = new Response("x"); if (r.body) {} return r.bodyUsed + await r.text() + r.bodyUsed + r.body.locked`, Want: "falsextruetrue"},
		{Src: `const r = new Response("x"); await r.text(); return [r.body.locked, r.bodyUsed].join()`, Want: "true,true"},
		{Src: `const r = new Response(made("ab", "c")), d = r.body.getReader(); let n = 0; for (;;) { const { done, value } = await d.read(); if (done) break; n += value.length } return n`, Want: "3"},
		{Src: `const r = new Response(new ReadableStream({ pull() { throw new RangeError("mine") } })); return await r.text()`, Want: "throws RangeError: mine"},
		{Src: `return await new Response(new ReadableStream({ start(c) { c.enqueue("text") } })).text()`, Want: "throws TypeError: This ReadableStream did not return bytes."},
		{Src: `const a = new Response("xyz"), b = new Response(a.body, a); return [await b.text(), a.bodyUsed].join()`, Want: "xyz,true"},
		{Src: `const r = new Response("x"); r.body.getReader(); return await r.text()`, Want: "throws TypeError: This ReadableStream is currently locked to a reader."},
		{Src: `const r = new Response("x"); r.body.getReader(); r.clone()`, Want: "throws TypeError: This ReadableStream is currently locked to a reader."},
		{Src: `const r = new Response("x"); const d = r.body.getReader(); await d.read(); d.releaseLock(); return r.bodyUsed + await r.text()`, Want: used},
		{Src: `const s = made(), d = s.getReader(); await d.read(); d.releaseLock(); return new Response(s)`, Want: disturbed},
		{Src: `const s = made(); s.getReader(); new Response(s)`, Want: "throws TypeError: This ReadableStream is currently locked"},
		{Src: `const r = new Response(made("a", "b")), c = r.clone(); return await r.text() + await c.text()`, Want: "abab"},
		{Src: `const r = new Response("ab"); r.body; const c = r.clone(); return await r.text() + await c.text() + r.bodyUsed`, Want: "ababtrue"},
		{Src: `const q = new Request("http://x/", { method: "POST", body: made("a"), duplex: "half" }); return await q.text()`, Want: "a"},
	}
	for i := range cases {
		cases[i].Name, cases[i].Src = cases[i].Src, made+cases[i].Src
	}
	runtimetest.Table(t, cases)
}

func TestRequest(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `const q = new Request("HTTP://EXAMPLE.com:80/a/../b?c#d"); [q.method, q.url, q.redirect, q.body, q.bodyUsed, q.cf, q.keepalive, q.cache].map(String).join()`, Want: "GET,http://example.com/b?c#d,follow,null,false,undefined,false,undefined"},
		{Src: `new Request({ toString() { return "http://x" } }).url + new Request(new URL("a", "http://y/b/c")).url`, Want: "http://x/http://y/b/a"},
		{Src: `new Request("/a")`, Want: "throws TypeError: Invalid URL: /a"},
		{Src: `new Request("http://u:p@x/")`, Want: "throws TypeError: Request cannot be constructed from a URL that includes credentials: http://u:p@x/"},
		{Src: `new Request()`, Want: "throws TypeError: Failed to execute 'new Request': 1 argument required"},
		{Src: `["get", "pOst", "patch", "x-Odd"].map(method => new Request("http://x", { method }).method).join()`, Want: "GET,POST,PATCH,X-ODD"},
		{Src: `new Request("http://x", { method: "a b" })`, Want: "throws TypeError: Invalid HTTP method string: a b"},
		{Src: `new Request("http://x", { method: "trace" })`, Want: "throws TypeError: Invalid HTTP method string: trace"},
		{Src: `new Request("http://x", { body: "a" })`, Want: "throws TypeError: Request with a GET or HEAD method cannot have a body."},
		{Src: `new Request("http://x", { body: "", method: "HEAD" })`, Want: "throws TypeError: Request with a GET or HEAD method cannot have a body."},
		{Src: `new Request("http://x", { body: null }).body`, Want: "null"},
		{Src: `new Request("http://x", { redirect: "manual" }).redirect`, Want: "manual"},
		{Src: `new Request("http://x", { redirect: "error" })`, Want: `throws TypeError: Invalid redirect value, must be one of "follow" or "manual" ("error" won't be implemented`},
		{Src: `new Request("http://x", { cache: "no-store" }).cache`, Want: "no-store"},
		{Src: `new Request("http://x", { cache: "force-cache" })`, Want: "throws TypeError: Unsupported cache mode: force-cache"},
		{Src: `new Request("http://x", { integrity: "sha256-a" })`, Want: "throws TypeError: Subrequest integrity checking is not implemented."},
		{Src: `new Request("http://x", { mode: "cors", credentials: "include", keepalive: true, integrity: "", referrer: "x", window: null, duplex: "half", priority: "high" }).url`, Want: "http://x/"},
		{Src: `const q = new Request("http://x", { method: "POST", body: "a", headers: [["X-A", "1"]] }); return [q.headers.get("x-a"), q.headers.get("content-type"), await q.text(), q.bodyUsed].join()`, Want: "1,text/plain;charset=UTF-8,a,true"},
		{Src: `const q = new Request("http://x", { method: "PUT", body: JSON.stringify({ a: 1 }) }); return (await q.json()).a`, Want: "1"},
		{Src: `new Request("http://x", { cf: { a: { b: 1 } } }).cf.a.b`, Want: "1"},
		{Src: `new Request("http://x", { cf: 1 })`, Want: "throws TypeError: The provided value of 'cf'"},
		{Src: `new Request("http://x", 1)`, Want: "throws TypeError"},
		{Src: `new Request("http://x", { headers: null })`, Want: "throws TypeError"},
		{Src: `const seen = [], o = {}; for (const k of ["signal", "redirect", "method", "integrity", "headers", "cf", "cache", "body"]) Object.defineProperty(o, k, { get() { seen.push(k) } }); new Request("http://x", o); seen.join()`, Want: "body,cache,cf,headers,integrity,method,redirect,signal"},
	})
}

func TestRequestFromRequest(t *testing.T) {
	const post = `const a = new Request("http://x/1", { method: "POST", body: "a", headers: { h: 1 }, redirect: "manual", cf: { c: 1 } });`
	runtimetest.Table(t, []runtimetest.Case{
		{Src: post + `const b = new Request(a); return [b.method, b.url, b.headers.get("h"), b.redirect, b.cf.c, await b.text(), a.bodyUsed, a.headers === b.headers].join()`, Want: "POST,http://x/1,1,manual,1,a,true,false"},
		{Src: post + `const b = new Request(a, { headers: { i: 2 }, method: "PUT" }); return [b.method, b.headers.get("h"), b.headers.get("i"), await b.text()].map(String).join()`, Want: "PUT,null,2,a"},
		{Src: post + `const b = new Request("http://y/2", a); return [b.method, b.url, b.headers.get("h"), b.headers.get("content-type"), b.redirect, b.cf.c, await b.text()].join()`, Want: "POST,http://y/2,1,text/plain;charset=UTF-8,manual,1,a"},
		{Src: post + `const b = new Request(a, { body: "b" }); return [await b.text(), a.bodyUsed, await a.text()].join()`, Want: "b,false,a"},
		{Src: post + `const b = new Request(a, { body: null, method: "GET" }); [b.method, b.body, a.bodyUsed].join()`, Want: "GET,,false"},
		{Src: post + `new Request(a, { method: "GET" })`, Want: "throws TypeError: Request with a GET or HEAD method cannot have a body."},
		{Src: post + `await a.text(); return new Request(a)`, Want: "throws TypeError: Cannot reconstruct a Request with a used body."},
		{Src: post + `await a.text(); return await new Request(a, { body: "c" }).text()`, Want: "c"},
		{Src: post + `await a.text(); return new Request("http://y", a)`, Want: disturbed},
		{Src: post + `a.body.getReader(); new Request("http://y", a)`, Want: "throws TypeError: This ReadableStream is currently locked"},
		// A Request as init is a dictionary: both have the one stream.
		{Src: post + `const b = new Request("http://y/2", a); return [a.body === b.body, a.bodyUsed, await b.text(), a.bodyUsed, await a.text().catch(e => e.name)].join()`, Want: "true,false,a,true,TypeError"},
		{Src: post + `const b = new Request("http://y/2", a); return [await a.text(), b.bodyUsed, await b.text().catch(e => e.name)].join()`, Want: "a,true,TypeError"},
		{Src: post + `const b = new Request("http://y/2", a), c = new Request(b); return [await c.text(), a.bodyUsed, b.bodyUsed].join()`, Want: "a,true,true"},
		{Src: `const a = new Request("http://x", { method: "POST", body: new Response("s").body }), b = new Request("http://y", a); return [a.body === b.body, await b.text(), a.bodyUsed].join()`, Want: "true,s,true"},
		{Src: `const a = new Request("http://x"), b = new Request("http://y", a); [a.body, b.body, b.method].join()`, Want: ",,GET"},
		{Src: post + `const b = new Request(a); b.headers.set("h", 2); a.headers.set("h", 3); new Request(a.clone ? "http://z" : "", b).headers.get("h") + a.headers.get("h")`, Want: "23"},
		{Src: post + `const b = a.clone(); b.headers.set("h", 2); a.cf.c = 5; return [a.headers.get("h"), await a.text(), await b.text(), b.cf.c, b.redirect].join()`, Want: "1,a,a,1,manual"},
		{Src: post + `a.cf.d = 2; JSON.stringify(new Request(a).cf)`, Want: `{"c":1,"d":2}`},
		{Src: `const a = new Request("http://x", { method: "POST", body: new Response("s").body }), b = new Request(a, {}); return a.bodyUsed + await b.text()`, Want: "trues"},
		{Src: `class Q extends Request { get path() { return this.url.slice(8) } }; new Q("http://x/abc").path`, Want: "/abc"},
	})
}

func TestSignals(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `const q = new Request("http://x"); [q.signal === q.signal, q.signal instanceof AbortSignal, q.signal.aborted].join()`, Want: "true,true,false"},
		{Src: `const c = new AbortController(), q = new Request("http://x", { signal: c.signal }), s = q.signal; c.abort("why"); [s === c.signal, s.aborted, s.reason].join()`, Want: "false,true,why"},
		{Src: `const c = new AbortController(), q = new Request("http://x", { signal: c.signal }); c.abort("why"); q.signal.reason`, Want: "why"},
		{Src: `const c = new AbortController(), q = new Request("http://x", { signal: c.signal }), b = new Request(q), d = q.clone(); c.abort(1); [b.signal.aborted, d.signal.aborted].join()`, Want: "true,true"},
		{Src: `const c = new AbortController(), q = new Request("http://x", { signal: c.signal }), b = new Request(q, { signal: null }); c.abort(); b.signal.aborted`, Want: "false"},
		{Src: `new Request("http://x", { signal: {} })`, Want: "throws TypeError: Failed to construct 'Request': member signal is not of type AbortSignal."},
	})
}

func TestIncomingRequest(t *testing.T) {
	rt := runtimetest.New(t)
	inv := invocation.New("w", invocation.Limits{})
	defer inv.Release()
	d := &fetch.RequestData{
		Method: "POST", URL: "http://x/", Headers: headers.New(headers.Pair{Name: "x-a", Value: "1"}), CF: `{"colo":"X"}`,
		Body: body.Live(&slowStream{chunks: [][]byte{[]byte("h"), []byte("i")}}, -1),
	}
	rt.Do(func(r *webidl.Realm) {
		_ = r.VM.Set("q", fetch.NewRequestObject(r, d, fetch.Options{Immutable: true, Invocation: inv}))
	})
	rt.Run(`q.headers.get("X-A") + q.cf.colo + q.method + q.url`).Want("1XPOSThttp://x/")
	rt.Run(`q.headers.set("x-a", "2")`).WantError("TypeError: Can't modify immutable headers.")
	rt.Run(`const m = new Request(q); m.headers.set("x-a", "2"); m.headers.get("x-a") + q.headers.get("x-a")`).Want("21")
	rt.Async(`return m.signal.aborted + await m.text() + q.bodyUsed`).Want("falsehitrue")
	inv.Abort(nil)
	rt.Do(func(*webidl.Realm) {})
	rt.Run(`[m.signal.aborted, m.signal.reason.name, m.signal.reason.message, q.signal.aborted].join()`).Want("true,AbortError,The client has disconnected,true")
}

func TestLiveBody(t *testing.T) {
	live := func(t *testing.T, s body.Stream) *runtimetest.Runtime {
		rt := runtimetest.New(t)
		rt.Do(func(r *webidl.Realm) {
			_ = r.VM.Set("p", fetch.NewResponseObject(r, &fetch.ResponseData{Status: 200, Headers: headers.New(), Body: body.Live(s, -1)}))
		})
		return rt
	}
	chunks := func() [][]byte { return [][]byte{[]byte(`{"a":`), []byte("1"), []byte("}")} }
	t.Run("read", func(t *testing.T) {
		live(t, &slowStream{chunks: chunks()}).Async(`const v = p.json(); return p.bodyUsed + JSON.stringify(await v)`).Want(`true{"a":1}`)
	})
	t.Run("cloned", func(t *testing.T) {
		live(t, &slowStream{chunks: chunks()}).Async(`const c = p.clone(); return await p.text() + await c.text()`).Want(`{"a":1}{"a":1}`)
	})
	t.Run("failed", func(t *testing.T) {
		live(t, &slowStream{chunks: chunks(), err: errors.New("line cut")}).Async(`return await p.text()`).WantError("Error: line cut")
	})
	t.Run("through a stream", func(t *testing.T) {
		live(t, &slowStream{chunks: chunks()}).Async(`return await new Response(p.body).text()`).Want(`{"a":1}`)
	})
	t.Run("invocation ended", func(t *testing.T) {
		s := &never{}
		rt := live(t, s)
		inv := invocation.New("w", invocation.Limits{})
		rt.Post(inv, func() { _, _ = rt.Realm.VM.RunString(`var outcome; p.text().catch(e => { outcome = String(e) })`) })
		s.pulled(t)
		inv.Release()
		rt.Run(`outcome`).Want("Error: the invocation has ended")
		if !s.cancelled.Load() {
			t.Error("the stream was not cancelled")
		}
	})
}

// What crosses to another realm must be the very same Go structs where nothing was changed.
func TestTakeCopiesNothing(t *testing.T) {
	rt := runtimetest.New(t)
	whole := body.Bytes([]byte("hello"))
	d := &fetch.RequestData{Method: "POST", URL: "http://x/", Headers: headers.New(headers.Pair{Name: "a", Value: "1"}), Body: whole}
	rt.Do(func(r *webidl.Realm) {
		obj := fetch.NewRequestObject(r, d, fetch.Options{Immutable: true})
		_ = r.VM.Set("q", obj)
		_ = r.VM.Set("q2", fetch.NewRequestObject(r, d, fetch.Options{Immutable: true}))
		if _, err := r.VM.RunString(`q.headers.get("a"); q.body`); err != nil {
			t.Fatal(err)
		}
		q, _ := fetch.RequestOf(obj)
		got, err := q.Take(r)
		if err != nil || got != d || got.Body != whole {
			t.Errorf("got %p, want %p (%v)", got, d, err)
		}
		if _, err := q.Take(r); err == nil || !strings.Contains(err.Error(), "Body has already been used") {
			t.Errorf("a second Take: %v", err)
		}
		v, err := r.VM.RunString(`q2.clone()`)
		if err != nil {
			t.Fatal(err)
		}
		clone, _ := fetch.RequestOf(v)
		if got, err := clone.Take(r); err != nil || got != d {
			t.Errorf("a clone: got %p, want %p (%v)", got, d, err)
		}
		v, err = r.VM.RunString(`var p = new Response("abc", { headers: { h: "1" } }); p.body; p`)
		if err != nil {
			t.Fatal(err)
		}
		p, _ := fetch.ResponseOf(v)
		taken, err := p.Take(r)
		if err != nil {
			t.Fatal(err)
		}
		if b, ok := taken.Body.Whole(); !ok || string(b) != "abc" || !taken.Headers.Frozen() {
			t.Errorf("got %q, %v", b, ok)
		}
		_ = r.VM.Set("p2", fetch.NewResponseObject(r, taken))
	})
	rt.Async(`p.headers.set("h", "2"); return [p.bodyUsed, p2.headers.get("h"), p.headers.get("h"), await p2.text()].join()`).Want("true,1,2,abc")
	rt.Async(`return await q.text()`).WantError("TypeError: Body has already been used.")
}

func TestTakeOfNullBodyTwice(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Do(func(r *webidl.Realm) {
		v, err := r.VM.RunString(`var p = new Response(null, { status: 204, headers: { a: "1" } }); p`)
		if err != nil {
			t.Fatal(err)
		}
		p, _ := fetch.ResponseOf(v)
		first, err := p.Take(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.VM.RunString(`p.headers.set("a", "2")`); err != nil {
			t.Fatal(err)
		}
		second, err := p.Take(r)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := first.Headers.Get("a")
		b, _ := second.Headers.Get("a")
		if a != "1" || b != "2" || first == second {
			t.Errorf("got %s and %s", a, b)
		}
	})
}

func TestBuildRequest(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Do(func(r *webidl.Realm) {
		v, _ := r.VM.RunString(`new Request("http://x")`)
		q, _ := fetch.RequestOf(v)
		if got := fetch.BuildRequest(r, v, goja.Undefined()); got != q {
			t.Error("a request without init was built anew")
		}
		if got := fetch.BuildRequest(r, v, r.VM.NewObject()); got == q || got.URL() != "http://x/" {
			t.Error("a request with init was not built")
		}
		if got := fetch.BuildRequest(r, r.Str("http://y"), nil); got.URL() != "http://y/" || got.Method() != "GET" || got.Redirect() != fetch.RedirectFollow {
			t.Error("a URL was not built")
		}
		if thrown := r.Try(func() { fetch.BuildRequest(r, r.Str("y"), nil) }); thrown == nil {
			t.Error("nothing thrown")
		}
	})
}
