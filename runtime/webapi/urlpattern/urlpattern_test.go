package urlpattern_test

import (
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/builtins"
	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/url"
	"github.com/bindery/bindery/runtime/webapi/urlpattern"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// TestMain gives realms the RegExp that isolates have: it knows the flag v, which goja's own does not.
func TestMain(m *testing.M) {
	var own webidl.API
	for _, p := range builtins.Properties() {
		if p.On == "" && p.Name == "RegExp" {
			own.Globals = append(own.Globals, engine.Member{Name: p.Name, Wrap: func(rt *goja.Runtime, v goja.Value) goja.Value {
				return engine.Hidden(p.Wrap(rt, v))
			}})
		}
	}
	runtimetest.Main(m, own, urlpattern.API, url.API)
}

func TestURLPattern(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `const p = new URLPattern("/books/:id", "https://example.com"); [p.test("https://example.com/books/1"), p.test("https://example.com/authors/1"), p.exec("1", "https://example.com/books/").pathname.groups.id].join()`, Want: "true,false,1"},
		{Src: `const p = new URLPattern({ pathname: "/a/:b?" }); ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"].map((k) => p[k]).join()`, Want: "*,*,*,*,*,/a/:b?,*,*"},
		{Src: `const { groups } = new URLPattern({ pathname: "/a/:b?" }).exec({ pathname: "/a" }).pathname; ["b" in groups, groups.b === undefined].join()`, Want: "true,true"},
		{Src: `new URLPattern().exec(new URL("https://me@x:1/p?q#h"))`, Want: `{"inputs":[{"hash":"#h","hostname":"x","password":"","pathname":"/p","port":"1","protocol":"https:","search":"?q","username":"me"}],` +
			`"protocol":{"input":"https","groups":{"0":"https"}},"username":{"input":"me","groups":{"0":"me"}},"password":{"input":"","groups":{"0":""}},"hostname":{"input":"x","groups":{"0":"x"}},` +
			`"port":{"input":"1","groups":{"0":"1"}},"pathname":{"input":"/p","groups":{"0":"/p"}},"search":{"input":"q","groups":{"0":"q"}},"hash":{"input":"h","groups":{"0":"h"}}}`},
		{Src: `new URLPattern(undefined, undefined).test() + "," + new URLPattern(null, null).test(undefined)`, Want: "true,true"},
		{Src: `new URLPattern({ pathname: "/A" }, { ignoreCase: true }).test("http://x/a") + "," + new URLPattern("/A", "http://x", { ignoreCase: true }).test("http://x/a") + "," + new URLPattern({ pathname: "/A" }).test("http://x/a")`, Want: "true,true,false"},
		{Src: `new URLPattern("/a", 1)`, Want: "throws TypeError: Invalid URL pattern: the base URL is not valid."},
		{Src: `new URLPattern("/a")`, Want: "throws TypeError: Invalid URL pattern: a relative pattern needs a base URL."},
		{Src: `new URLPattern({}, "http://x")`, Want: "throws TypeError: A base URL can't be given beside components"},
		{Src: `new URLPattern().test({}, "http://x")`, Want: "throws TypeError: A base URL can't be given beside components"},
		{Src: `new URLPattern("http://x/(")`, Want: "throws TypeError: Invalid URL pattern: a parenthesis is not closed."},
		{Src: `new URLPattern({ pathname: "/(a(?=b)" })`, Want: "throws TypeError: Invalid URL pattern: a parenthesis is not closed."},
		{Src: `new URLPattern({ pathname: "/([b-a])" })`, Want: "throws TypeError: Invalid URL pattern: the regular expression of /([b-a]) is not valid."},
		{Src: `new URLPattern({ pathname: "/:a/:a" })`, Want: "throws TypeError: Invalid URL pattern: two groups are called \"a\"."},
		{Src: `new URLPattern({ hostname: "a b" })`, Want: "throws TypeError: Invalid URL pattern: the hostname is not valid."},
		{Src: `new URLPattern({ port: "x" })`, Want: "throws TypeError: Invalid URL pattern: the port is not valid."},
		{Src: `const p = new URLPattern({ pathname: "/a((?=b)b)" }); [p.hasRegExpGroups, p.test("http://x/ab"), p.test("http://x/ac"), new URLPattern().hasRegExpGroups].join()`, Want: "true,true,false,false"},
		{Src: `const p = new URLPattern("https://example.com:443/"); p.port + p.test("https://example.com/")`, Want: "true"},
		{Src: `[new URLPattern({ pathname: "*" }).exec("nothing"), new URLPattern().exec("a", "b"), new URLPattern().test({ port: "x" })].join()`, Want: ",,false"},
		{Src: `const { inputs } = new URLPattern().exec("a", "http://x"); inputs.join()`, Want: "a,http://x"},
		{Src: `const r = new URLPattern({ pathname: "/:__proto__" }).exec({ pathname: "/a" }); Object.keys(r.pathname.groups).join()`, Want: "__proto__"},
		{Src: `RegExp.prototype.exec = () => null; new URLPattern({ pathname: "/:a" }).test("http://x/b")`, Want: "true"},
		{Src: `const p = new URLPattern({ pathname: "/:a" }); RegExp.prototype.exec = () => null; p.test("http://x/b")`, Want: "true"},
		{Src: `const p = new URLPattern({ hostname: "*.example.com", pathname: "/{:lang/}?docs/:rest*" }); const m = p.exec("https://a.b.example.com/en/docs/x/y"); [m.hostname.groups[0], m.pathname.groups.lang, m.pathname.groups.rest].join()`, Want: "a.b,en,x/y"},
		{Src: `new URLPattern("https://bücher.example/ü?ü#ü").exec("https://bücher.example/ü?ü#ü").hostname.input`, Want: "xn--bcher-kva.example"},
		{Src: `URLPattern.prototype.test.call({})`, Want: "throws TypeError: Illegal invocation"},
		{Src: `Object.keys(URLPattern.prototype).join() + URLPattern.length`, Want: "protocol,username,password,hostname,port,pathname,search,hash,hasRegExpGroups,test,exec0"},
	})
}

