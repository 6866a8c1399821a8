package url_test

import (
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/url"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) { runtimetest.Main(m, url.API) }

func TestURL(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `new URL("../b", "http://x/a/").href`, Want: "http://x/b"},
		{Src: `new URL("?q", new URL("http://x/a#h")).href`, Want: "http://x/a?q"},
		{Src: `new URL("http://x/a", undefined).href`, Want: "http://x/a"},
		{Src: `new URL({ toString() { return "http://x" } }).href`, Want: "http://x/"},
		{Src: `new URL("http://x/\uD800\uDC00\uD800").pathname`, Want: "/%F0%90%80%80%EF%BF%BD"},
		{Src: `new URL("/a")`, Want: "throws TypeError: Invalid URL string."},
		{Src: `new URL("http://x", "nothing")`, Want: "throws TypeError: Invalid URL string."},
		{Src: `new URL("a", null)`, Want: "throws TypeError: Invalid URL string."},
		{Src: `new URL()`, Want: "throws TypeError: Failed to execute 'new URL': 1 argument required"},
		{Src: `new URL(Symbol())`, Want: "throws TypeError: Cannot convert a Symbol value to a string"},
		{Src: `[URL.canParse("a"), URL.canParse("a", "http://x"), URL.canParse("a", "b"), URL.canParse("http://x", undefined)].join()`, Want: "false,true,false,true"},
		{Src: `const u = URL.parse("a", "http://x"); [u instanceof URL, u.href, URL.parse("a"), URL.parse("a", "b")].join()`, Want: "true,http://x/a,,"},
		{Src: `URL.parse("a") === null`, Want: "true"},
		{Src: `URL.canParse()`, Want: "throws TypeError: Failed to execute 'URL.canParse'"},
		{
			Src:  `const u = new URL("https://me:pw@example.com:8080/a/b?c=d#e"); ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"].map(k => u[k]).join(" ")`,
			Want: "https://me:pw@example.com:8080/a/b?c=d#e https://example.com:8080 https: me pw example.com:8080 example.com 8080 /a/b ?c=d #e",
		},
		{Src: `const u = new URL("http://x"); u.protocol = "https"; u.username = "me"; u.password = "pw"; u.host = "y:1"; u.hostname = "z"; u.port = 2; u.pathname = "p"; u.search = "q"; u.hash = "h"; u.href`, Want: "https://me:pw@z:2/p?q#h"},
		{Src: `const u = new URL("http://x/a"); try { u.href = "b" } catch (e) { e + " " + u }`, Want: "TypeError: Invalid URL string. http://x/a"},
		{Src: `"use strict"; const u = new URL("http://x/a"); u.origin = "b"`, Want: "throws TypeError"},
		{Src: `const u = new URL("http://x/a"); JSON.stringify({ u }) + u + u.toString()`, Want: `{"u":"http://x/a"}http://x/ahttp://x/a`},
		{Src: `Object.keys(URL.prototype).join()`, Want: "href,origin,protocol,username,password,host,hostname,port,pathname,search,searchParams,hash,toString,toJSON"},
		{Src: `Object.prototype.toString.call(new URL("a:")) + URL.length + ("createObjectURL" in URL)`, Want: "[object URL]1false"},
		{Src: `URL.prototype.toString.call(new URLSearchParams)`, Want: "throws TypeError: Illegal invocation"},
		{Src: `class Mine extends URL { get twice() { return this.href + this.href } }; new Mine("a:b").twice`, Want: "a:ba:b"},
	})
}

