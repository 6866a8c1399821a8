package builtins_test

import "testing"

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