// FuzzURLPattern holds that a pattern is refused with a TypeError or made, that one made of what it says of itself says the same, and that test
// and exec agree.
func FuzzURLPattern(f *testing.F) {
	for _, seed := range [][2]string{
		{"https://*.example.com/:id(\\d+)?*#x", "https://a.example.com/12"},
		{"{/a}+:b*", "/a/a"},
		{"data\\:(a|b)", "data:a"},
		{"*{}**?", "x"},
		{"[::1]:8*", "http://[::1]:80/"},
		{":a{:b}?\\:(x(?:y))", "z"},
		{"http{s}?://{:u\\:p@}?h", "http://h"},
		{"?q=:v#:h", "?q=1#2"},
		{"((?R))", ""},
		{"/:\xF0\x90\x8D\x88", "/x"},
		{"#\\", "#"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, input string) {
		runtimetest.New(t).Do(func(r *webidl.Realm) {
			v, err := r.VM.RunString(`((text, input) => {
				let p;
				try { p = new URLPattern(text, "https://example.com/a/b?c#d") } catch (e) { return e.name === "TypeError" ? "" : String(e) }
				const init = {};
				for (const k of ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"]) init[k] = p[k];
				const again = new URLPattern(init);
				for (const k in init) if (again[k] !== init[k]) return k + " is " + init[k] + ", of itself " + again[k];
				const m = p.exec(input, "https://example.com/");
				if (p.test(input, "https://example.com/") !== !!m) return "test and exec differ";
				return "";
			})`)
			if err != nil {
				t.Error(err)
				return
			}
			fn, _ := goja.AssertFunction(v)
			got, err := fn(goja.Undefined(), r.Str(strings.ToValidUTF8(text, "\uFFFD")), r.Str(strings.ToValidUTF8(input, "\uFFFD")))
			if err != nil || got.String() != "" {
				t.Errorf("%q, %q: %v %v", text, input, got, err)
			}
		})
	})
}

// bench runs setup once, which gives a function, then that function.
func bench(b *testing.B, setup string) {
	runtimetest.New(b).Do(func(r *webidl.Realm) {
		v, err := r.VM.RunString(setup)
		if err != nil {
			b.Error(err)
			return
		}
		fn, _ := goja.AssertFunction(v)
		b.ReportAllocs()
		for b.Loop() {
			r.Invoke(fn, goja.Undefined())
		}
	})
}

func BenchmarkNew(b *testing.B) { bench(b, `() => new URLPattern({ pathname: "/books/:id" })`) }

func BenchmarkTest(b *testing.B) {
	bench(b, `const p = new URLPattern({ pathname: "/books/:id" }); () => p.test("https://example.com/books/1")`)
}

func BenchmarkExec(b *testing.B) {
	bench(b, `const p = new URLPattern({ pathname: "/books/:id" }); () => p.exec("https://example.com/books/1")`)
}
