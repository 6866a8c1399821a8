package builtins_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"pgregory.net/rapid"

	"github.com/bindery/bindery/runtime/builtins"
)

func TestJSONParse(t *testing.T) {
	run(t, []snippet{
		{`JSON.parse('{"a":[1,-2.5e3,true,false,null,"x"],"b":{}}')`, `{"a":[1,-2500,true,false,null,"x"],"b":{}}`},
		{`JSON.parse(' \t\n\r[ ] ')`, "[]"},
		{`Object.is(JSON.parse("-0"), -0)`, "true"},
		{`[JSON.parse("1e400"), JSON.parse("12345678901234567890"), JSON.parse("9007199254740993")].join()`, "Infinity,12345678901234567000,9007199254740992"},
		{`JSON.parse('"\\u0041\\n\\"\\\\\\/\\ud83d\\ude00é\u{1F600}"')`, "A\n\"\\/\U0001F600é\U0001F600"},
		{`[...JSON.parse('"\\ud800x\ud801"')].map((c) => c.charCodeAt(0))`, "[55296,120,55297]"},
		{`const o = JSON.parse('{"__proto__":1}'); Object.getPrototypeOf(o) === Object.prototype && Object.keys(o)`, `["__proto__"]`},
		{`JSON.parse('{"a":1,"b":2,"a":3}')`, `{"a":3,"b":2}`},
		{`Object.keys(JSON.parse('{"b":1,"2":1,"1":1}'))`, `["1","2","b"]`},
		{`Object.keys(JSON.parse('{"\\ud800":1,"\\ud801":2}')).length`, "2"},
		{`Object.defineProperty(Object.prototype, "a", { set() { throw 1; } }); JSON.parse('{"a":1}').a`, "1"},
		{`Object.defineProperty(Object.prototype, "\ud800", { set() { throw 1; } }); JSON.parse('{"\\ud800":1}')["\ud800"]`, "1"},
		{`JSON.parse({ toString: () => "[1]" })`, "[1]"},
		{`JSON.parse(null)`, "null"},
		{`JSON.parse(Symbol())`, "throws TypeError"},
		{`const d = Object.getOwnPropertyDescriptor(JSON.parse('{"k":0}'), "k"); [d.writable, d.enumerable, d.configurable]`, "[true,true,true]"},
		{`JSON.parse("[".repeat(100000))`, "throws RangeError"},
		{`JSON.parse("[".repeat(1000) + "]".repeat(1000)).length`, "1"},
		{`JSON.parse("{\"a\":[1,2,{\"b\":3}]}", (k, v) => typeof v === "number" ? v * 2 : v)`, `{"a":[2,4,{"b":6}]}`},
		{`JSON.parse('{"a":1,"b":2}', (k, v) => k === "a" ? undefined : v)`, `{"b":2}`},
		{`const seen = []; JSON.parse('{"a":[1.0,"x",{}],"b":9007199254740993}', (k, v, c) => { seen.push(c.source); return v; }); seen.map(String)`, `["1.0","\"x\"","undefined","undefined","9007199254740993","undefined"]`},
		{`JSON.parse('[1,2]', function (k, v, c) { if (k === "0") this[1] = 3; return k === "1" ? String(c.source) : v; })`, `[1,"undefined"]`},
		{`JSON.parse('[9007199254740993]', (k, v, c) => typeof v === "number" ? BigInt(c.source) : v)[0]`, "9007199254740993n"},
		{`const keys = []; JSON.parse('{"a":[5],"b":1}', function (k, v) { keys.push(k); return v; }); keys`, `["0","a","b",""]`},
		{`JSON.parse('[1,2]', function (k, v) { if (k === "0") Object.freeze(this); return k === "1" ? 9 : v; })`, "[1,2]"},
	})
}

