package console_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/console"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/timers"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) {
	runtimetest.Main(m, console.API, event.API, timers.API, webidl.API{Classes: []webidl.Declared{bagClass}})
}

// logs runs src and gives what it wrote.
func logs(t *testing.T, src string) string {
	t.Helper()
	rt := runtimetest.New(t)
	rt.Run("{" + src + "}; 0").Want("0")
	return strings.Join(rt.Logs(), "\n")
}

// Each pair is the arguments of console.log and the line that they make.
func TestLog(t *testing.T) {
	for _, c := range [][2]string{
		{``, ""},
		{`"a", 1, null, undefined, true, -0, 0, 5n, Symbol("q"), NaN, 1.5, 1e21`, "a 1 null undefined true -0 0 5n Symbol(q) NaN 1.5 1e+21"},
		{`"日本", { s: "日本" }`, "日本 { s: '日本' }"},
		{`{}, [], [[]], [{}]`, "{} [] [ [] ] [ {} ]"},
		{`{ a: 1, b: "x", "a-b": 2, 5: 3, [Symbol("s")]: 4, "": 5, "05": 6 }`, "{ 5: 3, a: 1, b: 'x', 'a-b': 2, '': 5, '05': 6, [Symbol(s)]: 4 }"},
		{`{ a: "it's", b: "\"'", c: "\"'` + "`" + `", d: "\n\t\\\x01\x7f" }`, "{ a: \"it's\", b: `\"'`, c: '\"\\'`', d: '\\n\\t\\\\\\x01\\x7F' }"},
		{`{ a: { b: { c: { d: 1 } } } }`, "{ a: { b: { c: [Object] } } }"},
		{`{ a: { b: { c: [1] } } }`, "{ a: { b: { c: [Array] } } }"},
		{`{ a: { b: { c: new (class Foo {}) } } }`, "{ a: { b: { c: [Foo] } } }"},
		{`[1, , 3, , ,]`, "[ 1, <1 empty item>, 3, <2 empty items> ]"},
		{`Object.assign([1], { x: 2 })`, "[ 1, x: 2 ]"},
		{`new (class L extends Array {})(2)`, "L(2) [ <2 empty items> ]"},
		{`new Map([[1, { a: 1 }], ["k", new Map()]]), new Set([1, "a"])`, "Map(2) { 1 => { a: 1 }, 'k' => Map(0) {} } Set(2) { 1, 'a' }"},
		{`new (class M extends Map {})`, "M(0) {}"},
		{`(() => { class A {} class B extends A { static x = 1 } return B })()`, "[class B extends A] { x: 1 }"},
		{`class {}, function f() {}, () => 1, async function g() {}, function* h() {}, async () => 1, Math.max, Map, ({ m() {} }).m`, "[class (anonymous)] [Function: f] [Function (anonymous)] [AsyncFunction: g] [GeneratorFunction: h] [AsyncFunction (anonymous)] [Function: max] [Function: Map] [Function: m]"},
		{`Object.assign(function f() {}, { a: 1 })`, "[Function: f] { a: 1 }"},
		{`new Error("boom")`, "Error: boom\n    at snippet.js:1:14"},
		{`new (class MyError extends Error { code = 5 })("x")`, "MyError: x\n    at snippet.js:1:14 {\n  code: 5\n}"},
		{`{ e: new Error("n") }`, "{\n  e: Error: n\n      at snippet.js:1:19\n}"},
		{`new Error("outer", { cause: "c" })`, "Error: outer\n    at snippet.js:1:14 {\n  [cause]: 'c'\n}"},
		{`(e => { e.stack = ""; return e })(new TypeError("t"))`, "[TypeError: t]"},
		{`new AggregateError([1], "agg")`, "AggregateError: agg\n    at snippet.js:1:14 {\n  [errors]: [ 1 ]\n}"},
		{`new DOMException("m", "AbortError")`, "DOMException [AbortError]: m\n    at <anonymous> (snippet.js:1:14)"},
		{`new Date(0), new Date(NaN), new Date(-8.64e15), /a\/b/gi`, `1970-01-01T00:00:00.000Z Invalid Date -271821-04-20T00:00:00.000Z /a\/b/gi`},
		{`new Uint8Array([1, 2]), new BigInt64Array(1), new Float32Array([1.5, -0])`, "Uint8Array(2) [ 1, 2 ] BigInt64Array(1) [ 0n ] Float32Array(2) [ 1.5, -0 ]"},
		{`new Uint8Array([1, 255]).buffer`, "ArrayBuffer { [Uint8Contents]: <01 ff>, byteLength: 2 }"},
		{`new ArrayBuffer(52).byteLength, { b: new ArrayBuffer(51) }`, "52 {\n  b: ArrayBuffer {\n    [Uint8Contents]: <" + strings.Repeat("00 ", 49) + "00 ... 1 more byte>,\n    byteLength: 51\n  }\n}"},
		{`new DataView(new ArrayBuffer(2))`, "DataView {\n  byteLength: 2,\n  byteOffset: 0,\n  buffer: ArrayBuffer { [Uint8Contents]: <00 00>, byteLength: 2 }\n}"},
		{`Promise.resolve({ a: 1 }), new Promise(() => {})`, "Promise { { a: 1 } } Promise { <pending> }"},
		{`Object(1), Object("s"), Object(Symbol("z")), Object(5n), Object(false)`, "[Number: 1] [String: 's'] [Symbol: Symbol(z)] [BigInt: 5n] [Boolean: false]"},
		{`new WeakMap, new WeakSet, (function () { return arguments })(1, 2), (function* () {})(), [].values()`, "WeakMap { <items unknown> } WeakSet { <items unknown> } [Arguments] [ 1, 2 ] Object [Generator] {} Object [Array Iterator] {}"},
		{`(o => { o.self = o; o.list = [o]; return o })({ a: 1 })`, "<ref *1> { a: 1, self: [Circular *1], list: [ [Circular *1] ] }"},
		{`(m => m.set(m, m))(new Map())`, "<ref *1> Map(1) { [Circular *1] => [Circular *1] }"},
		{`{ get a() { throw 1 }, set a(v) {}, get b() { for (;;); }, set c(v) {} }`, "{ a: [Getter/Setter], b: [Getter], c: [Setter] }"},
		{`Object.defineProperty([1], 0, { get() { throw 1 } })`, "[ [Getter] ]"},
		{`new Proxy({ a: 1 }, { get() { throw 1 }, ownKeys() { throw 2 }, getPrototypeOf() { throw 3 }, getOwnPropertyDescriptor() { throw 4 } })`, "{ a: 1 }"},
		{`new Proxy([1], {}), new Proxy(function f() {}, {})`, "[ 1 ] [Function: f]"},
		{`(() => { const p = Proxy.revocable({}, {}); p.revoke(); return p.proxy })()`, "<Revoked Proxy>"},
		{`Object.create(null), Object.assign(Object.create(null), { a: 1 })`, "[Object: null prototype] {} [Object: null prototype] { a: 1 }"},
		{`new (class Foo { x = 1; #p = 2 }), { [Symbol.toStringTag]: "Tag" }`, "Foo { x: 1 } Object [Tag] { [Symbol(Symbol.toStringTag)]: 'Tag' }"},
		{`Object.create(new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 1 }, getOwnPropertyDescriptor() { throw 1 } }))`, "[Object: null prototype] {}"},
		{`{ get constructor() { throw 1 } }`, "{ constructor: [Getter] }"},
		{`Object.create({ constructor: { name: "Lie" } }), new (class { get [Symbol.toStringTag]() { throw 1 } })`, "{} {}"},
		{`new AbortController().signal, new Bag(["k", "v"])`, "AbortSignal { aborted: false, reason: undefined, onabort: null } Bag { 'k' => 'v' }"},
		{`new Event("x")`, "Event {\n  type: 'x',\n  target: null,\n  eventPhase: 0,\n  timeStamp: 0,\n  cancelBubble: false,\n  returnValue: true,\n  bubbles: false,\n  cancelable: false,\n  composed: false,\n  defaultPrevented: false,\n  isTrusted: false\n}"},
		{`Object.assign(new (class T extends EventTarget {}), { own: 1 }), new (class S extends EventTarget { get mine() { throw 1 } })`, "T { own: 1 } S {}"},
		{`Array.from({ length: 7 }, (_, i) => i)`, "[\n  0, 1, 2, 3,\n  4, 5, 6\n]"},
		{`{ description: "a value that is rather long in here", list: ["aaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbb"] }`, "{\n  description: 'a value that is rather long in here',\n  list: [ 'aaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbb' ]\n}"},
		{`new Set(Array.from({ length: 102 }, (_, i) => i)).size, [new Set(Array(103).keys())].length`, "102 1"},
		{`"%s is %d years and %i months, %f", "Bob", 42, 6.9, "1.5", "more", { a: 1 }`, "Bob is 42 years and 6 months, 1.5 more { a: 1 }"},
		{`"%s %s %s %s", null, 5n, Symbol("a"), -0`, "null 5n Symbol(a) -0"},
		{`"%s", { toString() { throw 1 }, a: {} }`, "{ toString: [Function: toString], a: [Object] }"},
		{`"%d %d %d %i %f", "x", {}, Symbol(), 5n, Symbol()`, "NaN NaN NaN 5n NaN"},
		{`"%j %j %j", { a: 1 }, undefined, { toJSON() { throw new TypeError("no") } }`, `{"a":1} undefined [TypeError: no]`},
		{`"%o %O", { a: 1 }, [1]`, "{ a: 1 } [ 1 ]"},
		{`"%c styled %c", "color: red", "", "after"`, " styled  after"},
		{`"100%", 5`, "100% 5"},
		{`"%% %x %", 5`, "% %x % 5"},
		{`"%% %s"`, "%% %s"},
		{`"%s"`, "%s"},
		{`"", "a"`, " a"},
		{`5, "%s", 6`, "5 %s 6"},
	} {
		if !engine.Native() && strings.Contains(c[0], "Object.create(new Proxy") {
			continue // SKIPPED: there the Go value is kept under a symbol, and looking for that asks the Proxy
		}
		t.Run(c[0], func(t *testing.T) {
			if got := logs(t, "console.log("+c[0]+")"); got != "log: "+c[1] {
				t.Errorf("got  %q\nwant %q", got, "log: "+c[1])
			}
		})
	}
}

