package lower_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/runtime/bundle/lower"
)

// load lowers a module and gives what its wrapper returns.
func load(rt *goja.Runtime, in lower.Input, imports map[string]any) (*goja.Object, error) {
	program, err := lower.Lower(in)
	if err != nil {
		return nil, err
	}
	return instantiate(rt, program, imports)
}

func instantiate(rt *goja.Runtime, program *lower.Program, imports map[string]any) (*goja.Object, error) {
	value, err := rt.RunProgram(program.Program)
	if err != nil {
		return nil, err
	}
	wrapper, ok := goja.AssertFunction(value)
	if !ok {
		return nil, errors.New("the program gives no function")
	}
	importFn := rt.ToValue(func(specifier string) (any, error) {
		if namespace, ok := imports[specifier]; ok {
			return namespace, nil
		}
		return nil, fmt.Errorf("no module %q", specifier)
	})
	result, err := wrapper(goja.Undefined(), append(program.Helpers(rt), importFn)...)
	if err != nil {
		return nil, err
	}
	if !program.Async {
		return result.ToObject(rt), nil
	}
	promise := result.Export().(*goja.Promise)
	if promise.State() != goja.PromiseStateFulfilled {
		return nil, fmt.Errorf("promise of the exports: %v", promise.Result())
	}
	return promise.Result().ToObject(rt), nil
}

func newRuntime(t testing.TB) *goja.Runtime {
	t.Helper()
	rt := goja.New()
	if _, err := rt.RunString(`for (const n of ["asyncIterator", "dispose", "asyncDispose"])
		Object.defineProperty(Symbol, n, { value: Symbol("Symbol." + n) })`); err != nil {
		t.Fatal(err)
	}
	return rt
}

// evaluate runs an expression, or statements that set out, in a module and gives JSON of its value, awaited.
func evaluate(t testing.TB, source string) string {
	t.Helper()
	rt := newRuntime(t)
	exports, err := load(rt, lower.Input{Name: "src/x.js", Code: []byte(source)}, nil)
	if err != nil {
		return "error: " + err.Error()
	}
	if err := rt.Set("result", exports.Get("default")); err != nil {
		t.Fatal(err)
	}
	if _, err := rt.RunString(`Promise.resolve(result).then((v) => { settled = JSON.stringify(v) ?? "undefined" },
		(e) => { settled = "throws " + e })`); err != nil {
		t.Fatal(err)
	}
	return rt.Get("settled").String()
}

