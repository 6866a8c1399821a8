package builtins_test

import (
	"testing"

	"github.com/dop251/goja"
)

func TestRegExpClass(t *testing.T) {
	run(t, []snippet{
		{`new RegExp("\\p{L}+", "u").exec("1é2")[0]`, "é"},
		{`RegExp("^\\p{L}$", "u").test("é")`, "true"},
		{`new RegExp("\\p{L}", "u").source + String(new RegExp("\\p{L}", "u"))`, `\p{L}/\p{L}/u`},
		{`const r = new RegExp("\\p{L}", "u"), s = new RegExp(r, "gu"); s.source + s.flags + "aéx".replace(s, "-")`, `\p{L}gu---`},
		{`new RegExp("\\p{L}").test("p{L}")`, "true"},
		{`new RegExp("\\p{Wrong}", "u")`, "throws SyntaxError"},
		{`const r = new RegExp("[\\p{L}--[a-c]]", "v"); [r.test("b"), r.test("d"), r.flags, r.unicodeSets, r.source]`, `[false,true,"v",true,"[\\p{L}--[a-c]]"]`},
		{`const r = /x/u; r.compile("^\\p{Lu}$", "u"); [r.test("Ä"), r.test("ä"), r.source]`, `[true,false,"^\\p{Lu}$"]`},
		{`new RegExp("(")`, "throws SyntaxError"},
		{`new RegExp("a", "gg")`, "throws SyntaxError"},
		{`/x/ instanceof RegExp && new RegExp("x") instanceof RegExp && /x/.constructor === RegExp`, "true"},
		{`class R extends RegExp {} [new R("a") instanceof R, /x/ instanceof R, ({}) instanceof RegExp, 1 instanceof RegExp, new R("a") instanceof RegExp]`, "[true,false,false,false,true]"},
		{`RegExp.prototype.constructor === RegExp && RegExp[Symbol.species] === RegExp`, "true"},
		{`const r = /x/g; [RegExp(r) === r, new RegExp(r) === r, RegExp(r, "i") === r, RegExp(r, "i").flags]`, `[true,false,false,"i"]`},
		{`[RegExp.name, RegExp.length, typeof RegExp, String(new RegExp()), new RegExp(undefined, "i").flags]`, `["RegExp",2,"function","/(?:)/","i"]`},
		{`class R extends RegExp { get extra() { return this.source + "!"; } } const r = new R("\\p{L}", "u"); [r instanceof R, r.extra, r.test("a"), "a1b".split(new R("\\d"))]`, `[true,"\\p{L}!",true,["a","b"]]`},
		{`"a1é2".split(new RegExp("\\p{L}", "u"))`, `["","1","2"]`},
		{`Reflect.construct(RegExp, ["a"], Array) instanceof Array`, "true"},
		{`[..."aéb".matchAll(new RegExp("\\p{L}", "gu"))].length`, "3"},
	})
}

// Methods ask for the regular expression's own exec.
func TestRegExpExec(t *testing.T) {
	run(t, []snippet{
		{`const r = /x/; r.exec = (s) => ({ s }); [r.test("q"), r.test()]`, "[true,true]"},
		{`const r = /x/; r.exec = () => null; r.test("x")`, "false"},
		{`const r = /x/; r.exec = () => 5; r.test("x")`, "throws TypeError"},
		{`const r = /x/; r.exec = () => undefined; r.test("x")`, "throws TypeError"},
		{`const r = /x/; r.exec = 5; r.test("x")`, "true"},
		{`const seen = [], r = /x/; r.exec = function (...a) { seen.push(this === r, ...a); return null; }; r.test({ toString: () => "t" }); seen`, `[true,"t"]`},
		{`class R extends RegExp { exec(s) { return super.exec(s + "x"); } } new R("x").test("")`, "true"},
		{`RegExp.prototype.test.call({ exec: () => ({}) }, "x")`, "true"},
		{`RegExp.prototype.test.call({ __proto__: RegExp.prototype }, "x")`, "throws TypeError"},
		{`RegExp.prototype.test.call({}, "x")`, "throws TypeError"},
		{`RegExp.prototype.test.call(1, "x")`, "throws TypeError"},
		{`const { exec } = RegExp.prototype; RegExp.prototype.exec = function (s) { return exec.call(this, s + "x"); }; /x/.test("")`, "true"},
		{`const r = /x/g; [r.test("xx"), r.lastIndex, r.test("xx"), r.lastIndex, r.test("xx"), r.lastIndex]`, "[true,1,true,2,false,0]"},
		{`[/^undefined$/.test(), /1/.test(1), thrown(() => /x/.test(Symbol()))]`, `[true,true,"TypeError"]`},
		{`const own = (r) => { r.exec = () => ({ index: 5, 0: "q", length: 1 }); return r; };
			["x".match(own(/x/))[0], "x".search(own(/x/)), "x".replace(own(/x/), "-"), [..."x".matchAll(own(/x/g))].length, "axb".split(own(/x/)).length]`, `["q",5,"x-",1,2]`},
	})
}

// BenchmarkRegExpTest is the ordinary case beside goja's own.
func BenchmarkRegExpTest(b *testing.B) {
	for name, rt := range map[string]*goja.Runtime{"own": goja.New(), "asked": newRuntime(b)} {
		v, err := rt.RunString(`const r = /^[a-z]+$/; (n) => { let c = 0; for (let i = 0; i < n; i++) if (r.test("hello")) c++; return c; }`)
		if err != nil {
			b.Fatal(err)
		}
		call, _ := goja.AssertFunction(v)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			if _, err := call(nil, rt.ToValue(b.N)); err != nil {
				b.Fatal(err)
			}
		})
	}
}
