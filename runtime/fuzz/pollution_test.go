package fuzz_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/invocation"
)

// pollutions are what script does to the built-ins before an API is used, and what that must give all the same: the standards' algorithms
// read none of these.
var polluted = []struct{ name, pollute, use, want string }{
	{
		"setters for iterator results", `["value", "done"].forEach((k) => Object.defineProperty(Object.prototype, k, { __proto__: null, set() { throw new Error("seen") }, get() { return "polluted" }, configurable: true }));`,
		`const it = new Headers({ a: "b" }).entries(), x = it.next(), r = await new ReadableStream({ start(c) { c.enqueue("chunk"); c.close() } }).getReader().read();
		 return [JSON.stringify(x), JSON.stringify(r)].join("|")`, `{"value":["a","b"],"done":false}|{"value":"chunk","done":false}`,
	},
	{
		"setters for results", `for (const k of ["read", "written", "name", "length", "hash", "inputs", "timeOrigin", "kty", "k", "ext"]) Object.defineProperty(Object.prototype, k, { set() { throw new Error("seen") }, configurable: true });`,
		`const key = await crypto.subtle.importKey("raw", new Uint8Array(16), { __proto__: null, name: "AES-GCM" }, true, ["encrypt"]);
		 return [JSON.stringify(new TextEncoder().encodeInto("ab", new Uint8Array(4))), JSON.stringify(key.algorithm), (await crypto.subtle.exportKey("jwk", key)).kty,
		  new URLPattern({ pathname: "/:x" }).exec("http://h/y").pathname.groups.x, Object.keys(performance.toJSON())].join("|")`,
		`{"read":2,"written":2}|{"name":"AES-GCM","length":128}|oct|y|timeOrigin`,
	},
	{
		"then on Promise.prototype", `Promise.prototype.then = () => { throw new Error("seen") };`,
		`const p = new Response("text").text(); let got; await { then(f) { original.call(p, (v) => { got = v; f() }) } }; return got`, "text",
	},
	{
		"constructor and species of promises", `let asked = 0; for (const [o, k] of [[Promise.prototype, "constructor"], [Promise, Symbol.species]]) Object.defineProperty(o, k, { get() { asked++; return Promise } });`,
		`const out = [], ts = new TransformStream({ transform(c, k) { k.enqueue(c + "!") } }), w = ts.writable.getWriter(); w.write("a"); w.close();
		 ts.readable.pipeTo(new WritableStream({ write(c) { out.push(c) } })); new Response("x").text(); new Blob(["x"]).stream().pipeThrough(new TextDecoderStream());
		 await { then(f) { setTimeout(f, 5) } }; return out + asked`, "a!0",
	},
	{
		"then on Object.prototype", `let asked = 0; Object.defineProperty(Object.prototype, "then", { get() { asked++; return undefined }, configurable: true });`,
		`const t = await new Response("x").text(); return new Headers({ a: "b" }).get("a") + t`, "bx",
	},
	{
		"iteration of arrays", `Array.prototype[Symbol.iterator] = function* () { yield "polluted" }; Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true });`,
		`const c = structuredClone(new Map([].concat([]))); const u = new URLSearchParams("a=1&b=2"); const f = new FormData(); f.append("a", "b");
		 const h = new Headers({ x: "1" }); h.append("y", "2"); return [u.getAll("a").length, u.toString(), f.get("a"), h.get("x"), h.get("y"), structuredClone([1, 2]).length, structuredClone(new Set()).size].join()`, "1,a=1&b=2,b,1,2,2,0",
	},
	{
		"replaced methods of collections", `const s = new Set([1]), m = new Map([[1, 2]]); for (const C of [Map, Set]) for (const k of ["set", "add", "forEach", "entries", "values", "get", "has"]) if (C.prototype[k]) C.prototype[k] = () => { throw new Error("seen") };`,
		`console.log(m, s); return structuredClone(m).size + structuredClone(s).size`, "2",
	},
	{
		"built-ins that are gone", `const d = new Date(5), r = /a(b)/g, view = new DataView(new ArrayBuffer(3)); for (const o of [Object, Object.getPrototypeOf(Uint8Array.prototype), DataView.prototype, Date.prototype, Map.prototype, Set.prototype, Function.prototype, Number.prototype, Boolean.prototype, String.prototype, Symbol.prototype, BigInt.prototype, JSON, Reflect])
			for (const k of Reflect.ownKeys(o)) if (o !== Reflect || k !== "ownKeys") delete o[k];`,
		`console.log(d, view, new Error("x"), new Map(), new Set(), () => {}, new Uint8Array(2), 1n, true, "s", { a: [1] });
		 const c = structuredClone({ d, view, e: new TypeError("t"), m: new Map(), u: new Uint8Array([7]), n: new Number(1) }); return c.u[0] + c.e.message + (await Response.json({ a: 1 }).text())`, `7t{"a":1}`,
	},
	{
		"getters for options", `for (const k of ["headers", "body", "method", "status", "signal", "cf", "redirect", "type", "start", "pull", "highWaterMark", "size", "mode", "fatal", "ignoreBOM", "stream", "once", "capture", "passive", "detail", "transfer", "endings", "min"])
			Object.defineProperty(Object.prototype, k, { get() { throw new Error("seen " + k) }, configurable: true });`,
		`const r = new Response("a"), q = new Request("http://x/"), b = new Blob(["b"]), t = new TextDecoder(), s = new TransformStream(), d = new DecompressionStream("gzip"), c = new CompressionStream("gzip"), e = new TextDecoderStream(), i = new IdentityTransformStream();
		 new EventTarget().addEventListener("x", () => {}); new Event("x"); structuredClone(1);
		 return [await r.text(), q.method, await b.text(), await new Response(b.stream()).text(), t.decode(), typeof d.readable, await new Response("x").clone().text()].join()`, "a,GET,b,b,,object,x",
	},
	{
		"constructors", `for (const k of ["Uint8Array", "ArrayBuffer", "Promise", "Error", "TypeError", "RangeError", "Map", "Set", "Array", "Object", "Date", "RegExp", "Response", "Headers", "Request", "ReadableStream", "URLSearchParams", "DOMException", "Blob", "File", "FormData", "AbortSignal"]) { saved[k] = globalThis[k]; globalThis[k] = class { constructor() { throw new saved.Error("seen") } } }`,
		`const r = new saved.Response("abc"); const bytes = await r.bytes(); let e; try { new saved.Headers("x") } catch (x) { e = x }
		 return [bytes.length, bytes instanceof saved.Uint8Array, e instanceof saved.TypeError, new saved.Request("http://x/").headers instanceof saved.Headers, new URL("http://x/?a=b").searchParams.get("a"), (await new saved.Response(new saved.FormData()).formData()) instanceof saved.FormData, new AbortController().signal instanceof saved.AbortSignal].join()`, "3,true,true,true,b,true,true",
	},
	{
		"species of buffers", `Object.defineProperty(ArrayBuffer, Symbol.species, { get() { throw new Error("seen") } }); Object.defineProperty(Object.getPrototypeOf(Uint8Array), Symbol.species, { get() { throw new Error("seen") } }); Uint8Array.prototype.slice = Uint8Array.prototype.set = Uint8Array.prototype.subarray = ArrayBuffer.prototype.slice = () => { throw new Error("seen") };`,
		`const s = new ReadableStream({ type: "bytes", start(c) { c.enqueue(new Uint8Array([1, 2, 3])) } }), r = s.getReader({ mode: "byob" }), x = await r.read(new Uint8Array(2)), y = await r.read(new Uint8Array(2));
		 return [x.value.length, y.value[0], (await new Blob([new Uint8Array(3)]).slice(1).arrayBuffer()).byteLength, structuredClone(new Uint8Array(5)).length].join()`, "2,3,2,5",
	},
	{
		"exec of regular expressions", `RegExp.prototype.exec = RegExp.prototype.test = RegExp.prototype[Symbol.match] = () => { throw new Error("seen") };`,
		`return new URLPattern({ pathname: "/:id(\\d+)" }).exec("http://x/42").pathname.groups.id + structuredClone(/a/g).flags`, "42g",
	},
	{
		"texts", `String.prototype.toString = String.prototype.toLowerCase = Number.prototype.toString = Object.prototype.toString = Function.prototype.toString = Array.prototype.join = Array.prototype.toString = () => { throw new Error("seen") };`,
		`const h = new Headers(); h.set("A", 1); return new URLSearchParams({ n: 1.5 }).get("n") + h.get("a") + new URL("http://x:8080/").port`, "1.518080",
	},
	{
		"calls", `const call = Function.prototype.call; Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => { throw new Error("seen") };`,
		`const out = []; new Headers({ a: "b" }).forEach((v) => out.push(v)); const t = new EventTarget(); t.addEventListener("x", () => out.push("x")); t.dispatchEvent(new Event("x")); return out.join()`, "b,x",
	},
	{"toJSON on Object.prototype", `Object.prototype.toJSON = () => "polluted";`, `return structuredClone({ a: 1 }).a + new Headers({ a: "b" }).get("a")`, "1b"},
}