func TestSnippets(t *testing.T) {
	tests := []struct{ name, source, want string }{
		// What esbuild lowers.
		{"async generator", `async function* g(){ yield 1; yield 2 } const a=[]; for await (const x of g()) a.push(x); export default a`, `[1,2]`},
		{"for await over promises", `async function f(){ let s=0; for await (const x of [1,Promise.resolve(2)]) s+=x; return s } export default f()`, `3`},
		{"using", `const log=[]; { using r = { [Symbol.dispose](){ log.push("d") } }; log.push("b") } export default log`, `["b","d"]`},
		{"await using", `const log=[]; { await using r = { async [Symbol.asyncDispose](){ log.push("d") } }; log.push("b") } export default log`, `["b","d"]`},
		{"decorators", `function twice(f){ return function(){ return 2*f.call(this) } } class A { @twice m(){ return 21 } } export default new A().m()`, `42`},
		{"class fields named get, set, async, static", `class A { get = 1; set = 2; async = 3; static = 4; static get = 5; #get = 6; all(){ return [this.get,this.set,this.async,this.static,A.get,this.#get] } } export default new A().all()`, `[1,2,3,4,5,6]`},
		{"private members", `class A { #p = 1; #m(){ return this.#p } static has(o){ return #p in o } get v(){ return this.#m() } } export default [new A().v, A.has(new A()), A.has({})]`, `[1,true,false]`},
		{"static block", `class A { static { this.x = 7 } } export default A.x`, `7`},
		{"import.meta", `export default typeof import.meta`, `"object"`},
		{"dynamic import of nothing", `export default import("nope").catch((e) => e.message.includes('no module "nope"'))`, `true`},
		{"method named import", `const o = { import(x) { return x } }; export default o.import(4)`, `4`},
		{"top-level await", `const x = await Promise.resolve(5); export default x`, `5`},
		{"no top-level await", `const f = async () => await 1; export default f()`, `1`},
		{"top-level this", `export default typeof this`, `"undefined"`},
		{"strict", `export default (() => { try { undeclared = 1 } catch (e) { return e.name } })()`, `"ReferenceError"`},
		{"escape of the last code point", "export default '\\u{10FFFF}' === `\\u{10FFFF}`", `true`},
		{"escape in a template with a substitution", "export default [...`${1}\\u{10FFFF}`].length", `2`},
		{"hashbang", "#!/usr/bin/env node\nexport default 1", `1`},

		// arguments in arrow functions.
		{"arrow", `function f(){ return (()=>arguments[0])() } export default f(1)`, `1`},
		{"arrow in map", `function f(){ return [1].map(()=>arguments[0])[0] } export default f(4)`, `4`},
		{"nested arrows", `function f(){ return (()=>()=>()=>arguments.length)()()() } export default f(1,2,3)`, `3`},
		{"async arrow", `function f(){ return (async()=>{ await null; return arguments[1] })() } export default f(1,2)`, `2`},
		{"default parameter", `function f(a, b = () => arguments[0]){ return b() } export default f(9)`, `9`},
		{"default parameter keeps its name", `function f(a, b = () => arguments[0]){ return [b.name, b.length, f.length] } export default f(9)`, `["b",0,1]`},
		{"second default parameter", `function f(a, b = 1, c = () => arguments[0], ...r){ arguments; return [b, c(), r, (() => arguments.length)()] } export default f(9)`, `[1,9,[],1]`},
		{"defaults in patterns", `function f({ a = () => arguments[1] }, [b = () => arguments.length, ...c], d = () => arguments[0].e){ return [a(), b(), c, d(), a.name] } export default f({ e: 5 }, [])`, `[[],2,[],5,"a"]`},
		{"default of a pattern", `const o = { m({ a } = { a: () => arguments.length }, b){ return a() } }; export default o.m()`, `0`},
		{"default parameter of a constructor", `class A { constructor(a, b = () => arguments[0]){ this.v = b() } } export default new A(4).v`, `4`},
		{"arrow's default parameter", `function f(){ return ((a = arguments[0]) => a)() } export default f(8)`, `8`},
		{"method", `export default { m(){ return (()=>arguments[0])() } }.m(3)`, `3`},
		{"class method and constructor", `class A { constructor(){ this.f = () => arguments[0] } m(){ return (()=>arguments[0])() } static s(){ return (()=>arguments.length)() } } export default [new A(1).f(), new A().m(2), A.s(1,2,3)]`, `[1,2,3]`},
		{"derived constructor", `class B {} class A extends B { constructor(){ const f = () => super(...arguments); f(); this.n = (() => arguments.length)() } } export default new A(1,2).n`, `2`},
		{"setter", `let got; const o = { set x(v){ (() => { got = arguments[0] })() } }; o.x = 6; export default got`, `6`},
		{"generator", `function* g(){ yield (()=>arguments[0])() } export default g(5).next().value`, `5`},
		{"async function", `async function f(){ await null; return (()=>arguments[0])() } export default f(5)`, `5`},
		{"function with directive", `function f(){ "use strict"; return (()=>[typeof this, arguments[0]])() } export default f(1)`, `["undefined",1]`},
		{"apply", `const debounce = (f) => function(){ return (() => f.apply(this, arguments))() }; export default debounce((a,b)=>a+b)(1,2)`, `3`},
		{"shorthand property", `function f(){ return (() => ({ arguments }))() } export default f(1,2).arguments.length`, `2`},
		{"class field next to arguments", `function f(){ return new (class { x = 1; m = () => this.x })().m() } export default f()`, `1`},
		{"computed key", `function f(){ return (() => class { static [arguments[0]] = 1 })() } export default f("k").k`, `1`},
		{"arguments outside of functions", `export default (() => { try { return arguments } catch (e) { return e.name } })()`, `"ReferenceError"`},
		{"typeof arguments outside of functions", `export default typeof arguments`, `"undefined"`},

		// What esbuild's code looks up.
		{"private without WeakMap", `globalThis.WeakMap = globalThis.WeakSet = undefined; class A { #x = 1; static #s = 5; #m() { return this.#x + A.#s } get = 2; x() { return this.#m() + (#x in this) } } export default new A().x()`, `7`},
		{"two private names", `globalThis.WeakMap = undefined; class A { #a = 1; #b = 2; set; sum() { return this.#a + this.#b } } export default new A().sum()`, `3`},
		{"private within functions", `const f = () => { class A { #a = 1; get; a() { return this.#a } } return new A().a() }; globalThis.WeakMap = undefined; export default f()`, `1`},
		{"for await without Symbol", `globalThis.Symbol = undefined; async function* g() { yield 1; yield 2 } let n = 0; for await (const x of g()) n += x; export default n`, `3`},
		{"the user's WeakMap", `globalThis.WeakMap = class { mine = 1 }; let _c; _c = new WeakMap(); class A { #x = 2; set; x() { return this.#x } } export default [_c.mine, new WeakMap().mine, new A().x()]`, `[1,1,2]`},
		{"the user's helpers", `globalThis.Symbol = { k: 3 }; var __knownSymbol = (n) => Symbol[n]; export default __knownSymbol("k")`, `3`},

		// s += x.
		{"append", `let s=""; for (let i=0;i<1000;i++) s+="abc"; export default [s.length, s.slice(0,4), s.slice(-4)]`, `[3000,"abca","cabc"]`},
		{"append mixed", "let s='x'; for (let i=0;i<300;i++) { s+=i; s+='é'; s+=null; s+=`${i}😀` } export default [s.length, s.slice(0,8), s.slice(-5)]", `[3681,"x0énull0","299😀"]`},
		{"append branches of one string", `let a=""; for (let i=0;i<300;i++) a+="ab"; let b=a, c=a; b+="1"; c+="2"; b+="3"; c+="4"; a+="5"; export default [a.slice(599), b.slice(599), c.slice(599)]`, `["b5","b13","b24"]`},
		{"append to itself", `let s="0123456789"; for (let i=0;i<8;i++) s+=s; export default [s.length, s.slice(1270,1282)]`, `[2560,"012345678901"]`},
		{"left before right", `let s="a"; const f=()=>{ s="b"; return "c" }; s+=f(); export default s`, `"ac"`},
		{"left before right, number", `let s=1; const f=()=>{ s=5; return 2 }; s+=f(); export default s`, `3`},
		{"left before awaited right", `let s="a"; const f=async()=>{ s="b"; return "c" }; s+=await f(); export default s`, `"ac"`},
		{"yield on the right", `function* g(){ let s="a"; s+=yield; s+=yield 1; return s } const i=g(); i.next(); i.next("b"); export default i.next("c").value`, `"abc"`},
		{"nested", `let a="1", b="2", c="3"; a+=b+=c+="4"; export default [a,b,c]`, `["1234","234","34"]`},
		{"value of the expression", `let a="1"; const r = [a+="2", (a+="3").length]; export default [a, r]`, `["123",["12",3]]`},
		{"hint of objects", `let s="x"; const o={ [Symbol.toPrimitive](h){ return h } }; s+=o; s+=new Date(NaN); export default s`, `"xdefaultInvalid Date"`},
		{"valueOf before toString", `let s="x"; s+={ valueOf(){ return 1 }, toString(){ return "no" } }; export default s`, `"x1"`},
		{"error of toPrimitive", `let s="x"; try { s+={ valueOf(){ throw new RangeError("r") } } } catch (e) { s = e.name + e.message } export default s`, `"RangeErrorr"`},
		{"symbol", `let s="x"; let n; try { s+=Symbol("q") } catch (e) { n = [e.name, e instanceof TypeError, s] } export default n`, `["TypeError",true,"x"]`},
		{"bigint", `let s="x"; s+=10n; let b=1n; const f=()=>2n; b+=f(); let e1; try { b+=f().x; b+=1 } catch (e) { e1=e.name } export default [s, String(b), e1]`, `["x10","3","TypeError"]`},
		{"undefined left", `let s; s+="x"; let t; const f=()=>1; t+=f(); export default [s, String(t)]`, `["undefinedx","NaN"]`},
		{"number then string", `let n=1; const f=(x)=>x; n+=f(2); n+=f("3"); n+=f(4); export default n`, `"334"`},
		{"counter", `let n=0; for (let i=0;i<10;i+=2) n+=i; export default n`, `20`},
		{"object left", `let a=[1]; const f=()=>[2]; a+=f(); export default a`, `"12"`},
		{"temporal dead zone", `let n; try { s+="x"; } catch (e) { n=e.name } let s="y"; export default [n, s]`, `["ReferenceError","y"]`},
		{"parameter", `const f=(s, t="a")=>{ t+=s; s+=t; return s }; export default f("x")`, `"xax"`},
		{"loop variable", `const r=[]; for (let s of ["a","b"]) { s+="!"; r.push(()=>s) } export default r.map((f)=>f())`, `["a!","b!"]`},
		{"property", `const o={ p:"a", q:1 }; const f=(x)=>x; o.p+="b"; o.p+=f("c"); o.q+=f(2); export default o`, `{"p":"abc","q":3}`},
		{"property of this", `class A { out=""; #in="<"; w(x){ this.out+=x; this.#in+=x; return this } get in(){ return this.#in } } const a=new A().w("a").w("b"); export default [a.out, a.in]`, `["ab","<ab"]`},
		{"accessors run once", `const log=[]; const o={ get p(){ log.push("get"); return "a" }, set p(v){ log.push(v) } }; const f=(x)=>{ log.push("f"); return x }; o.p+=f("b"); o.p+="c"; export default log`, `["get","f","ab","get","ac"]`},
		{"base runs once", `let n=0; const o={ p:"a" }; const get=()=>{ n++; return o }; const f=(x)=>x; get().p+=f("b"); get().p+="c"; export default [o.p, n]`, `["abc",2]`},
		{"base before value", `let o={ p:"a" }; const first=o; const f=()=>{ o={ p:"z" }; return "b" }; o.p+=f(); export default [first.p, o.p]`, `["ab","z"]`},
		{"nested in a property", `const a={ b:{ c:"1", d:"2" } }; const f=(x)=>x; a.b.c+=f(a.b.d+=f("3")); export default a.b`, `{"c":"123","d":"23"}`},
		{"awaited property", `const a={ b:{ c:"1" } }, z={ y:{ x:"9" } }; const f=async(v)=>{ z.y.x+=v; return v }; const g=async()=>{ a.b.c+=await f("2") }; await Promise.all([g(), g()]); export default [a.b.c, z.y.x]`, `["12","922"]`},
		{"super property", `class B { get p(){ return this.q } set p(v){ this.q=v } } class A extends B { q="a"; m(){ super.p+="b"; return this.q } } export default new A().m()`, `"ab"`},
		{"element", `const a=["x"]; let i=0; a[i++]+="y"; a["0"]+="z"; export default [a, i]`, `[["xyz"],1]`},
		{"undefined base", `let o; let n; try { o.p+="x" } catch (e) { n=e.name } export default n`, `"TypeError"`},
		{"function on the right", `let s="a"; s+=(()=>{ let t="b"; t+="c"; return t })(); export default s`, `"abc"`},
		{"global", `globalThis.gg="a"; gg+="b"; export default globalThis.gg`, `"ab"`},

		// Regular expressions.
		{"property escape", `export default [/^\p{L}+$/u.test("añb"), /\p{Lu}/u.test("a"), /[\p{Script=Greek}\d]/u.exec("aλ")[0]]`, `[true,false,"λ"]`},
		{"source and flags", `const r=/\p{L}/giu; export default [r.source, r.flags, String(r), Object.keys(r), r instanceof RegExp]`, `["\\p{L}","giu","/\\p{L}/giu",[],true]`},
		{"fresh object", `const f=()=>/\p{L}/gu; const a=f(); a.test("x"); export default [a.lastIndex, f().lastIndex, a===f()]`, `[1,0,false]`},
		{"replace, split, matchAll", `export default ["aéz1".replace(/\p{L}/gu,"_"), "a1b".split(/\p{Nd}/u), [..."añ1".matchAll(/\p{L}/gu)].map((m)=>m[0])]`, `["___1",["a","b"],["a","ñ"]]`},
		{"v flag", `export default [/^[\p{L}--[a-z]]$/v.test("A"), /^[\p{L}--[a-z]]$/v.test("a")]`, `[true,false]`},
		{"without u", `export default /\p{L}/.test("p{L}")`, `true`},

		// Things in strings and comments.
		{"import in a string", "const s = `\nimport x from \"y\";\nexport { z };\n`; export default s.length", `34`},
		{"import in a regular expression", `export default /import("x")/.test("importx") || /["'\x60]import/.source`, `"[\"'\\x60]import"`},
		{"division", `const a=8, g=2, b=4; export default [a / b / g, a /b/ g, (a) / b, [a][0] / b]`, `[1,1,2,2]`},
		{"name with a letter of ours", `const ɵcat = 1, ɵload = 2, ɵimport = 3; let s = "a"; s += "b"; export default [ɵcat, ɵload, ɵimport, s]`, `[1,2,3,"ab"]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := evaluate(t, test.source); got != test.want {
				t.Errorf("%s\ngot  %s\nwant %s", test.source, got, test.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct{ source, want string }{
		{"\n  const x = /a/d;", `src/x.js:2:13: regular expression /a/d: the flag d (match indices) is not supported by this runtime`},
		{"x = /(?i:a)/", `src/x.js:1:5: regular expression /(?i:a)/: the modifier (?i:…) is not supported by this runtime`},
		{"x = /\\p{Nope}/u; y = /\\p{RGI_Emoji}/v", `src/x.js:1:5: Invalid regular expression: /\p{Nope}/u: Invalid property name
src/x.js:1:22: regular expression /\p{RGI_Emoji}/v: \p{RGI_Emoji}, a property of strings, is not supported by this runtime`},
		{"let a;\nlet a;", `src/x.js:2:5: The symbol "a" has already been declared`},
		{"x = (", `src/x.js:1:6: Unexpected end of file`},
		{"x;\nexport * from 'y'", `src/x.js:2:1: export * from an external module is not supported: name what it exports`},
		{"import x from 'y' with { type: 'json' }; x", `src/x.js:1:19: import attributes on an external module are not supported`},
		{"class A { static { (() => arguments)() } }", `src/x.js:1:27: Cannot access "arguments" here:`},
		{"x = " + strings.Repeat("[", 100_000), `src/x.js:1:980: source is nested too deeply: more than 1000 brackets, or one expression of more than 40000 tokens`},
		{"x = " + strings.Repeat("!", 1_000_000) + "1", `src/x.js:1:40003: source is nested too deeply`},
		{strings.Repeat("if (a) {} else ", 100_000) + ";", `source is nested too deeply`},
		{"x = " + strings.Repeat("a => ", 10_000) + "1", `source is nested too deeply`},
		{"x = " + strings.Repeat("`${", 10_000), `source is nested too deeply`},
		{"x = '\"', y = /[\"`]/; " + strings.Repeat("{", 100_000), `source is nested too deeply`},
		{"x = " + strings.Repeat("a.", 100_000) + "a", `source is nested too deeply`},
		{"x = " + strings.Repeat("a + ", 100_000) + "a", `source is nested too deeply`},
		{"x = " + strings.Repeat("a ? b : ", 100_000) + "a", `source is nested too deeply`},
		{"x = " + strings.Repeat("f(", 100_000), `source is nested too deeply`},
		{"x = " + strings.Repeat("new ", 100_000) + "a", `source is nested too deeply`},
		{strings.Repeat("a: ", 100_000) + ";", `source is nested too deeply`},
		{strings.Repeat("class A { m() { ", 50_000), `source is nested too deeply`},
		{"x = " + strings.Repeat("1", 200_000) + "n", `src/x.js:1:5: a number has more than 100000 digits`},
		{"x = /" + strings.Repeat("(", 100_000) + strings.Repeat(")", 100_000) + "/", `src/x.js:1:5: a regular expression is nested too deeply: more than 1000 groups`},
	}
	for _, test := range tests {
		_, err := lower.Lower(lower.Input{Name: "src/x.js", Code: []byte(test.source)})
		var refused *lower.Error
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.80s\ngot  %v\nwant %s", test.source, err, test.want)
		}
	}
}

// TestNestingOfOrdinaryCode holds that code that is long, but not deep, isn't refused.
func TestNestingOfOrdinaryCode(t *testing.T) {
	for _, source := range []string{
		"x = [" + strings.Repeat("{a:1,b:[1,2]},\n", 5_000) + "]",
		strings.Repeat("f(1, {a: b => { return `${b}` }});\n", 4_000),
		strings.Repeat("function f(){ if (a) { b } else if (c) { d } else e }\n", 4_000),
		"x = " + strings.Repeat("'a' +\n", 2_000) + "'b'",
	} {
		if _, err := lower.Lower(lower.Input{Name: "x.js", Code: []byte(source)}); err != nil {
			t.Errorf("%.60s: %v", source, err)
		}
	}
}

func TestExports(t *testing.T) {
	const source = `
		export default { fetch() { return 1 } };
		export let count = 1;
		export let late; late = 2;
		export function inc() { count++ }
		export class Service {}
		const quoted = 3;
		export { quoted as "a-b", quoted as __proto__ };`
	rt := newRuntime(t)
	exports, err := load(rt, lower.Input{Name: "x.js", Code: []byte(source)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := rt.Set("m", exports); err != nil {
		t.Fatal(err)
	}
	got, err := rt.RunString(`m.inc(); const d = (n) => Object.getOwnPropertyDescriptor(m, n);
		JSON.stringify([Object.keys(m).sort(), Object.getPrototypeOf(m), m.count, m.late, m["a-b"], d("__proto__").value, typeof d("count").get,
			["default", "late", "inc", "Service"].every((n) => "value" in d(n)), m.default.fetch()])`)
	if err != nil {
		t.Fatal(err)
	}
	if want := `[["Service","__proto__","a-b","count","default","inc","late"],null,2,2,3,3,"function",true,1]`; got.String() != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestImports(t *testing.T) {
	const source = `
		import first, { a as b, "x-y" as c } from "cloudflare:workers";
		import * as ns from 'node:x';
		import "side";
		import { a } from "cloudflare:workers";
		const text = "import q from 'nowhere'";
		export default import("late").then((late) => [first, b, c, ns.k, a, late.z, text.length]);`
	in := lower.Input{Name: "x.js", Code: []byte(source)}
	program, err := lower.Lower(in)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(program.Imports, " "), "cloudflare:workers node:x side"; got != want {
		t.Errorf("imports %q, want %q", got, want)
	}
	rt := newRuntime(t)
	imports := map[string]any{
		"cloudflare:workers": map[string]any{"default": 1, "a": 2, "x-y": 3},
		"node:x":             map[string]any{"k": 4}, "side": map[string]any{}, "late": map[string]any{"z": 5},
	}
	exports, err := instantiate(rt, program, imports)
	if err != nil {
		t.Fatal(err)
	}
	got := exports.Get("default").Export().(*goja.Promise).Result().Export()
	if want := "[1 2 3 4 2 5 23]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	imports["cloudflare:workers"] = map[string]any{"default": 1, "a": 2}
	_, err = instantiate(newRuntime(t), program, imports)
	if want := `SyntaxError: x.js:2:27: the module "cloudflare:workers" has no export named "x-y"`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestServiceWorker(t *testing.T) {
	rt := newRuntime(t)
	if err := rt.Set("addEventListener", func(string, goja.Value) {}); err != nil {
		t.Fatal(err)
	}
	load := func(source string) error {
		_, err := load(rt, lower.Input{Name: "sw.js", Code: []byte(source), ServiceWorker: true}, nil)
		return err
	}
	if err := load(`var s = "a"; s += "b"; sloppy = (function () { return typeof this + s })(); addEventListener("fetch", (e) => e)`); err != nil {
		t.Fatal(err)
	}
	if got := rt.Get("sloppy").String(); got != "objectab" {
		t.Errorf("got %s", got)
	}
	if err := load(`var o = { s: "x" }; with (o) { s += "y" }; found = o.s`); err != nil || rt.Get("found").String() != "xy" {
		t.Errorf("with: %v %v", rt.Get("found"), err)
	}
	if err := load(`"use strict"; undeclared = 1`); err == nil || !strings.Contains(err.Error(), "ReferenceError") {
		t.Errorf("strict script: error %v", err)
	}
	for _, source := range []string{`import "x"`, `export default 1`} {
		if err := load(source); err == nil || !strings.Contains(err.Error(), "sw.js:1:1: a service worker script can't have") {
			t.Errorf("%s: error %v", source, err)
		}
	}
}

// bundle makes a bundle and its map of TypeScript, as a client does.
func bundle(t testing.TB, name, source string) lower.Input {
	t.Helper()
	result := api.Build(api.BuildOptions{
		Stdin:  &api.StdinOptions{Contents: source, Sourcefile: name, Loader: api.LoaderTS},
		Bundle: true, Format: api.FormatESModule, Target: api.ESNext, Charset: api.CharsetUTF8, Sourcemap: api.SourceMapExternal,
		Outfile: "/out/worker.js", External: []string{"cloudflare:*"},
	})
	if len(result.Errors) > 0 {
		t.Fatal(result.Errors)
	}
	in := lower.Input{Name: "worker.js"}
	for _, f := range result.OutputFiles {
		if strings.HasSuffix(f.Path, ".map") {
			in.Map = f.Contents
		} else {
			in.Code = f.Contents
		}
	}
	return in
}

func TestPositionsOfRunningCode(t *testing.T) {
	const source = `interface Env { greeting: string }
type Unused = { a: number };

class Handler {
  text = "ä"; get = 1;
  run(env: Env): string {
    let s: string = ""; s += env.greeting; /* é😀 */ const é = 1; throw new Error("at " + s + é);
  }
}
export const stack = (() => {
  try {
    new Handler().run({ greeting: "hi" });
  } catch (e) { return (e as Error).stack; }
})();
export default { boom(o: any) { return o.missing.deep; } };
`
	rt := newRuntime(t)
	exports, err := load(rt, bundle(t, "src/x.ts", source), nil)
	if err != nil {
		t.Fatal(err)
	}
	stack := exports.Get("stack").String()
	for _, want := range []string{"src/x.ts:7:73", "src/x.ts:12:19"} {
		if !strings.Contains(stack, want) {
			t.Errorf("stack lacks %s:\n%s", want, stack)
		}
	}
	boom, _ := goja.AssertFunction(exports.Get("default").ToObject(rt).Get("boom"))
	_, err = boom(goja.Undefined(), rt.NewObject())
	var exception *goja.Exception
	if !errors.As(err, &exception) || !strings.Contains(exception.String(), "src/x.ts:15:50") {
		t.Errorf("exception: %v", exception.String())
	}
}

func TestPositionsOfRefusals(t *testing.T) {
	in := bundle(t, "src/x.ts", "type A = string;\n\nconst é: A = '';\nexport default /* é😀 */ /a/d;\n")
	_, err := lower.Lower(in)
	var refused *lower.Error
	if !errors.As(err, &refused) {
		t.Fatal(err)
	}
	at := *refused.Messages[0].Location
	if want := (api.Location{File: "src/x.ts", Line: 4, Column: 28, LineText: "export default /* é😀 */ /a/d;"}); at != want {
		t.Errorf("got %+v, want %+v", at, want)
	}
}

func TestDamagedSourceMap(t *testing.T) {
	for _, text := range []string{`{`, `{"version":2}`, `{"version":3,"sources":[],"mappings":"AAAA"}`, `{"version":3,"sources":["a"],"mappings":"!"}`} {
		_, err := lower.Lower(lower.Input{Name: "x.js", Code: []byte("1"), Map: []byte(text)})
		if err == nil || !strings.Contains(err.Error(), "x.js.map:1:1: source map: ") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestProgramIsShared(t *testing.T) {
	program, err := lower.Lower(lower.Input{Name: "x.js", Code: []byte(
		`let s = ""; for (let i = 0; i < 500; i++) s += "ab"; export default s.length + (/\p{L}/u.test("é") ? 1 : 0)`)})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan string)
	for range 4 {
		go func() {
			exports, err := instantiate(goja.New(), program, nil)
			if err != nil {
				done <- err.Error()
				return
			}
			done <- exports.Get("default").String()
		}()
	}
	for range 4 {
		if got := <-done; got != "1001" {
			t.Error(got)
		}
	}
}

// TestAppendAcrossCollections holds that a string goes on growing when a garbage collection took its buffer.
func TestAppendAcrossCollections(t *testing.T) {
	rt := newRuntime(t)
	if err := rt.Set("collect", runtime.GC); err != nil {
		t.Fatal(err)
	}
	exports, err := load(rt, lower.Input{Name: "x.js", Code: []byte(`
		let s = "", wide = "é", want = "";
		for (let i = 0; i < 60; i++) { s += "0123456789"; wide += "0123456789"; want = want.concat("0123456789"); if (i % 10 === 0) collect() }
		export default s === want && wide === "é".concat(want)`)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !exports.Get("default").ToBoolean() {
		t.Error("the strings differ from what concat makes")
	}
}

// FuzzLower holds that any bytes give a program or an error with a place.
func FuzzLower(f *testing.F) {
	for _, source := range []string{
		"import a, { b as c } from 'x'; import * as d from 'y'; export { a as default, c }",
		"let s = ''; s += `${await f()}`; o.p.q += s; this.#x += 1",
		"class A { get = 1; static { (() => arguments)() } #async() { return /\\p{L}[^/]/gu } }",
		"function f({ a = () => arguments[0] }, ...[b = 1]) { 'use strict'; return () => arguments }",
		"for await (const x of import(y)) { label: for (;;) { continue label } }",
		"with (a) { b += c }",
		"x = a / b / /[/]/v.test`${{}}` /* import 'x' */ // export { x }\n<!--",
		"#!x\n\u2028\xff\x00\\u{10FFFF}`\\u{10FFFF}`",
		"export * as q from 'z'; export { default } from 'z'",
		"({ import() {}, export: 1, async *[Symbol.iterator]() {} }).import?.()",
		"a * b ** c << d; a *= b; a.b **= c; a[b] <<= c; this.#p *= super.x",
		"f(...a, ...[b]); ({ ...a, ...{} }); const { a, ...b } = c; ({ a, ...b } = c); `${1}${2}${3}${4}${5}`",
		"function* g(a = b()) { try { x = yield yield* c } catch { yield } finally { yield } }",
		"class A extends f() { static x = g(); static { h() } #y = () => i(); get [j()]() {} constructor(a = k()) { super(...arguments) } }",
		strings.Repeat("(", 300), strings.Repeat("[", 300) + strings.Repeat("]", 300), strings.Repeat("{", 300) + strings.Repeat("}", 300),
		strings.Repeat("`${", 200) + strings.Repeat("}`", 200), strings.Repeat("a.", 3000) + "a", strings.Repeat("a+", 3000) + "a",
		strings.Repeat("if(a){}else ", 500) + ";", strings.Repeat("a=>", 300) + "a", strings.Repeat("!", 3000) + "a", strings.Repeat("a?b:", 500) + "c",
		"x = '" + strings.Repeat("a", 100_000) + "'", strings.Repeat("x;", 20_000), strings.Repeat("9", 5000) + "n", "1e999999999", "0x" + strings.Repeat("f", 999) + "n",
		"/" + strings.Repeat("(", 200) + strings.Repeat(")", 200) + "/", "/(a+)+(b*)*c{1,99999}/", "/[\\p{L}&&[^a]]/v", "/(?<=(?<!a))\\u{10FFFF}/u", "/\\p{L}{1,1000}/u",
		"'", "`", "/*", "/", "`${", "\"\\", "\\u{", "'\\u{10FFFF}'", "`\\u{110000}`", "\xef\xbb\xbfx", "\xf0\x9f'\xff'", "\x00", "#!", "<!-- x\n--> y",
	} {
		f.Add([]byte(source), []byte(nil), false)
		f.Add([]byte(source), []byte(`{"version":3,"sources":["a.ts"],"mappings":"AAAA;AACA"}`), true)
	}
	f.Fuzz(func(t *testing.T, code, sourceMap []byte, serviceWorker bool) {
		program, err := lower.Lower(lower.Input{Name: "x.js", Code: code, Map: sourceMap, ServiceWorker: serviceWorker})
		var refused *lower.Error
		switch {
		case err == nil && program.Program == nil:
			t.Error("neither program nor error")
		case err != nil && (!errors.As(err, &refused) || len(refused.Messages) == 0):
			t.Errorf("error without messages: %v", err)
		case err != nil && strings.Contains(err.Error(), "internal error"):
			t.Errorf("%v", err)
		}
	})
}
