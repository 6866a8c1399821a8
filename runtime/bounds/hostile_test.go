package bounds_test

import (
	"errors"
	"os"
	"os/exec"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/engine"
)

// interrupted is what a snippet that would run on must be ended with.
const interrupted = "interrupted"

// hostile are snippets that end, hold or fill a process where built-ins have no bounds: each with how it must end.
var hostile = []struct{ source, want string }{
	// Texts.
	{`"x".repeat(2 ** 40)`, "RangeError: Invalid string length"},
	{`"x".repeat(2 ** 53)`, "RangeError: Invalid string length"},
	{`"é".repeat(2 ** 27)`, "RangeError: Invalid string length"},
	{`"x".repeat({ valueOf: () => 2 ** 30 })`, "RangeError: Invalid string length"},
	{`"x".padStart(2 ** 40)`, "RangeError: Invalid string length"},
	{`"x".padEnd(2 ** 53, "ab")`, "RangeError: Invalid string length"},
	{`const s = "x".repeat(1e8); s.concat(s, s)`, "RangeError: Invalid string length"},
	{`const s = "x".repeat(1e7); "".concat.apply("", Array(100).fill(s))`, "RangeError: Invalid string length"},
	{`"a".repeat(1e6).replaceAll("a", "b".repeat(1e6))`, "RangeError: Invalid string length"},
	{`"a".repeat(1e6).replaceAll("a", "$'")`, "RangeError: Invalid string length"},
	{`"a".repeat(1e6).replace(/a/g, "$'")`, "RangeError: Invalid string length"},
	{`"a".repeat(1e5).replace(/a/g, "b".repeat(1e5))`, "RangeError: Invalid string length"},
	{`const b = "b".repeat(1e6); "a".repeat(1e5).replace(/a/g, () => b)`, "RangeError: Invalid string length"},
	{`const b = "b".repeat(1e6); "a".repeat(1e5).replaceAll("a", () => b)`, "RangeError: Invalid string length"},
	{`"a".repeat(1e8).replaceAll("", "b")`, "RangeError: Invalid string length"},
	{`"a".repeat(1e8).split("")`, "RangeError: Invalid array length"},
	{`"a".repeat(1e8).split("a")`, "RangeError: Invalid array length"},
	{`"a,".repeat(5e7).split(",", 2)`, "RangeError: Invalid array length"},
	{`"\ufdfa".repeat(2 ** 25).normalize("NFKD")`, "RangeError: Invalid string length"},
	{`"é".repeat(6e7).localeCompare("é".repeat(6e7))`, "RangeError: Invalid string length"},
	{`encodeURIComponent("é".repeat(6e7))`, "RangeError: Invalid string length"},
	{`escape("é".repeat(6e7))`, "RangeError: Invalid string length"},
	{`String.raw({ raw: { length: 2 ** 53 } })`, interrupted},
	{`String.raw({ raw: { length: 2 ** 53, 0: "x".repeat(1e8), 1: "x".repeat(1e8) } })`, "RangeError: Invalid string length"},
	{`String.fromCharCode.apply(null, { length: 1e9 })`, "RangeError: Maximum call stack size exceeded"},
	{`String.fromCharCode.apply(null, Array(1e6).fill(65))`, "RangeError: Maximum call stack size exceeded"},
	{`Date.parse("1".repeat(1e8))`, "NaN"},
	{`new Date("1".repeat(1e8)).getTime()`, "NaN"},
	{`Object.keys("x".repeat(1e8))`, "RangeError: Invalid array length"},
	{`Object.entries(new String("x".repeat(1e8)))`, "RangeError: Invalid array length"},
	{`Object.getOwnPropertyNames(new Uint8Array(1e8))`, "RangeError: Invalid array length"},
	{`Array.from("x".repeat(1e8))`, "RangeError: Invalid array length"},

	// Arrays and what says it is one.
	{`Array(2 ** 32 - 1).fill(0)`, "RangeError: Invalid array length"},
	{`Array(1e9).join("ab")`, "RangeError: Invalid string length"},
	{`Array(1e5).fill("x".repeat(1e5)).join()`, "RangeError: Invalid string length"},
	{`const a = "x".repeat(1e5); Array(1e4).fill({ toString: () => a }).join()`, "RangeError: Invalid string length"},
	{`[].join.call({ length: 2 ** 53 - 1 }, "")`, interrupted},
	{`Array(2 ** 32 - 1).indexOf(1)`, interrupted},
	{`[].indexOf.call({ length: 2 ** 53 - 1 }, 1)`, interrupted},
	{`[].includes.call({ length: 2 ** 53 - 1 }, 1)`, interrupted},
	{`[].lastIndexOf.call({ length: 2 ** 53 - 1 }, 1)`, interrupted},
	{`[].fill.call({ length: 2 ** 53 - 1 }, undefined, 2 ** 52, 2 ** 52)`, `{"length":9007199254740991}`},
	{`[].forEach.call({ length: 2 ** 53 - 1 }, () => {})`, interrupted},
	{`[].map.call({ length: 2 ** 32 - 1 }, (x) => x)`, interrupted},
	{`[].map.call({ length: 2 ** 53 - 1 }, (x) => x)`, "RangeError: Invalid array length"},
	{`[].filter.call({ length: 2 ** 53 - 1 }, (x) => x)`, interrupted},
	{`[].every.call({ length: 2 ** 53 - 1 }, (x) => x)`, interrupted},
	{`[].some.call({ length: 2 ** 53 - 1 }, (x) => x)`, interrupted},
	{`[].find.call({ length: 2 ** 53 - 1 }, Boolean)`, interrupted},
	{`[].findIndex.call({ length: 2 ** 53 - 1 }, Boolean)`, interrupted},
	{`[].findLast.call({ length: 2 ** 53 - 1 }, Boolean)`, interrupted},
	{`[].findLastIndex.call({ length: 2 ** 53 - 1 }, Boolean)`, interrupted},
	{`[].reduce.call({ length: 2 ** 53 - 1 }, Boolean)`, interrupted},
	{`[].reduceRight.call({ length: 2 ** 53 - 1 }, Boolean)`, interrupted},
	{`[].reverse.call({ length: 2 ** 53 - 1 })`, interrupted},
	{`[].copyWithin.call({ length: 2 ** 53 - 1 }, 1, 0)`, interrupted},
	{`[].shift.call({ length: 2 ** 53 - 1 })`, interrupted},
	{`[].unshift.call({ length: 2 ** 53 - 2 }, 1)`, interrupted},
	{`[].splice.call({ length: 2 ** 53 - 1 }, 0, 1)`, interrupted},
	{`[].slice.call({ length: 2 ** 53 - 1 })`, "RangeError: Invalid array length"},
	{`[].slice.call({ length: 2 ** 32 - 1 })`, interrupted},
	{`[].sort.call({ length: 2 ** 53 - 1 })`, interrupted},
	{`[].toSorted.call({ length: 2 ** 32 - 1 })`, interrupted},
	{`[].toReversed.call({ length: 2 ** 32 - 1 })`, interrupted},
	{`[].toSpliced.call({ length: 2 ** 32 - 1 }, 0, 0)`, interrupted},
	{`[].with.call({ length: 2 ** 32 - 1 }, 0, 0)`, interrupted},
	{`[].flat.call({ length: 2 ** 53 - 1 })`, interrupted},
	{`[].flatMap.call({ length: 2 ** 53 - 1 }, (x) => x)`, interrupted},
	{`[].toLocaleString.call({ length: 2 ** 53 - 1 })`, interrupted},
	{`[].concat(Array(2 ** 32 - 1))`, "RangeError: Invalid array length"},
	{`[].concat({ length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true })`, interrupted},
	{`let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; a.flat(Infinity)`, interrupted},
	{`const big = Array(1e6).fill(1); Array(1e5).fill(big).flat()`, "RangeError: Invalid array length"},
	{`const big = Array(1e5).fill(1); Array(1e4).fill(0).flatMap(() => big)`, interrupted},
	{`const big = Array(1e6).fill(1); [].concat.apply([], Array(1e4).fill(big))`, "RangeError: Invalid array length"},
	{`Array.from({ length: 1e9 })`, "RangeError: Invalid array length"},
	{`Array.from({ length: 1e9 }, Boolean)`, "RangeError: Invalid array length"},
	{`for (;;) Array.from({ length: 8e6 })`, interrupted},
	{`for (;;) Array(8e6).fill(1)`, interrupted},
	{`Array.from(Array(2 ** 32 - 1))`, "RangeError: Invalid array length"},
	{`const it = { [Symbol.iterator]: () => ({ next: Object.bind(null, { value: 1, done: false }) }) }; for (const x of it);`, interrupted},
	{`Object.fromEntries({ [Symbol.iterator]: () => ({ next: Object.bind(null, { value: [1, 2], done: false }) }) })`, interrupted},
	{`Array(3e5).fill(0).map(String).sort()`, "ok"},
	{`Math.max.apply(null, { length: 2 ** 32 })`, "RangeError: Maximum call stack size exceeded"},
	{`Reflect.apply(Math.max, null, Array(1e6).fill(1))`, "RangeError: Maximum call stack size exceeded"},
	{`Reflect.construct(Array, { length: 2 ** 50 })`, "RangeError: Maximum call stack size exceeded"},
	{`Math.max.apply(null, new Proxy([], { get: (t, k) => k === "length" ? 2 ** 40 : 1 }))`, "RangeError: Maximum call stack size exceeded"},

	// Buffers.
	{`new ArrayBuffer(2 ** 40)`, "RangeError: Array buffer allocation failed"},
	{`new ArrayBuffer({ valueOf: () => 2 ** 33 })`, "RangeError: Array buffer allocation failed"},
	{`new Uint8Array(2 ** 40)`, "RangeError: Invalid typed array length: 1099511627776"},
	{`new Float64Array(2 ** 25)`, "RangeError: Invalid typed array length: 33554432"},
	{`new Uint8Array({ length: 2 ** 40 })`, "RangeError: Array buffer allocation failed"},
	{`new Uint8Array({ length: 1e8 })`, interrupted},
	{`new Uint8Array(Array(2 ** 32 - 1))`, "RangeError: Array buffer allocation failed"},
	{`new (new TextEncoder().encode("x").constructor)(2 ** 40)`, "RangeError: Invalid typed array length: 1099511627776"},
	{`new ArrayBuffer(1).transfer(2 ** 40)`, "RangeError: Array buffer allocation failed"},
	{`new Uint8Array(1e8).join()`, "RangeError: Invalid string length"},
	{`new Float64Array(1e7).map((_, i) => -i).sort().length`, "10000000"},
	{`Uint8Array.from({ length: 1e9 })`, "RangeError"},

	// BigInts.
	{`BigInt.asUintN(2 ** 50, -1n)`, "RangeError: Maximum BigInt size exceeded"},
	{`BigInt.asIntN(2 ** 50, -1n)`, "-1"},
	{`BigInt("9".repeat(1e7))`, "RangeError: Maximum BigInt size exceeded"},
	{`for (;;) BigInt("9".repeat(6e5))`, interrupted},
	{`for (const x = BigInt("9".repeat(6e5));;) String(x)`, interrupted},
	{`BigInt({ valueOf: () => "9".repeat(1e7) })`, "RangeError: Maximum BigInt size exceeded"},
	{`BigInt.asUintN(64, "9".repeat(4e6))`, "RangeError: Maximum BigInt size exceeded"},
	{`new BigInt64Array(1).fill("9".repeat(4e6))`, "RangeError: Maximum BigInt size exceeded"},
	{`new BigInt64Array(1).with(0, "9".repeat(4e6))`, "RangeError: Maximum BigInt size exceeded"},
	{`new BigInt64Array(["9".repeat(4e6)])`, "RangeError: Maximum BigInt size exceeded"},
	{`new BigUint64Array(1).set([1n, { valueOf: () => "9".repeat(4e6) }])`, "RangeError: Maximum BigInt size exceeded"},
	{`BigInt64Array.from(["9".repeat(4e6)])`, "RangeError: Maximum BigInt size exceeded"},
	{`Reflect.set(new BigInt64Array(1), 0, "9".repeat(4e6))`, "RangeError: Maximum BigInt size exceeded"},
	{`new DataView(new ArrayBuffer(8)).setBigInt64(0, "9".repeat(4e6))`, "RangeError: Maximum BigInt size exceeded"},
	{`const a = new BigInt64Array(["1", "-" + "9".repeat(3e3)]); a.fill("5", 1); a.set(["7"]); BigInt64Array.from(["8"]).join() + a.join() + Float64Array.from(["9".repeat(3e3)]).join()`, "87,5Infinity"},

	// Keys of proxies.
	{`Reflect.ownKeys(new Proxy({}, { ownKeys: () => ({ length: 2 ** 53 - 1, 0: "a" }) }))`, "RangeError: Invalid array length"},
	{`Object.keys(new Proxy({}, { ownKeys: () => ["a", , "b"] }))`, "TypeError: undefined is not a valid property name"},
	{`for (const k in Proxy.revocable({}, { ownKeys: () => ({ length: 2 }) }).proxy);`, "TypeError: undefined is not a valid property name"},
	{`Reflect.ownKeys(new Proxy({}, { ownKeys: () => 1 }))`, "TypeError: CreateListFromArrayLike called on non-object"},
	{`const s = Symbol("s"), h = { n: 0, ownKeys(t) { h.n += this === h && t.x; return ["x", s, "y"] } }; Reflect.ownKeys(new Proxy({ x: 1 }, h)).map(String).join() + h.n + Object.keys(new Proxy({ x: 1 }, {}))`, "x,Symbol(s),y1x"},

	// What is like a set.
	{`new Set([1]).union({ size: 1, has() {}, keys() { return {} } })`, "TypeError: iterator.next is not a function"},
	{`new Set([1, 2]).isSupersetOf({ size: 1, has() {}, keys: () => ({ next: 1 }) })`, "TypeError: iterator.next is not a function"},
	{`const s = new Set([2]); s.keys = () => ({}); new Set([1, 2]).symmetricDifference(s)`, "TypeError: iterator.next is not a function"},
	{`const m = new Map([[2, 0], [3, 0]]); [...new Set([1, 2]).union(m)].join() + [...new Set([1, 2]).intersection(m)].join() + new Set([2, 4, 5]).isDisjointFrom(m)`, "1,2,32false"},

	// JSON.
	{`JSON.parse("[" + "[],".repeat(4e6) + "[]]")`, "RangeError: Allocation failed: too large"},
	{`JSON.stringify(Array(2 ** 32 - 1))`, "RangeError: Invalid string length"},
	{`JSON.stringify(Array(1e5).fill("x".repeat(1e5)))`, "RangeError: Invalid string length"},
	{`JSON.stringify(new Proxy([], { get: (t, k) => k === "length" ? 2 ** 53 - 1 : undefined }))`, "RangeError: Invalid string length"},
	{`structuredClone(Array(2 ** 32 - 1)).length`, "4294967295"},
	{`JSON.parse("[".repeat(1e5))`, "RangeError: Maximum call stack size exceeded"},
	{`let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; JSON.stringify(o)`, "RangeError: Maximum call stack size exceeded"},

	// Regular expressions.
	{`/^(a+)+$/.test("a".repeat(1e5) + "!")`, "false"},
	{`/(?!z)(a*)*c/.test("a".repeat(40))`, "RangeError: Regular expression took too long"},
	{`"a".repeat(40).replace(/(?!z)(a*)*c/, "x")`, "RangeError: Regular expression took too long"},
	{`"a".repeat(40).match(/(?!z)(a*)*c/)`, "RangeError: Regular expression took too long"},
	{`"a".repeat(40).split(/(?!z)(a*)*c/)`, "RangeError: Regular expression took too long"},
	{`"a".repeat(40).search(/(?!z)(a*)*c/)`, "RangeError: Regular expression took too long"},
	{`[..."a".repeat(40).matchAll(/(?!z)(a*)*c/g)]`, "RangeError: Regular expression took too long"},
	{`new RegExp("(".repeat(1e6) + ")".repeat(1e6))`, "SyntaxError: Invalid regular expression: Regular expression too large"},
	{`new RegExp("(".repeat(1e4) + ")".repeat(1e4))`, "SyntaxError: Invalid regular expression: Regular expression too large"},
	{`new RegExp("a".repeat(1e6))`, "SyntaxError: Invalid regular expression: Regular expression too large"},
	{`new RegExp("(?:x{1000})".repeat(1000))`, "SyntaxError: Invalid regular expression: Regular expression too large"},
	{`"".match("(".repeat(1e5))`, "SyntaxError: Invalid regular expression: Regular expression too large"},
	{`"a".repeat(1e8).match(/a/g)`, "RangeError: Invalid string length"},
	{`"a".repeat(2e6).match(/a/g)`, interrupted},
	{`"a".repeat(1e7).replace(/a/g, "b")`, interrupted},
	{`new RegExp("(?:a?){900}b".repeat(40)).test("a".repeat(1e6))`, "RangeError: Regular expression took too long"},

	// Recursion of built-ins.
	{`const o = {}; o.join = Array.prototype.toString; o.join()`, "RangeError: Maximum call stack size exceeded"},
	{`const o = {}; o.toString = Object.prototype.toLocaleString; o.toString()`, "RangeError: Maximum call stack size exceeded"},
	{`const o = {}; Object.defineProperty(o, "x", { get: Reflect.get.bind(null, o, "x") }); o.x`, "RangeError: Maximum call stack size exceeded"},
	{`const o = {}; o.valueOf = Math.max.bind(null, o); +o`, "RangeError: Maximum call stack size exceeded"},
	{`const n = {}; n.name = n; n.message = ""; n.toString = Error.prototype.toString; String(n)`, "RangeError: Maximum call stack size exceeded"},
	{`let e; try { null.x } catch (x) { e = x } const n = {}; n.name = n; n.toString = e.toString; n.toString()`, "RangeError: Maximum call stack size exceeded"},
	{`const r = /x/; r.exec = r[Symbol.search]; r[Symbol.search]("x")`, "RangeError: Maximum call stack size exceeded"},
	{`const o = Object.create(RegExp.prototype); Object.defineProperty(o, "global", Object.getOwnPropertyDescriptor(RegExp.prototype, "flags")); o.flags`, "RangeError: Maximum call stack size exceeded"},
	{`const o = { toJSON: null }; o.toJSON = JSON.stringify.bind(JSON, o); JSON.stringify(o)`, "RangeError: Maximum call stack size exceeded"},
	{`const p = Promise.resolve(); p.then = p.catch; p.catch()`, "RangeError: Maximum call stack size exceeded"},
	{`const p = (async () => {})(); p.then = p.finally; p.finally()`, "RangeError: Maximum call stack size exceeded"},
	{`let a = []; for (let i = 0; i < 1e5; i++) a = [a]; String(a)`, "RangeError: Maximum call stack size exceeded"},
	{`let a = []; for (let i = 0; i < 1e5; i++) a = [a]; a.flat(Infinity)`, "RangeError: Maximum call stack size exceeded"},
	{`let a = []; for (let i = 0; i < 1e5; i++) a = [a]; a.toLocaleString()`, "RangeError: Maximum call stack size exceeded"},
	{`let a = []; for (let i = 0; i < 1e5; i++) a = [a]; structuredClone(a)`, "RangeError"},
	{`const f = (x) => [x].map(f); f(1)`, "RangeError: Maximum call stack size exceeded"},
	{`const f = () => [2, 1].sort(f); f()`, "RangeError: Maximum call stack size exceeded"},
	{`const o = { get x() { return Reflect.get(o, "x"); } }; o.x`, "RangeError: Maximum call stack size exceeded"},
	{`const f = () => "a".replace("a", f); f()`, "RangeError: Maximum call stack size exceeded"},
	{`const o = { toString() { return String(o); } }; String(o)`, "RangeError: Maximum call stack size exceeded"},
	{`let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); p.x`, "RangeError: Maximum call stack size exceeded"},
	{`let h = {}; for (let i = 0; i < 1e6; i++) h = new Proxy({}, h); h.x`, "RangeError: Maximum call stack size exceeded"},
	{`let p = {}; for (let i = 0; i < 1e6; i++) p = Object.create(new Proxy(p, {})); p.x`, "RangeError: Maximum call stack size exceeded"},
	{`let p = {}; for (let i = 0; i < 1e6; i++) p = Proxy.revocable(p, {}).proxy; p.x`, "RangeError: Maximum call stack size exceeded"},
	{`const t = {}, p = new Proxy(t, {}); Object.setPrototypeOf(t, p); p.x`, "TypeError: Cyclic __proto__ value"},
	{`const t = {}, p = new Proxy(t, {}); t.__proto__ = p; p.x`, "TypeError: Cyclic __proto__ value"},
	{`const h = {}, p = new Proxy({}, h); Reflect.setPrototypeOf(h, p); p.x`, "TypeError: Cyclic __proto__ value"},
	{`let f = () => {}; for (let i = 0; i < 1e6; i++) f = f.bind(); f()`, "RangeError: Maximum call stack size exceeded"},
	{`const f = Promise.try.bind(Promise); let g = f; for (let i = 0; i < 5e3; i++) g = f.bind(null, g); g()`, "ok"},
	{`let e; try { null.x } catch (x) { e = x } const C = e.constructor, o = {}; o.toString = C.bind(null, o); C(o)`, "RangeError: Maximum call stack size exceeded"},
	{`const o = {}; o.toString = RangeError.bind(null, o); RangeError(o)`, "RangeError: Maximum call stack size exceeded"},
	{`const r = /x/, p = Object.getPrototypeOf(r); r.exec = p[Symbol.search]; r[Symbol.search]("x")`, "RangeError: Maximum call stack size exceeded"},
	{`let o = {}; for (let i = 0; i < 1e6; i++) o = Object.create(o); o.x`, "RangeError: Maximum call stack size exceeded"},
	{`let o = {}; for (let i = 0; i < 1e6; i++) o = Object.setPrototypeOf({}, o); o.x`, "RangeError: Maximum call stack size exceeded"},
	{`let o = {}; for (let i = 0; i < 1e6; i++) { const n = {}; n.__proto__ = o; o = n } o.x`, "RangeError: Maximum call stack size exceeded"},
	{`let it = [1].values(); for (let i = 0; i < 1e5; i++) it = it.map((x) => x); it.next()`, "RangeError: Maximum call stack size exceeded"},
	{`let it = [1].values(); for (let i = 0; i < 1e5; i++) it = it.map((x) => x); it.return()`, "RangeError: Maximum call stack size exceeded"},
	{`let it = [1].values(); for (let i = 0; i < 1e5; i++) it = Iterator.from({ next: it.next.bind(it) }); it.next()`, "RangeError: Maximum call stack size exceeded"},
	{`let it = [1].values(); for (let i = 0; i < 1e5; i++) { const inner = it; it = Iterator.concat({ [Symbol.iterator]() { return inner } }) } it.next()`, "RangeError: Maximum call stack size exceeded"},

	// Code from strings.
	{`eval("1")`, "EvalError: Code generation from strings disallowed for this context"},
	{`(0, eval)("1")`, "EvalError: Code generation from strings disallowed for this context"},
	{`[1].map(() => eval("1"))`, "EvalError: Code generation from strings disallowed for this context"},
	{`["1"].map(eval)`, "EvalError: Code generation from strings disallowed for this context"},
	{`Function("return 1")()`, "EvalError: Code generation from strings disallowed for this context"},
	{`new Function("a", "return a")`, "EvalError: Code generation from strings disallowed for this context"},
	{`(() => {}).constructor("return 1")`, "EvalError: Code generation from strings disallowed for this context"},
	{`(async () => {}).constructor("return 1")`, "EvalError: Code generation from strings disallowed for this context"},
	{`Object.getPrototypeOf(function* () {}).constructor("yield 1")`, "EvalError: Code generation from strings disallowed for this context"},
	{`Reflect.construct(Function, ["return 1"])`, "EvalError: Code generation from strings disallowed for this context"},
	{`class F extends Function {}; new F("return 1")`, "EvalError: Code generation from strings disallowed for this context"},
	{`Function("this.run()")`, "EvalError: Code generation from strings disallowed for this context"},
}