func TestJSONParseMessages(t *testing.T) {
	rt := newRuntime(t)
	for _, c := range []struct{ text, want string }{
		{``, "Unexpected end of JSON input"},
		{`[`, "Unexpected end of JSON input"},
		{`tru`, "Unexpected end of JSON input"},
		{`{`, "Expected property name or '}' in JSON at position 1 (line 1 column 2)"},
		{`{a}`, "Expected property name or '}' in JSON at position 1 (line 1 column 2)"},
		{`{"a"}`, "Expected ':' after property name in JSON at position 4 (line 1 column 5)"},
		{`{"a":1,}`, "Expected double-quoted property name in JSON at position 7 (line 1 column 8)"},
		{`{"a":1 2`, "Expected ',' or '}' after property value in JSON at position 7 (line 1 column 8)"},
		{"[1\n 2]", "Expected ',' or ']' after array element in JSON at position 4 (line 2 column 2)"},
		{`[1,]`, `Unexpected token ']', "[1,]" is not valid JSON`},
		{`<!DOCTYPE html>`, `Unexpected token '<', "<!DOCTYPE html>" is not valid JSON`},
		{`<!DOCTYPE html><html>`, `Unexpected token '<', "<!DOCTYPE "... is not valid JSON`},
		{`{"aaaaaaaaaaaaaa": x, "bbbbbbbbb": 1}`, `Unexpected token 'x', ..."aaaaaaa": x, "bbbbbb"... is not valid JSON`},
		{`undefined`, `"undefined" is not valid JSON`},
		{`[object Object]`, `"[object Object]" is not valid JSON`},
		{`"a`, "Unterminated string in JSON at position 2 (line 1 column 3)"},
		{"\"a\n\"", "Bad control character in string literal in JSON at position 2 (line 1 column 3)"},
		{`"\x"`, "Bad escaped character in JSON at position 2 (line 1 column 3)"},
		{`"\u12g4"`, "Bad Unicode escape in JSON at position 5 (line 1 column 6)"},
		{`-`, "No number after minus sign in JSON at position 1 (line 1 column 2)"},
		{`1.`, "Unterminated fractional number in JSON at position 2 (line 1 column 3)"},
		{`1e`, "Exponent part is missing a number in JSON at position 2 (line 1 column 3)"},
		{`01`, "Unexpected number in JSON at position 1 (line 1 column 2)"},
		{`1 2`, "Unexpected non-whitespace character after JSON at position 2 (line 1 column 3)"},
		{`"😀" 2`, "Unexpected non-whitespace character after JSON at position 5 (line 1 column 6)"},
		{"\u00a01", "Unexpected token '\u00a0', \"\u00a01\" is not valid JSON"},
	} {
		thrown := rt.Try(func() { builtins.ParseJSONText(rt, c.text) })
		if thrown == nil {
			t.Errorf("%q is taken", c.text)
			continue
		}
		if got := thrown.Value().String(); got != "SyntaxError: "+c.want {
			t.Errorf("%q\n got %s\nwant SyntaxError: %s", c.text, got, c.want)
		}
	}
}