func TestMethods(t *testing.T) {
	for _, c := range [][2]string{
		{`console.debug("a"); console.info("b"); console.warn("c"); console.error("d"); console.dirxml("e")`, "debug: a\ninfo: b\nwarn: c\nerror: d\nlog: e"},
		{`const { log } = console; log("free")`, "log: free"},
		{`console.group("g", 1); console.log("in\nside"); console.groupCollapsed(); console.warn("deep"); console.groupEnd(); console.groupEnd(); console.groupEnd(); console.log("out")`, "log: g 1\nlog:   in\n  side\nwarn:     deep\nlog: out"},
		{`console.count(); console.count("x"); console.count(); console.countReset(); console.count(); console.countReset("y"); console.count(undefined)`, "log: default: 1\nlog: x: 1\nlog: default: 2\nlog: default: 1\nwarn: Count for 'y' does not exist\nlog: default: 2"},
		{`console.assert(true, "no"); console.assert(); console.assert(false, "bad %s", 1, 2); console.assert(0, { a: 1 })`, "error: Assertion failed\nerror: Assertion failed: bad 1 2\nerror: Assertion failed: { a: 1 }"},
		{`(function foo() { console.trace("hi %s", 1) })()`, "debug: Trace: hi 1\n    at foo (snippet.js:1:33)\n    at snippet.js:1:48"},
		{`console.dir({ a: { b: 1 } }, { depth: 0 }); console.dir("%s"); console.dir({ a: { b: { c: { d: { e: 1 } } } } }, { depth: null })`, "log: { a: [Object] }\nlog: '%s'\nlog: {\n  a: {\n    b: { c: { d: { e: 1 } } }\n  }\n}"},
		{`console.table([{ a: 1, b: "x" }, { a: 2, c: true }, 5])`, "log: ┌─────────┬───┬─────┬──────┬────────┐\n│ (index) │ a │ b   │ c    │ Values │\n├─────────┼───┼─────┼──────┼────────┤\n│ 0       │ 1 │ 'x' │      │        │\n│ 1       │ 2 │     │ true │        │\n│ 2       │   │     │      │ 5      │\n└─────────┴───┴─────┴──────┴────────┘"},
		{`console.table({ r: { a: 1, b: 2 } }, ["b"]); console.table("text", 1)`, "log: ┌─────────┬───┐\n│ (index) │ b │\n├─────────┼───┤\n│ r       │ 2 │\n└─────────┴───┘\nlog: text 1"},
		{`console.table(new Map([["k", "v"]]))`, "log: ┌─────────┬─────┬─────┐\n│ (index) │ 0   │ 1   │\n├─────────┼─────┼─────┤\n│ 0       │ 'k' │ 'v' │\n└─────────┴─────┴─────┘"},
		{`console.table([{ get a() { throw 1 } }])`, "log: ┌─────────┬──────────┐\n│ (index) │ a        │\n├─────────┼──────────┤\n│ 0       │ [Getter] │\n└─────────┴──────────┘"},
		{`console.clear(); console.profile(); console.profileEnd(); console.timeStamp()`, ""},
		{`console.timeEnd("t"); console.timeLog(); console.time("t"); console.time("t")`, "warn: No such label 't' for console.timeEnd()\nwarn: No such label 'default' for console.timeLog()\nwarn: Label 't' already exists for console.time()"},
		{`console.log(String(console), Object.keys(console).includes("log"), Object.keys(globalThis).includes("console")); globalThis.console = 5; if (console !== 5) throw 1`, "log: [object console] true false"},
	} {
		t.Run(c[0], func(t *testing.T) {
			if got := logs(t, c[0]); got != c[1] {
				t.Errorf("got  %q\nwant %q", got, c[1])
			}
		})
	}
}

func TestTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := runtimetest.New(t)
		rt.Async(`console.time("t"); await scheduler.wait(7); console.timeLog("t", "so far", { a: 1 }); await scheduler.wait(1500); console.timeLog("t"); await scheduler.wait(61000); console.timeEnd("t"); console.timeEnd("t")`)
		want := "log: t: 7ms so far { a: 1 }|log: t: 1.507s|log: t: 1:02.507 (m:ss.mmm)|warn: No such label 't' for console.timeEnd()"
		if got := strings.Join(rt.Logs(), "|"); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

// A group that one invocation opened must not indent what another logs.
func TestGroupsAreOfOneInvocation(t *testing.T) {
	rt := runtimetest.New(t)
	other := invocation.New("other", invocation.Limits{})
	defer other.Release()
	rt.Run(`console.group("mine")`)
	rt.Post(other, func() { _, _ = rt.Realm.VM.RunString(`console.log("theirs")`) })
	rt.Do(func(*webidl.Realm) {})
	if got := strings.Join(rt.Logs(), "|"); got != "log: mine|log: theirs" {
		t.Errorf("got %s", got)
	}
}

// Nothing that script does may break the console, loop in it or fill the log.
func TestHostileValues(t *testing.T) {
	for name, src := range map[string]string{
		"long string":         `console.log("x".repeat(1e6))`,
		"long string inside":  `console.log({ a: "é".repeat(1e6), b: 1 })`,
		"many keys":           `const o = {}; for (let i = 0; i < 50000; i++) o["key" + i] = i; console.log(o)`,
		"wide and deep":       `let o = 1; for (let d = 0; d < 3; d++) o = Array(100).fill(o); console.log(o); console.dir(o, { depth: null })`,
		"deep":                `let o = {}; for (let d = 0; d < 1e5; d++) o = { o }; console.log(o); console.dir(o, { depth: Infinity })`,
		"many arguments":      `console.log(...Array(5000).fill("some text that goes on"))`,
		"many specifiers":     `console.log("%O".repeat(5000), ...Array(5000).fill([1, 2, 3, 4]))`,
		"huge sparse array":   `const a = []; a[4294967294] = 1; console.log(a); console.log(new Array(4e9))`,
		"big table":           `console.table(Array.from({ length: 5000 }, (_, i) => ({ i, s: "x".repeat(100) })))`,
		"many columns":        `const o = {}; for (let i = 0; i < 5000; i++) o["k" + i] = i; console.table([o, o])`,
		"proxies in a row":    `let p = {}; for (let i = 0; i < 1e4; i++) p = new Proxy(p, {}); console.log(p)`,
		"proxy of itself":     `const t = {}; const p = new Proxy(t, {}); t.p = p; console.log(p)`,
		"prototype chain":     `let o = null; for (let i = 0; i < 1e4; i++) o = Object.create(o); console.log(o)`,
		"error that logs":     `class E extends Error { get name() { console.log(this); return "N" } } console.log(new E("x"))`,
		"error that throws":   `class E extends Error { get name() { throw 1 } get message() { throw 2 } } console.log(new E(), Object.assign(new E(), { a: 1 }))`,
		"patched prototypes":  `Object.defineProperty(Object.prototype, "get", { get() { throw 1 }, configurable: true }); Object.defineProperty(Object.prototype, "value", { get() { throw 1 }, configurable: true }); try { console.log({ a: 1, get b() { return 1 } }) } finally { delete Object.prototype.get; delete Object.prototype.value }`,
		"patched built-ins":   `console.log(1); Object.getOwnPropertyDescriptor = Map.prototype.forEach = Function.prototype.toString = () => { throw 1 }; console.log({ a: new Map([[1, 2]]), f() {} })`,
		"subclass with traps": `console.log(new (class M extends Map { get size() { throw 1 } entries() { throw 1 } forEach() { throw 1 } [Symbol.iterator]() { throw 1 } })([[1, 2]]))`,
		"forEach of script":   `console.log(new (class B extends Bag { forEach() { throw 1 } })(["a", "b"]))`,
		"throwing getter":     `Object.defineProperty(AbortSignal.prototype, "aborted", { get() { throw 1 } }); console.log(new AbortController().signal)`,
		"bound getter":        `Object.defineProperty(AbortSignal.prototype, "aborted", { get: (() => { throw 1 }).bind() }); console.log(new AbortController().signal)`,
		"dates":               `console.log(new Date(8.64e15), new Date(-62198755200000))`,
		"labels":              `for (let i = 0; i < 3000; i++) { console.count("c" + i); console.time("t" + i) }`,
		"deep groups":         `for (let i = 0; i < 1000; i++) console.group(); console.log("a\nb")`,
		"nul and control":     `console.log("\u0000\u001b[31m", ["\u0000\u001b[31m"])`,
	} {
		t.Run(name, func(t *testing.T) {
			rt := runtimetest.New(t)
			start := time.Now()
			rt.Run("{" + src + "}; 0").Want("0")
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			lines := rt.Logs()
			if len(lines) == 0 {
				t.Error("nothing was logged")
			}
			for _, l := range lines {
				if len(l) > 70<<10 || !utf8.ValidString(l) {
					t.Errorf("%d bytes, valid %v", len(l), utf8.ValidString(l))
				}
			}
		})
	}
}