// budget is how long a snippet may run before it is interrupted, and grace how long it may take to end then.
const (
	budget   = 300 * time.Millisecond
	patience = 10 * time.Second // for what ends by itself, but not at once
	grace    = 1500 * time.Millisecond
	// ceiling is how much more of the heap a snippet may take at any time than it may in one allocation: what it makes before, copies.
	ceiling = 6 * bounds.DefaultLimit
)

// slow is what a busy machine is allowed for d: BINDERY_HOSTILE_SLOW times as long.
func slow(d time.Duration) time.Duration {
	if n, err := strconv.Atoi(os.Getenv("BINDERY_HOSTILE_SLOW")); err == nil && n > 0 {
		return d * time.Duration(n)
	}
	return d
}

// endHostile runs a snippet as a Worker's isolate would and tells how it ended.
func endHostile(t testing.TB, source string, budget time.Duration) (end string, over time.Duration) {
	r := newRealm(t)
	bounds.SetMeter(r, &bounds.Meter{})
	watchdog := time.AfterFunc(budget, func() {
		r.VM.Interrupt("over")
		bounds.MeterOf(r).Interrupt()
	})
	defer watchdog.Stop()
	start := time.Now()
	text, err := evaluate(r, source)
	over = time.Since(start) - budget
	var stopped *goja.InterruptedError
	if errors.As(err, &stopped) {
		return interrupted, over
	} else if err != nil {
		return err.Error(), over
	}
	return strings.TrimPrefix(text, "throws "), over
}