func TestJSONStringify(t *testing.T) {
	run(t, []snippet{
		{`JSON.stringify({ a: [1, undefined, () => {}, Symbol()], b: undefined, c: () => {}, d: NaN, e: -0, f: 1e21, g: 0.1 })`, `{"a":[1,null,null,null],"d":null,"e":0,"f":1e+21,"g":0.1}`},
		{`JSON.stringify(undefined)`, "undefined"},
		{`JSON.stringify(() => {})`, "undefined"},
		{`JSON.stringify(Symbol())`, "undefined"},
		{`JSON.stringify("\u2028\ud800\u{1F600}\ud83d\x07\"\\é")`, "\"\u2028\\ud800\U0001F600\\ud83d\\u0007\\\"\\\\é\""},
		{`JSON.stringify([Object(1), Object("s"), Object(false)])`, `[1,"s",false]`},
		{`JSON.stringify(new Date(0))`, `"1970-01-01T00:00:00.000Z"`},
		{`JSON.stringify({ a: { toJSON(k) { return k + "!"; } }, b: [{ toJSON(k) { return k; } }] })`, `{"a":"a!","b":["0"]}`},
		{`JSON.stringify({ toJSON: () => undefined })`, "undefined"},
		{`JSON.stringify(1n)`, "throws TypeError"},
		{`JSON.stringify(Object(1n))`, "throws TypeError"},
		{`BigInt.prototype.toJSON = function () { return String(this); }; JSON.stringify([1n])`, `["1"]`},
		{`const o = {}; o.o = [o]; JSON.stringify(o)`, "throws TypeError"},
		{`const s = {}; JSON.stringify([s, s])`, "[{},{}]"},
		{`JSON.stringify({ a: [1, { b: [] }], c: {} }, null, 2)`, "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}"},
		{`JSON.stringify([1], null, "\u00e9\u00e9")`, "[\n\u00e9\u00e91\n]"},
		{`JSON.stringify([1], null, "12345678901234")`, "[\n12345678901\n]"},
		{`JSON.stringify([1], null, Object(1)) + JSON.stringify([1], null, 0.5) + JSON.stringify([1], null, true)`, "[\n 1\n][1][1]"},
		{`JSON.stringify(new Proxy([1, 2], {})) + JSON.stringify(new Proxy({ a: 1 }, {}))`, `[1,2]{"a":1}`},
		{`JSON.stringify({ a: 1, b: 2 }, ["b"]) + JSON.stringify({ a: 1 }, (k, v) => k ? v + 1 : v)`, `{"b":2}{"a":2}`},
		{`JSON.stringify({ a: { b: 1, c: [2] }, b: 3 }, ["b", "a", "b", 1, Object("c"), {}])`, `{"b":3,"a":{"b":1,"c":[2]}}`},
		{`const seen = []; JSON.stringify({ a: [5] }, function (k, v) { seen.push(k, Array.isArray(this)); return v; }); seen`, `["",false,"a",false,"0",true]`},
		{`JSON.stringify([1, [2]], (k, v) => v === 2 ? undefined : v, 1)`, "[\n 1,\n [\n  null\n ]\n]"},
		{`JSON.stringify({ a: [], b: { c: {} } }, (k, v) => v, 1)`, "{\n \"a\": [],\n \"b\": {\n  \"c\": {}\n }\n}"},
		{`JSON.stringify({ get a() { return 5; } })`, `{"a":5}`},
		{`JSON.stringify({ ["\ud800"]: 1, "\ufffd": 2 })`, `{"\ud800":1,"` + "\ufffd" + `":2}`},
		{`JSON.stringify({ r: JSON.rawJSON("1e1000") })`, `{"r":1e1000}`},
		{`JSON.stringify([new Map([[1, 2]]), new Set([1]), /x/, new Error("q"), Promise.resolve(1)])`, `[{},{},{},{},{}]`},
		{`JSON.stringify(new Uint8Array(2))`, `{"0":0,"1":0}`},
		{`let o = []; for (let i = 0; i < 100000; i++) o = [o]; JSON.stringify(o)`, "throws RangeError"},
		{`JSON.stringify(Object.create({ inherited: 1 }, { hidden: { value: 1 } }))`, "{}"},
	})
}

// jsonPair is a runtime with goja's JSON beside ours.
type jsonPair struct {
	rt                                       *goja.Runtime
	parse, stringify, ownParse, ownStringify goja.Callable
}

func newJSONPair(t testing.TB) jsonPair {
	rt := goja.New()
	get := func(name string) goja.Callable {
		f, ok := goja.AssertFunction(rt.GlobalObject().Get("JSON").(*goja.Object).Get(name))
		if !ok {
			t.Fatal("no JSON." + name)
		}
		return f
	}
	p := jsonPair{rt: rt, ownParse: get("parse"), ownStringify: get("stringify")}
	builtins.Install(rt)
	p.parse, p.stringify = get("parse"), get("stringify")
	return p
}

// text calls one of the four and shows what it gave, "throws" for an exception.
func (p jsonPair) text(f goja.Callable, args ...goja.Value) string {
	v, err := f(goja.Undefined(), args...)
	if err != nil {
		return "throws"
	}
	return v.String()
}

// jsonValue draws a script value with everything that JSON knows.
func jsonValue(rt *goja.Runtime, depth int) *rapid.Generator[goja.Value] {
	return rapid.Custom(func(t *rapid.T) goja.Value {
		kinds := 7
		if depth <= 0 {
			kinds = 5
		}
		switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
		case 0:
			return rt.ToValue(rapid.Float64().Draw(t, "float"))
		case 1:
			return rt.ToValue(rapid.Int64Range(-1<<53, 1<<53).Draw(t, "int"))
		case 2:
			return goja.StringFromUTF16(rapid.SliceOfN(rapid.Uint16(), 0, 6).Draw(t, "units"))
		case 3:
			return rt.ToValue(rapid.String().Draw(t, "string"))
		case 4:
			return []goja.Value{goja.Null(), goja.Undefined(), rt.ToValue(true), rt.ToValue(false), rt.ToValue(math.Copysign(0, -1))}[rapid.IntRange(0, 4).Draw(t, "which")]
		case 5:
			var items []any
			for _, v := range rapid.SliceOfN(jsonValue(rt, depth-1), 0, 4).Draw(t, "items") {
				items = append(items, v)
			}
			return rt.NewArray(items...)
		default:
			o := rt.NewObject()
			for range rapid.IntRange(0, 4).Draw(t, "size") {
				name := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"__proto__", "0", "10", "a", ""})).Draw(t, "name")
				_ = o.DefineDataProperty(name, jsonValue(rt, depth-1).Draw(t, "member"), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
			}
			return o
		}
	})
}