// bag is a pair iterable, as Headers is one.
type bag struct{ key, value string }

var bagClass = webidl.NewClass[*bag]("Bag")

func init() {
	bagClass.Constructor(1, func(c webidl.Call) *bag {
		pair := c.Sequence(c.Arg(0))
		return &bag{c.USVString(pair[0]), c.USVString(pair[1])}
	}).Iterable(func(b *bag, r *webidl.Realm, i int) (goja.Value, goja.Value, bool) {
		return r.Str(b.key), r.Str(b.value), i == 0
	})
}

// randomSource writes an expression of random shape.
func randomSource(rnd *rand.Rand, depth int) string {
	leaves := []string{`1`, `-0`, `"s'\n"`, `"日"`, `null`, `undefined`, `2n`, `new Date(5)`, `/x/g`, `new Uint8Array(9)`, `Object("b")`, `shared`, `new Error("e")`, `() => 1`, `class A {}`, `Symbol()`, `new Bag([1, 2])`, `new Event("e")`, `Promise.resolve(shared)`, `new Proxy(shared, {})`, `Object.create(null)`, `new DOMException("d")`, `globalThis`}
	if depth == 0 {
		return leaves[rnd.IntN(len(leaves))]
	}
	var parts []string
	for range rnd.IntN(9) {
		parts = append(parts, randomSource(rnd, depth-1))
	}
	switch rnd.IntN(6) {
	case 0:
		return "[" + strings.Join(parts, ",") + strings.Repeat(",", rnd.IntN(3)) + "]"
	case 1:
		for i := range parts {
			parts[i] = fmt.Sprintf("k%d: %s", rnd.IntN(5), parts[i])
		}
		return "({" + strings.Join(append(parts, "get g() { throw 1 }"), ",") + "})"
	case 2:
		for i := range parts {
			parts[i] = fmt.Sprintf("[%s, %s]", parts[i], randomSource(rnd, 0))
		}
		return "new Map([" + strings.Join(parts, ",") + "])"
	case 3:
		return "new Set([" + strings.Join(parts, ",") + "])"
	case 4:
		return "new (class K { constructor(...a) { this.a = a } get x() { throw 1 } })(" + strings.Join(parts, ",") + ")"
	}
	return leaves[rnd.IntN(len(leaves))]
}