// What script can do with built-ins ends as it should, soon, and in little memory. Each runs in a child process: those that fail
// end it.
func TestHostile(t *testing.T) {
	if os.Getenv("BINDERY_HOSTILE") == "" {
		t.Skip("SKIPPED: some 150 hostile snippets, each in a process of its own; set BINDERY_HOSTILE=1 and expect 2 minutes")
	}
	only := os.Getenv("BINDERY_HOSTILE_ONLY") // a part of the snippets to try
	for _, h := range hostile {
		if !strings.Contains(h.source, only) {
			continue
		}
		t.Run("", func(t *testing.T) {
			if !engine.Native() && weaker(h.source) {
				t.Skip("goja's public API can't do it")
			}
			cmd := exec.Command(os.Args[0], "-test.run=^TestHostileChild$", "-test.timeout="+slow(30*time.Second).String())
			cmd.Env = append(os.Environ(), "BINDERY_HOSTILE_SOURCE="+h.source, "BINDERY_HOSTILE_WANT="+h.want, "GOMEMLIMIT=1500MiB")
			out, err := cmd.CombinedOutput()
			_, got, _ := strings.Cut(string(out), "\x01")
			got, _, _ = strings.Cut(got, "\x02")
			if err != nil || got != "" && !ends(got, h.want) || got == "" {
				if len(out) > 400 {
					out = out[:400]
				}
				t.Errorf("%s\n got %q, %v\nwant %q\n%s", h.source, got, err, h.want, out)
			}
		})
	}
}