func TestPollution(t *testing.T) {
	const prelude = `const saved = {}, original = Promise.prototype.then; const plain = (p) => ({ then(f, g) { original.call(p, f, g) } });`
	for _, c := range polluted {
		t.Run(c.name, func(t *testing.T) {
			if !engine.Native() && strings.Contains(c.pollute, "Symbol.species") && strings.Contains(c.pollute, "Promise") {
				t.Skip("SKIPPED: goja's public API knows no way to react to a promise but its then, which asks for the constructor")
			}
			r := newRealm(t)
			inv := invocation.New("test", invocation.Limits{})
			defer inv.Release()
			got, thrown := "", ""
			r.enter(inv, time.Minute, func() {
				v, err := r.VM.RunString("(async () => {" + prelude + c.pollute + c.use + "\n})()")
				if err != nil {
					t.Errorf("threw %v", err)
					return
				}
				r.Then(v, func(v goja.Value) { got = v.String() }, func(v goja.Value) { thrown = r.Describe(v).Error() })
			})
			for range 200 {
				if got != "" || thrown != "" {
					break
				}
				r.settle()
			}
			if thrown != "" || got != c.want {
				t.Errorf("%s\n%s\ngave %s, threw %q, want %s", c.pollute, c.use, got, thrown, c.want)
			}
		})
	}
}