func FuzzInspect(f *testing.F) {
	for seed := range uint64(30) {
		f.Add(seed, "%s %O %d")
	}
	f.Add(uint64(99), "%%%j%c")
	f.Fuzz(func(t *testing.T, seed uint64, pattern string) {
		rt := runtimetest.New(t)
		rt.Do(func(r *webidl.Realm) { _ = r.VM.Set("pattern", r.Str(strings.ToValidUTF8(pattern, "?"))) })
		src := randomSource(rand.New(rand.NewPCG(seed, 2)), 4)
		rt.Run(`var shared = { s: [1] }; shared.me = shared; var v = ` + src + `; console.log(v); console.log(pattern, v, v); console.table(v); 0`).Want("0")
		lines := rt.Logs()
		if len(lines) != 3 {
			t.Fatalf("%d lines", len(lines))
		}
		for _, l := range lines {
			if len(l) > 70<<10 || !utf8.ValidString(l) {
				t.Errorf("%s: %d bytes, valid %v", src, len(l), utf8.ValidString(l))
			}
		}
	})
}

func BenchmarkLog(b *testing.B) {
	for name, src := range map[string]string{"text": `"request took %d ms", 5`, "object": `{ id: 1, user: { name: "x", roles: ["a", "b"] } }`} {
		b.Run(name, func(b *testing.B) {
			rt := runtimetest.New(b)
			b.ReportAllocs()
			rt.Do(func(r *webidl.Realm) {
				v, err := r.VM.RunString(`() => console.log(` + src + `)`)
				if err != nil {
					b.Fatal(err)
				}
				fn, _ := goja.AssertFunction(v)
				for b.Loop() {
					r.Invoke(fn, goja.Undefined())
					rt.Logs()
				}
			})
		})
	}
}

// TestLogged holds that one invocation logs no more than it may, and is told so once.
func TestLogged(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Run(`for (let i = 0; i < 1000; i++) console.log("x".repeat(1e4)); 0`).Want("0")
	lines := rt.Logs()
	if n := len(lines); n != 105 || !strings.Contains(lines[n-1], "Log size limit exceeded") {
		t.Errorf("%d lines, the last of which is %.100q", n, lines[n-1])
	}
}