// weaker reports whether a snippet needs what goja's public API doesn't tell: getters of goja's, calls of Object itself, whether a function
// is bound, how many elements an array has in memory.
func weaker(source string) bool {
	for _, part := range []string{"fromEntries", `"flags"`, "f.bind()", "[].concat(Array(", ".flat()", "$'"} {
		if strings.Contains(source, part) {
			return true
		}
	}
	return false
}

func ends(got, want string) bool {
	if want == "ok" {
		return !strings.Contains(got, "Error") && got != interrupted
	}
	return got == want || strings.HasPrefix(got, want+":")
}

func TestHostileChild(t *testing.T) {
	source := os.Getenv("BINDERY_HOSTILE_SOURCE")
	if source == "" {
		t.Skip("run by TestHostile")
	}
	peak := make(chan uint64)
	stop := make(chan struct{})
	go watchHeap(stop, peak)
	limit := slow(patience)
	if os.Getenv("BINDERY_HOSTILE_WANT") == interrupted {
		limit = budget
	}
	end, over := endHostile(t, source, limit)
	close(stop)
	heap := <-peak
	if len(end) > 200 {
		end = end[:200]
	}
	os.Stdout.WriteString("\x01" + end + "\x02")
	if over > slow(grace) {
		t.Errorf("ended %v after its budget", over)
	}
	if heap > ceiling {
		t.Errorf("the heap reached %d MB", heap>>20)
	}
}

// watchHeap tells how large the heap got.
func watchHeap(stop chan struct{}, peak chan uint64) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	most := uint64(0)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		metrics.Read(sample)
		most = max(most, sample[0].Value.Uint64())
		select {
		case <-stop:
			peak <- most
			return
		case <-tick.C:
		}
	}
}