func TestJSONLikeGoja(t *testing.T) {
	p := newJSONPair(t)
	gaps := []goja.Value{p.rt.ToValue(2), p.rt.ToValue("\t"), p.rt.ToValue(" \n ")}
	rapid.Check(t, func(t *rapid.T) {
		v := jsonValue(p.rt, 3).Draw(t, "value")
		want := p.text(p.ownStringify, v)
		got := p.text(p.stringify, v)
		if got != want {
			t.Fatalf("stringify\n got %s\nwant %s", got, want)
		}
		if got == "undefined" {
			return
		}
		// Indented, goja goes wrong after an empty array or object; so that is only read back.
		gap := rapid.SampledFrom(gaps).Draw(t, "gap")
		for _, text := range []string{got, p.text(p.stringify, v, goja.Undefined(), gap)} {
			parsed, err := p.parse(goja.Undefined(), p.rt.ToValue(text))
			if err != nil {
				t.Fatalf("parse %s: %v", text, err)
			}
			if again := p.text(p.stringify, parsed); again != got {
				t.Fatalf("round trip of %s\n got %s\nwant %s", text, again, got)
			}
		}
	})
}

func FuzzJSONParse(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,2.5,-3e-7,true,false,null,"x\u00e9\n"]}`, `[]`, `"\ud800"`, `01`, `[1,]`, "\"\x01\"", `{"a":1,"a":2}`,
		`{"__proto__":{}}`, "\xff", "\"\xff\"", `1e999`, `-0`, ` 1 `, `"\uD83D\uDE00"`, "\u2028", `{"":0}`, `[[[]]]`, "\xed\xa0\x80",
	} {
		f.Add(seed)
	}
	p := newJSONPair(f)
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "\ufffd")
		v := p.rt.ToValue(text)
		parsed, err := p.parse(goja.Undefined(), v)
		own, ownErr := p.ownParse(goja.Undefined(), v)
		if ownErr == nil && err != nil {
			t.Fatalf("%q is refused: %v", text, err)
		}
		if err == nil && ownErr != nil && !strings.Contains(ownErr.Error(), "cannot unmarshal number") { // 1e999 is Infinity
			t.Fatalf("%q is taken; goja says %v", text, ownErr)
		}
		if err != nil || ownErr != nil || strings.Contains(text, `\u`) { // goja's parser loses lone surrogates
			return
		}
		if got, want := p.text(p.ownStringify, parsed), p.text(p.ownStringify, own); got != want {
			t.Fatalf("%q\n got %s\nwant %s", text, got, want)
		}
	})
}

// document is some 35 KB of JSON as an API gives it.
func document() string {
	var b strings.Builder
	b.WriteString(`{"total":200,"items":[`)
	for i := range 200 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"name":"Item number %d","price":%d.%02d,"tags":["new","sale","t%d"],"inStock":%v,"note":null,`+
			`"owner":{"id":%d,"email":"user%d@example.com"}}`, i*7919, i, i*3, i%100, i, i%3 == 0, i, i)
	}
	b.WriteString(`]}`)
	return b.String()
}

func BenchmarkJSONParse(b *testing.B) {
	p := newJSONPair(b)
	text := p.rt.ToValue(document())
	for name, f := range map[string]goja.Callable{"ours": p.parse, "goja": p.ownParse} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(document())))
			for b.Loop() {
				if _, err := f(goja.Undefined(), text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkJSONStringify(b *testing.B) {
	p := newJSONPair(b)
	v, err := p.parse(goja.Undefined(), p.rt.ToValue(document()))
	if err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]goja.Callable{"ours": p.stringify, "goja": p.ownStringify} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(document())))
			for b.Loop() {
				if _, err := f(goja.Undefined(), v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
