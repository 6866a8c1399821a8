package bounds_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/builtins"
)

// ordinary are snippets whose results must be goja's own, whether the bounds pass them on or go the long way.
var ordinary = []string{
	// Arrays, with holes, of subclasses, with species.
	`[3, 1, 2].sort()`, `[3, , 1, undefined, 2].sort()`, `["b", "a", undefined, "c"].sort((a, b) => a < b ? 1 : -1)`, `[5, 25, 100].sort()`,
	`const a = [3, , 1]; a.sort(); [0 in a, 1 in a, 2 in a]`, `Array.from({ length: 20 }, (_, i) => ({ k: i % 3, i })).sort((a, b) => a.k - b.k).map((x) => x.i)`,
	`[3, , 1].toSorted()`, `[1, 2, 3].toReversed()`, `[1, , 3].toReversed()`, `[1, 2, 3, 4].toSpliced(1, 2, "x")`, `[1, 2].toSpliced()`, `[1, 2, 3].with(-1, 9)`, `[1].with(5, 1)`,
	`[1, 2, 3].indexOf(2)`, `[1, 2, 3].indexOf(3, -1)`, `[1, , 3].indexOf(undefined)`, `[1, , 3].includes(undefined)`, `[NaN].includes(NaN)`, `[NaN].indexOf(NaN)`,
	`[1, 2, 1].lastIndexOf(1)`, `[1, 2, 1].lastIndexOf(1, -2)`, `[1].lastIndexOf(1, -5)`, `[1, 2].includes(2, 9)`,
	`[1, 2, 3, 4].fill(0, 1, -1)`, `Array(3).fill()`, `Array(3).fill(1)`, `[1, 2, 3].fill(9, -2)`, `[].fill.call({ length: 3, 1: "x" }, 7, 1)`,
	`[1, 2, 3, 4, 5].copyWithin(0, 3)`, `[1, 2, 3, 4, 5].copyWithin(1, 0, 3)`, `[1, , 3, 4].copyWithin(2, 0)`, `[].copyWithin.call({ length: 5, 3: 1 }, 0, 3)`,
	`[1, 2, 3].reverse()`, `const a = [1, , 3, 4]; a.reverse(); [a, 2 in a]`, `[].reverse.call({ length: 3, 0: "a" })`,
	`[1, 2, 3].slice(1)`, `[1, 2, 3].slice(-2, -1)`, `const a = [1, , 3].slice(); 1 in a`, `[].slice.call("abc")`, `[].slice.call({ length: 2, 0: "a", 1: "b" })`,
	`(function () { return [].slice.call(arguments, 1); })(1, 2, 3)`,
	`const a = [1, 2, 3, 4]; [a.splice(1, 2), a]`, `const a = [1, 2, 3]; [a.splice(1, 0, "x", "y"), a]`, `const a = [1, 2, 3]; [a.splice(-2), a]`, `const a = [1, , 3]; [a.splice(0, 3).length, a]`,
	`const o = { length: 3, 0: 1, 2: 3 }; [[].splice.call(o, 1, 1), o]`,
	`const a = [1, 2, 3]; [a.shift(), a]`, `const a = []; [a.shift(), a.length]`, `const o = { length: 2, 1: "x" }; [[].shift.call(o), o]`,
	`const a = [1]; [a.unshift(8, 9), a]`, `const o = { length: 1, 0: "x" }; [[].unshift.call(o, "y"), o]`,
	`[1].concat([2, [3]], 4)`, `[1].concat({ length: 2, 0: "a", [Symbol.isConcatSpreadable]: true })`, `const a = [1]; a[Symbol.isConcatSpreadable] = false; [].concat(a).length`,
	`[].concat(new Proxy([1, 2], {}))`, `const a = [].concat([, 1]); [0 in a, a.length]`, `[].concat("ab", null)`,
	`[[1, [2]], 3].flat()`, `[[1, [2, [3]]]].flat(Infinity)`, `[[1, [2, [3]]]].flat(2)`, `[1, , [2, , 3]].flat()`, `[[1]].flat(0)`, `[new Proxy([1, 2], {})].flat()`, `[[]].flat("x")`,
	`[1, 2].flatMap((x) => [x, x * 2])`, `[1, 2].flatMap((x) => [[x]])`, `[1].flatMap((x) => "ab")`, `[1, , 2].flatMap(function (x) { return [this.k + x]; }, { k: 1 })`,
	`[1, , 3].map((x) => x * 2)`, `1 in [1, , 3].map((x) => x)`, `[1, 2, 3].map(function (x, i, a) { return [x, i, a.length, this.k]; }, { k: 5 })`,
	`[1, 2, 3].filter((x) => x > 1)`, `[1, , 3].filter(() => true)`, `[1, , 3].every((x) => x)`, `[].some((x) => x)`, `[1, , 3].find((x) => x === undefined)`,
	`[1, , 3].findIndex((x) => x === undefined)`, `[1, 2, 3].findLast((x) => x < 3)`, `[1, 2, 3].findLastIndex((x) => x < 3)`, `let n = 0; [1, , 3].forEach(() => n++); n`,
	`[1, 2, 3].reduce((a, b) => a + b)`, `[1, 2, 3].reduce((a, b) => a + b, "")`, `[1, , 3].reduceRight((a, b) => a + "-" + b)`,
	`[].reduce.call({ length: 2, 1: 5 }, (a, b) => a + b)`,
	`let n = 0; const p = new Proxy([1, 2], { get: (t, k, r) => (k === "length" && n++, Reflect.get(t, k, r)) }); [p.map((x) => x), n]`,
	`const seen = []; const p = new Proxy([1, 2], { has: (t, k) => (seen.push("has " + String(k)), k in t), get: (t, k) => t[k] }); p.indexOf(2); seen`,
	`class A extends Array {} const a = A.from([1, 2, 3]); [a instanceof A, a.map((x) => x) instanceof A, a.filter((x) => x) instanceof A, a.slice(1) instanceof A, a.concat(4) instanceof A, a.splice(0, 1) instanceof A, a.flat() instanceof A]`,
	`class A extends Array { static get [Symbol.species]() { return Array; } } const a = new A(1, 2); [a.map((x) => x) instanceof A, a.slice() instanceof A]`,
	`const a = [1, 2]; a.constructor = { [Symbol.species]: function (n) { this.n = n; } }; a.map((x) => x)`, `const a = [1]; a.constructor = undefined; a.map((x) => x)`,
	`const a = [1]; a.constructor = 5; try { a.map((x) => x) } catch (e) { e.name }`,
	`Object.freeze([2, 1]).slice()`, `try { Object.freeze([2, 1]).sort() } catch (e) { e.name }`, `try { Object.freeze([1]).fill(0) } catch (e) { e.name }`,
	`[1, [2, [3, null]], undefined].join()`, `[1, 2].join("")`, `[1, 2].join(null)`, `const a = [1]; a.push(a); a.join()`, `String([[1, 2], [3]])`, `[{ toString: () => "x" }, 2].join("-")`, `[].join.call({ length: 3, 0: "a", 2: "c" })`,
	`try { [Symbol()].join() } catch (e) { e.name }`, `[3, 1, 2].sort((a, b) => a - b).join()`, `[1n, 2n].join()`, `[1.5, true, "é"].join("ü")`, `[null, [undefined]].toString()`, `[1234.5, "x"].toLocaleString()`,
	`Array.from("héllo")`, `Array.from([1, , 3])`, `Array.from({ length: 2, 0: "a", 1: "b" })`, `Array.from(new Set([1, 2]))`, `Array.from({ length: 3 }, (_, i) => i * 2)`, `Array.from([1, 2], function (x) { return x + this.k; }, { k: 1 })`,
	`class A extends Array {} Array.from.call(A, { length: 2, 0: "x" }) instanceof A`, `Array.from.call(Object, { length: 1, 0: "x" }).length`, `Array.of(7, 8)`, `Array(3).length`, `new Array(1, 2)`, `Array("3")`,
	`[...[1, , 3]]`, `[...new Map([[1, 2]])]`, `Math.max(...[1, 5, 3])`, `Object.entries({ a: 1 })`, `const [a, ...b] = [1, 2, 3]; b`,

	`String(new Int8Array(0))`,

	// Functions.
	`Math.max.apply(null, [1, 9, 3])`, `Math.max.apply(null, { length: 2, 0: 4, 1: 6 })`, `Reflect.apply(Math.min, null, [4, 2])`, `Reflect.construct(Array, [1, 2])`, `(function () { return arguments.length; }).apply(null, new Proxy([1, 2], {}))`,
	`function f(a, b) {} [f.bind(null, 1).name, f.bind(null, 1).length, f.bind().bind().name]`, `(function () { return this.x; }).bind({ x: 3 }).call({ x: 4 })`, `[].map.name + [].map.length`, `Array.name + Array.length`, `"".repeat.call("ab", 2)`,
	`Object.getOwnPropertyDescriptor(Array.prototype, "map").enumerable`, `Object.getOwnPropertyNames(Array.prototype).length > 30`, `Function.prototype.toString.call([].map)`, `typeof eval`, `[].constructor === Array`, `/x/.constructor === RegExp`,
	`new Proxy(function () {}, {}) instanceof Function`, `Object.getOwnPropertyDescriptor(Object.prototype, "__proto__").get.name`,

	// Texts.
	`"ab".repeat(3)`, `"é".repeat(2)`, `"x".repeat(0)`, `try { "x".repeat(-1) } catch (e) { e.name }`, `try { "x".repeat(Infinity) } catch (e) { e.name }`, `"x".repeat("2")`, `"x".repeat({ valueOf: () => 2 })`, `"x".repeat(2.9)`, `"x".repeat(NaN)`,
	`String.prototype.repeat.call({ toString: () => "o" }, 2)`, `try { "".repeat.call(null, 1) } catch (e) { e.name }`, `try { "x".repeat(1n) } catch (e) { e.name }`, `try { "x".repeat(Symbol()) } catch (e) { e.name }`,
	`const order = []; "".repeat.call({ toString() { order.push("s"); return "a"; } }, { valueOf() { order.push("n"); return 1; } }); order`,
	`"7".padStart(3, "0")`, `"7".padEnd(4, "ab")`, `"7".padStart(3)`, `"7".padStart(5, "")`, `"é".padStart(4, "üx")`, `"abc".padStart(2)`, `"a".padEnd(3, undefined)`,
	`"a".concat("b", 1, null, undefined)`, `"a".concat({ toString: () => "o" })`, `"a".concat("é")`,
	`"a-b-c".replace("-", "+")`, `"a-b-c".replaceAll("-", "$&$&")`, `"abc".replaceAll("", "-")`, `"abc".replace("b", (m, i, s) => [m, i, s].join())`, `"aXbX".replaceAll("X", (m, i) => i)`, `"abc".replace("b", "$$ $& $' $1 $<x> $")`, "`abc`.replace('b', '$`')",
	`"a1b2".replace(/[a-z](\d)/g, "<$1$01$10$2$0>")`, `"ab".replace(/(?<x>a)(b)/, "$<x>-$2-$<y>-$<")`, `"aaa".replace(/a/g, () => "$1")`, `"x".replace("x", undefined)`, `"x".replace("x")`, `"x".replace(/x/, null)`, `"x1".replace(1, 2)`,
	`"aaa".replace(/a/y, "b")`, `"abc".replace(/(z)?b/, "[$1]")`, `"abc".replace(/b/, { toString: () => "O" })`, `"😀a".replace(/./gu, "x")`, `"😀a".replace(/./g, "x")`, `const r = /a/g; r.lastIndex = 2; ["aaa".replace(r, "b"), r.lastIndex]`,
	`"a,b,,c".split(",")`, `"a,b".split(",", 1)`, `"abc".split("")`, `"abc".split()`, `"".split("")`, `"".split("x")`, `"a1b2".split(/\d/)`, `"a1b2".split(/(\d)/)`, `"abc".split(/(?:)/)`, `"abc".split(/b/, 1)`, `"aXbX".split("X", 0)`, `"ab".split(/$/)`,
	`"a1b22".match(/\d+/g)`, `"abc".match(/(b)(z)?/)`, `"abc".match(/x/g)`, `"aaa".match(/(?:)/g)`, `[..."a1b2".matchAll(/\d/g)].map((m) => m.index)`, `"abc".search(/c/)`, `"abc".search("z")`, `"a.c".match(".")`, `/b/.exec("abc").index`, `/b/.test("abc")`,
	`const r = /a/g; [r.test("aa"), r.lastIndex, r.test("aa"), r.lastIndex, r.test("aa"), r.lastIndex]`, `class R extends RegExp { exec(s) { const m = super.exec(s); if (m) m[0] = "!"; return m; } } "abc".replace(new R("b"), "[$&]")`,
	`new RegExp("a+", "g").flags`, `RegExp(/x/g).source`, `new RegExp({ toString: () => "o" }).source`, `new RegExp("[").source`, `new RegExp("x".repeat(100)).source.length`, `RegExp("a{2,3}").test("aa")`,
	`"e\u0301".normalize()`, `"\ufb01".normalize("NFKD")`, `"a".localeCompare("b")`, `["b", "a", "ä"].sort((x, y) => x.localeCompare(y))`, `encodeURIComponent("é a")`, `decodeURIComponent("%C3%A9")`, `escape("é")`, `unescape("%E9")`, `try { decodeURIComponent("%") } catch (e) { e.name }`,
	"String.raw`a\\n${1}`", `String.raw({ raw: "abc" }, 1, 2)`, `String.raw({ raw: { length: 2, 0: "x", 1: "y" } }, "-")`, `String.fromCharCode(65, 66)`, `"abc".at(-1)`, `"ABC".toLowerCase()`, `"straße".toUpperCase()`,

	// Plain lists, with and without holes.
	`Array(20).fill(1).join()`, `const a = Array(20); a[3] = 7; a.fill(1, 2, -2); [a.length, 0 in a, 17 in a, 18 in a, a[3]].join()`, `Array(40).fill(0, { valueOf: () => 10 }, 12).lastIndexOf(0)`, `const a = Object.freeze(Array(20)); try { a.fill(1) } catch (e) { e.name }`,
	`Object.prototype[3] = "p"; const r = [Array(20).join("-"), [1, , , , 5].concat([, 2]).length, [[, , , , 1]].flat().length].join(); delete Object.prototype[3]; r`, `let n = 0; Object.defineProperty(Object.prototype, "5", { set() { n++ }, configurable: true }); const a = Array(20).fill(1); delete Object.prototype[5]; n + "," + (5 in a)`,
	`const a = [1, , 3].concat([, 5], 6, [[7]]); [a.length, 1 in a, 3 in a, a[6][0]].join()`, `class A extends Array {} new A(1, 2).concat([3]) instanceof A`, `const a = [1]; a.constructor = { [Symbol.species]: function (n) { this.n = n } }; a.concat([2]).n`, `[1].concat({ length: 1, 0: 2, [Symbol.isConcatSpreadable]: true })`, `const a = [2]; a[Symbol.isConcatSpreadable] = false; [1].concat(a)[1] === a`,
	`[1, [2, [3, [4]], , 5]].flat(2)`, `[[1, 2], [[3]]].flat(0).length`, `[1, [2]].flat("1")`, `[3, undefined, 1, 20, , "b"].sort()`, `Array.from({ length: 70 }, (_, i) => i % 2 ? undefined : 70 - i).sort().join()`, `Array.from({ length: 70 }, (_, i) => i * 7 % 13).sort().join()`, `Array.from({ length: 70 }, (_, i) => ({ toString: () => String(i % 7), i })).toSorted().map((x) => x.i).join()`,
	`Array.from({ length: 3, 1: "x" }, (v, i) => [v, i])`, `Array.from({ length: "2" })`, `class A extends Array {} A.from({ length: 2 }) instanceof A`, `Array.from.call(undefined, { length: 1 })`, `Array.from({ length: 20 }, (_, i) => i % 3 ? i / 4 : i % 2 ? null : "é").join("-")`, `[1.5, -0, true, null, 1e21, NaN, -7, , "x", 1, 2, 3, 4, 5, 6, 7, 8, 9].join("")`,
	`"abcabc".replaceAll("bc", "$&$'$$")`, `"aaa".replaceAll("a", () => "b")`, `"abc".replaceAll("", "-")`, `"x-y".replaceAll("-", "é")`, `"a1b2".replace(/(\w)(\d)/g, "$2$1$3$10$1")`, `"aXbX".replace(/(?<n>X)/g, "[$<n>$<m>]")`,

	// Numbers, dates, BigInts.
	`(255).toString(16)`, `parseInt("12px")`, `Date.parse("2020-01-01")`, `new Date("2020-01-01T00:00:00Z").getTime()`, `Date.UTC(2020, 0)`, `new Date(2020, 0, 1).getMonth()`, `isNaN(new Date("x"))`, `typeof Date()`,
	`BigInt.asUintN(8, 257n)`, `BigInt.asIntN(8, 255n)`, `BigInt.asUintN(64, -1n)`, `BigInt("123")`, `BigInt("-" + "1234567890".repeat(777)).toString().slice(-30)`, `BigInt(" " + "9".repeat(4001) + "\n") === 10n ** 4001n - 1n`, `try { BigInt("9".repeat(3000) + "x") } catch (e) { e.name }`, `BigInt("0x" + "f".repeat(3000)) > 0n`, `String(BigInt({ valueOf: () => "9".repeat(3) }))`, `String(BigInt({ [Symbol.toPrimitive]: (hint) => hint === "number" ? "7" : "8" }))`, `BigInt.asIntN(1e6, 5n)`, `try { BigInt.asUintN(2 ** 53, 1n) } catch (e) { e.name }`, `BigInt.asUintN(1e9, 5n)`,

	// Buffers.
	`new Uint8Array(3).length`, `new Uint8Array([1, 2, 300])`, `new Uint8Array({ length: 2, 0: 7 })`, `new Uint8Array(new Set([1, 2]))`, `new Float32Array(new Uint8Array([1, 2]))`, `new Uint8Array(new ArrayBuffer(8), 2, 3).length`, `try { new Uint8Array(-1) } catch (e) { e.name }`, `new Uint16Array("3").length`,
	`new ArrayBuffer(8).byteLength`, `try { new ArrayBuffer(-1) } catch (e) { e.name }`, `new ArrayBuffer({ valueOf: () => 4 }).byteLength`, `new ArrayBuffer(4).slice(1).byteLength`, `new Float64Array([3, NaN, -0, 0, -1]).sort().join()`, `Object.is(new Float64Array([0, -0]).sort()[0], -0)`, `new Int8Array([5, -5, 0]).toSorted().join()`, `new Uint8Array([10, 9, 1]).sort((a, b) => b - a).join()`,
	`Uint8Array.from([1, 2], (x) => x * 2)`, `Uint8Array.from({ length: 2 })`, `Uint8Array.of(1, 2)`, `new Uint8Array([1, 2]).map((x) => x * 2)`, `new Uint8Array([1, 2, 3]).subarray(1).join("-")`, `new Uint8Array([1, 2]).fill(7)`, `class U extends Uint8Array {} new U(2).map((x) => x) instanceof U`, `try { Uint8Array(1) } catch (e) { e.name }`,

	// Objects, proxies, collections.
	`Object.keys("ab")`, `Object.assign({}, "ab", null, { c: 1 })`, `Object.fromEntries([["a", 1]])`, `Object.getOwnPropertyNames("ab")`, `Reflect.ownKeys({ a: 1, [Symbol.iterator]: 2 }).length`, `new Map([[1, 2]]).set(1, 3).get(1)`, `new Set([1]).add(1).size`, `try { Map.prototype.set.call({}) } catch (e) { e.name }`,
	`const o = {}; o.__proto__ = { x: 1 }; o.x`, `({ __proto__: null }) instanceof Object`, `const o = {}; o.__proto__ = 5; Object.getPrototypeOf(o) === Object.prototype`, `const a = {}, b = { __proto__: a }; try { a.__proto__ = b } catch (e) { e.name }`, `Object.setPrototypeOf({}, new Proxy({ x: 1 }, {})).x`, `try { Object.setPrototypeOf(Object.preventExtensions({}), {}) } catch (e) { e.name }`,
	`new Proxy({ x: 1 }, { get: (t, k) => k }).y`, `const { proxy, revoke } = Proxy.revocable({ x: 1 }, {}); const x = proxy.x; revoke(); try { proxy.x } catch (e) { x + e.name }`, `new Proxy(new Proxy({ x: 1 }, {}), {}).x`, `try { new Proxy(1, {}) } catch (e) { e.name }`, `Array.isArray(new Proxy([], {}))`,
	`JSON.stringify({ a: [1, { b: 2 }] })`, `JSON.parse('{"a":[1,2]}')`, `JSON.parse("1", (k, v) => v + 1)`, `try { JSON.parse("{") } catch (e) { e.name }`, `try { JSON.parse() } catch (e) { e.name }`, `JSON.parse({ toString: () => "[1]" })`,
	`class E extends Error {} new E("m").toString()`, `new AggregateError([1], "m").errors`, `String(new TypeError("x"))`, `Symbol("d").description`, `try { Symbol() + "" } catch (e) { e.name }`, `[1, 2, 3].values().next().value`, `new Promise(() => {}) instanceof Promise`, `Promise.resolve.length`, `class P extends Promise {} P.resolve(1) instanceof P`,
	`let n = 0; const f = (d) => d === 0 ? 0 : [d].map(() => f(d - 1))[0]; f(500)`,
}

// plain is how goja itself, with the newer built-ins, ends a snippet.
func plain(t testing.TB, source string) string {
	rt := goja.New()
	builtins.Install(rt)
	v, err := rt.RunString(source)
	if err != nil {
		var thrown *goja.Exception
		if errors.As(err, &thrown) {
			return "throws " + thrown.Value().String()
		}
		t.Fatal(err)
	}
	if o, ok := v.(*goja.Object); ok {
		if b, err := o.MarshalJSON(); err == nil {
			return string(b)
		}
	}
	return v.String()
}

func TestOrdinary(t *testing.T) {
	for _, source := range ordinary {
		got, err := evaluate(newRealm(t), source)
		if want := plain(t, source); err != nil || got != want {
			t.Errorf("%s\n got %s, %v\nwant %s", source, got, err, want)
		}
	}
}

// Everything that can goes the long way, however short it is.
func TestOrdinaryTheLongWay(t *testing.T) {
	bounds.SetOrdinary(t, -1)
	for _, source := range ordinary {
		got, err := evaluate(newRealm(t), source)
		if want := plain(t, source); err != nil || got != want && !strings.HasPrefix(want, "throws") {
			t.Errorf("%s\n got %s, %v\nwant %s", source, got, err, want)
		}
	}
}