// The link between a URL and its searchParams works both ways (https://url.spec.whatwg.org/#concept-urlsearchparams-update).
func TestSearchParamsAreLive(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `const u = new URL("http://x/?a=1"); u.searchParams === u.searchParams`, Want: "true"},
		{Src: `"use strict"; new URL("http://x/?a=1").searchParams = 1`, Want: "throws TypeError"},
		{Src: `const u = new URL("http://x/?a=1#h"), p = u.searchParams; p.append("b", "2 3"); u.href`, Want: "http://x/?a=1&b=2+3#h"},
		{Src: `const u = new URL("http://x/?a=1#h"), p = u.searchParams; p.delete("a"); u.href`, Want: "http://x/#h"},
		{Src: `const u = new URL("http://x/?a=~"), p = u.searchParams; p.get("a"); u.href`, Want: "http://x/?a=~"},
		{Src: `const u = new URL("http://x/?a=~"), p = u.searchParams; p.delete("none"); u.href`, Want: "http://x/?a=%7E"},
		{Src: `const u = new URL("http://x/?b&a"), p = u.searchParams; p.sort(); u.search`, Want: "?a=&b="},
		{Src: `const u = new URL("http://x/?a=1"), p = u.searchParams; p.get("a"); u.search = "?a=2"; p.get("a")`, Want: "2"},
		{Src: `const u = new URL("http://x/?a=1"), p = u.searchParams; u.search = "??a=2"; [...p.keys()].join()`, Want: "?a"},
		{Src: `const u = new URL("http://x/?a=1"), p = u.searchParams; u.search = ""; p.size + u.href`, Want: "0http://x/"},
		{Src: `const u = new URL("http://x/?a=1"), p = u.searchParams; u.search = "a=1\t2"; p.get("a") + u.search`, Want: "1\t2?a=12"},
		{Src: `const u = new URL("http://x/?a=1"), p = u.searchParams; u.href = "http://y/?a=3"; p.get("a") + (p === u.searchParams)`, Want: "3true"},
		{Src: `const u = new URL("http://x/?a=1"), p = u.searchParams; u.href = "http://y/"; p.set("b", 1); u.href`, Want: "http://y/?b=1"},
		{Src: `const u = new URL("http://x/?a=1"), p = u.searchParams; u.pathname = "/p"; u.hash = "h"; p.append("a", 2); u.href`, Want: "http://x/p?a=1&a=2#h"},
		{Src: `const u = new URL("http://x/?a=1"), p = new URLSearchParams(u.searchParams); p.set("a", 2); u.href + p`, Want: "http://x/?a=1a=2"},
		{Src: `const u = new URL("http://x/?a=1&b=2&c=3"); for (const [k] of u.searchParams) u.searchParams.delete(k); u.href`, Want: "http://x/?b=2"},
		{Src: `const u = new URL("http://x/?a=1&b=2"), seen = []; for (const [k] of u.searchParams) { seen.push(k); u.search = "x=1&y=2&z=3" }; seen.join()`, Want: "a,y,z"},
		{Src: `const u = new URL("data:x ?a"); u.searchParams.delete("a"); u.href`, Want: "data:x%20"},
	})
}

func TestSearchParamsConstructor(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `String(new URLSearchParams) + new URLSearchParams(undefined) + new URLSearchParams("")`, Want: ""},
		{Src: `String(new URLSearchParams(null))`, Want: "null="},
		{Src: `String(new URLSearchParams("?a=b&c"))`, Want: "a=b&c="},
		{Src: `String(new URLSearchParams("??a"))`, Want: "%3Fa="},
		{Src: `new URLSearchParams("a=\uD800").get("a") === "\uFFFD"`, Want: "true"},
		{Src: `String(new URLSearchParams([["a", 1], new Set(["b", "c"])]))`, Want: "a=1&b=c"},
		{Src: `String(new URLSearchParams(new Map([["a", "b"]])))`, Want: "a=b"},
		{Src: `String(new URLSearchParams([]))`, Want: ""},
		{Src: `new URLSearchParams([["a"]])`, Want: "throws TypeError: Invalid URL search params sequence."},
		{Src: `new URLSearchParams([["a", "b", "c"]])`, Want: "throws TypeError: Invalid URL search params sequence."},
		{Src: `let n = 0; try { new URLSearchParams([["a"], [{ toString() { n++; return "" } }]]) } catch {} n`, Want: "1"},
		{Src: `new URLSearchParams([1])`, Want: "throws TypeError"},
		{Src: `new URLSearchParams({ [Symbol.iterator]: 1 })`, Want: "throws TypeError"},
		{Src: `new URLSearchParams(new String("ab"))`, Want: "throws TypeError"},
		{Src: `String(new URLSearchParams({ a: 1, b: undefined, 1: "x" }))`, Want: "1=x&a=1&b=undefined"},
		{Src: `String(new URLSearchParams({ __proto__: { a: 1 }, b: 2 }))`, Want: "b=2"},
		{Src: `String(new URLSearchParams(Object.defineProperty({ a: 1 }, "b", { value: 2 })))`, Want: "a=1"},
		{Src: `String(new URLSearchParams({ get a() { delete this.b; return 1 }, b: 2, c: 3 }))`, Want: "a=1&c=3"},
		{Src: `String(new URLSearchParams(new Proxy({ a: 1 }, {})))`, Want: "a=1"},
		{Src: `new URLSearchParams({ a: Symbol() })`, Want: "throws TypeError: Cannot convert a Symbol value to a string"},
		{Src: `new URLSearchParams({ [Symbol()]: 1 })`, Want: "throws TypeError: Cannot convert a Symbol value to a string"},
		{Src: `const p = new URLSearchParams({ "\uD835x": "1", xx: "2", "\uD83Dx": "3" }); JSON.stringify([...p])`, Want: `[["` + "\uFFFD" + `x","3"],["xx","2"]]`},
		{Src: `const f = () => {}; f.a = 1; String(new URLSearchParams(f))`, Want: "a=1"},
		{Src: `String(new URLSearchParams(DOMException)).slice(0, 39)`, Want: "INDEX_SIZE_ERR=1&DOMSTRING_SIZE_ERR=2&H"},
		{Src: `new URLSearchParams(DOMException.prototype)`, Want: "throws TypeError: Illegal invocation"},
		{Src: `const p = new URLSearchParams("a=1"); p[Symbol.iterator] = function* () { yield ["b", "2"] }; String(new URLSearchParams(p))`, Want: "b=2"},
		{Src: `const p = new URLSearchParams("a=1"), q = new URLSearchParams(p); p.append("b", 2); q.append("c", 3); p + " " + q`, Want: "a=1&b=2 a=1&c=3"},
		{Src: `class Mine extends URLSearchParams { #n = 1; n() { return this.#n } }; const p = new Mine("a"); p.n() + p`, Want: "1a="},
	})
}

func TestSearchParams(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `const p = new URLSearchParams("a=1&b=2&a=3"); [p.get("a"), p.get("c") === null, p.getAll("a").join("|"), p.getAll("c").length, p.size].join()`, Want: "1,true,1|3,0,3"},
		{Src: `const p = new URLSearchParams("a=1&b=2"); [p.has("a"), p.has("c"), p.has("a", "1"), p.has("a", "2"), p.has("a", undefined)].join()`, Want: "true,false,true,false,true"},
		{Src: `const p = new URLSearchParams("a=1&a=2&b=3"); p.delete("a", "2"); String(p)`, Want: "a=1&b=3"},
		{Src: `const p = new URLSearchParams("a=1&a=2&b=3"); p.delete("a", undefined); String(p)`, Want: "b=3"},
		{Src: `const p = new URLSearchParams("a=1&a=null"); p.delete("a", null); String(p)`, Want: "a=1"},
		{Src: `const p = new URLSearchParams("z&a=1&b=2&a=3"); p.set("a", "x"); p.set("c", "y"); String(p)`, Want: "z=&a=x&b=2&c=y"},
		{Src: `const p = new URLSearchParams(); p.append("\uD800", "ü &=+%*-._~"); String(p)`, Want: "%EF%BF%BD=%C3%BC+%26%3D%2B%25*-._%7E"},
		{Src: `const p = new URLSearchParams("z=b&a=b&z=a&a=a"); p.sort(); String(p)`, Want: "a=b&a=a&z=b&z=a"},
		{Src: `const p = new URLSearchParams("\uFFFD=x&\uFFFC&\uFFFD=a"); p.sort(); [...p].join("|")`, Want: "\uFFFC,|\uFFFD,x|\uFFFD,a"},
		{Src: `const p = new URLSearchParams("ﬃ&🌈"); p.sort(); [...p.keys()].join()`, Want: "🌈,ﬃ"},
		{Src: `const p = new URLSearchParams("a🌈&aﬃ&a&aé&a\uD7FF"); p.sort(); [...p.keys()].join()`, Want: "a,aé,a\uD7FF,a🌈,aﬃ"},
		{Src: `const p = new URLSearchParams("a=1&b=2"); [[...p].join("|"), [...p.keys()], [...p.values()], p[Symbol.iterator] === p.entries].join()`, Want: "a,1|b,2,a,b,1,2,true"},
		{Src: `const out = [], p = new URLSearchParams("a=1&b=2"); p.forEach(function (v, k, all) { out.push(v + k + this + (all === p)) }, "t"); out.join()`, Want: "1attrue,2bttrue"},
		{Src: `new URLSearchParams().append("a")`, Want: "throws TypeError: Failed to execute 'URLSearchParams.append': 2 arguments required, but only 1 present."},
		{Src: `new URLSearchParams().set("a")`, Want: "throws TypeError: Failed to execute 'URLSearchParams.set'"},
		{Src: `new URLSearchParams().get()`, Want: "throws TypeError: Failed to execute 'URLSearchParams.get'"},
		{Src: `Object.keys(URLSearchParams.prototype).sort().join()`, Want: "append,delete,entries,forEach,get,getAll,has,keys,set,size,sort,toString,values"},
		{Src: `Object.prototype.toString.call(new URLSearchParams) + URLSearchParams.length`, Want: "[object URLSearchParams]0"},
		{Src: `Object.prototype.toString.call(new URLSearchParams().keys())`, Want: "[object URLSearchParams Iterator]"},
		{Src: `Object.getOwnPropertyDescriptor(URLSearchParams.prototype, "size").get.call({})`, Want: "throws TypeError: Illegal invocation"},
	})
}

func TestSearchParamsOf(t *testing.T) {
	runtimetest.New(t).Do(func(r *webidl.Realm) {
		for src, want := range map[string]string{
			`new URLSearchParams("a=b c")`: "a=b+c", `new URL("http://x/?a=%7E").searchParams`: "a=%7E",
			`new (class extends URLSearchParams {})({ a: 1 })`: "a=1", `"a=b"`: "none", `({})`: "none", `new URL("a:b?c")`: "none",
			`new Proxy(new URLSearchParams(), {})`: "none",
		} {
			v, err := r.VM.RunString(src)
			if err != nil {
				t.Error(err)
				return
			}
			got := "none"
			if p, ok := url.SearchParamsOf(v); ok {
				got = p.String()
			}
			if got != want {
				t.Errorf("%s: %q, want %q", src, got, want)
			}
		}
		if _, ok := url.SearchParamsOf(goja.Undefined()); ok {
			t.Error("undefined is taken for a URLSearchParams")
		}
	})
}
