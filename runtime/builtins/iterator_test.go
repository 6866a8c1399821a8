package builtins_test

import "testing"

// counting is an iterator that notes what is done to it.
const counting = `
	let closed = 0, pulled = 0;
	class Counting extends Iterator {
		constructor(n) { super(); this.n = n; this.i = 0; }
		next() { pulled++; return this.i < this.n ? { value: this.i++, done: false } : { value: undefined, done: true }; }
		return() { closed++; return {}; }
	}
`

func TestIteratorConstructor(t *testing.T) {
	run(t, []snippet{
		{`Iterator()`, "throws TypeError"},
		{`new Iterator()`, "throws TypeError"},
		{`class I extends Iterator {} new I() instanceof Iterator`, "true"},
		{`[].values() instanceof Iterator && (function* () {})() instanceof Iterator`, "true"},
		{`descriptor(Iterator, "prototype")`, "---"},
		{`Iterator.prototype === Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()))`, "true"},
		{`Iterator.prototype.constructor === Iterator && Iterator.prototype[Symbol.toStringTag]`, "Iterator"},
		{`const d = Object.getOwnPropertyDescriptor(Iterator.prototype, "constructor"); [typeof d.get, typeof d.set, d.enumerable, d.configurable]`, `["function","function",false,true]`},
		{`"use strict"; Iterator.prototype.constructor = 1`, "throws TypeError"},
		{`const o = Object.create(Iterator.prototype); o.constructor = 5; [o.constructor, descriptor(o, "constructor"), Iterator.prototype.constructor === Iterator]`, `[5,"wec",true]`},
		{`const o = Object.create(Iterator.prototype); o[Symbol.toStringTag] = "X"; o[Symbol.toStringTag] = "Y"; String(o)`, "[object Y]"},
		{`let n = 0; ({ __proto__: Iterator.prototype, return() { n++; } })[Symbol.dispose](); n`, "1"},
		{`Iterator.prototype[Symbol.dispose].name`, "[Symbol.dispose]"},
		{`Array.prototype[Symbol.iterator] = null; class I extends Iterator {} new I() instanceof Iterator`, "true"},
	})
}

func TestIteratorHelpers(t *testing.T) {
	run(t, []snippet{
		{`[1, 2, 3].values().map((x, i) => x * 10 + i).toArray()`, "[10,21,32]"},
		{`[1, 2, 3, 4].values().filter((x) => x % 2).toArray()`, "[1,3]"},
		{`[1, 2, 3, 4].values().drop(1).take(2).toArray()`, "[2,3]"},
		{`[1, 2].values().flatMap((x) => [x, x]).toArray()`, "[1,1,2,2]"},
		{`["ab"].values().flatMap((x) => x)`, "{}"},
		{`["ab"].values().flatMap((x) => x).next()`, "throws TypeError"},
		{`["ab"].values().flatMap((x) => Object(x)).toArray()`, `["a","b"]`},
		{`[1, 2, 3].values().reduce((a, b) => a + b)`, "6"},
		{`[1, 2, 3].values().reduce((a, b, i) => a + b + i, "")`, "102132"},
		{`[1, 2].values().reduce((a, b, i) => i)`, "1"},
		{`[].values().reduce(() => {})`, "throws TypeError"},
		{`[].values().reduce(() => {}, undefined)`, "undefined"},
		{`let s = ""; "ab"[Symbol.iterator]().forEach((c, i) => { s += c + i; }); s`, "a0b1"},
		{`[[1, 2].values().some((x) => x > 1), [1].values().every((x) => x > 1), [].values().every(() => false), [3, 4].values().find((x) => x > 3)]`, "[true,false,true,4]"},
		{`(function* () { let i = 0; for (;;) yield i++; })().filter((x) => x % 3 === 0).map(String).take(3).toArray()`, `["0","3","6"]`},
		{`new Map([[1, 2]]).entries().map(([k, v]) => k + v).toArray()`, "[3]"},
		{`String([].values().map((x) => x))`, "[object Iterator Helper]"},
		{`const h = [].values().map((x) => x); h instanceof Iterator && h[Symbol.iterator]() === h`, "true"},
		{`const p = Object.getPrototypeOf([].values().map((x) => x)); [Object.getOwnPropertyNames(p).sort(), descriptor(p, Symbol.toStringTag)]`, `[["next","return"],"--c"]`},
		{`Object.getPrototypeOf([].values().map((x) => x)) === Object.getPrototypeOf([].values().drop(0))`, "true"},
		{`Object.getPrototypeOf([].values().map((x) => x)).next.call([].values())`, "throws TypeError"},
		{`const h = [1].values().map((x) => x); h.extra = 5; h.extra`, "5"},
	})
}

func TestIteratorClosing(t *testing.T) {
	for _, s := range []snippet{
		{`new Counting(3).some((x) => true); closed`, "1"},
		{`new Counting(3).every((x) => true); closed`, "0"},
		{`[...new Counting(3).take(1)]; [closed, pulled]`, "[1,1]"},
		{`new Counting(3).take(0).next(); [closed, pulled]`, "[1,0]"},
		{`[...new Counting(2).drop(5)]; [closed, pulled]`, "[0,3]"},
		{`thrown(() => new Counting(3).map(() => { throw new RangeError; }).next()) + closed`, "RangeError1"},
		{`thrown(() => new Counting(3).forEach(() => { throw new RangeError; })) + closed`, "RangeError1"},
		{`thrown(() => new Counting(3).reduce(() => { throw new RangeError; })) + closed`, "RangeError1"},
		{`thrown(() => new Counting(3).flatMap(() => 1).next()) + closed`, "TypeError1"},
		{`thrown(() => new Counting(3).take(NaN)) + closed`, "RangeError1"},
		{`thrown(() => new Counting(3).drop(-1)) + closed`, "RangeError1"},
		{`thrown(() => new Counting(3).take({ valueOf() { throw new SyntaxError; } })) + closed`, "SyntaxError1"},
		{`thrown(() => new Counting(3).map(1)) + closed + pulled`, "TypeError10"},
		{`new Counting(3).take(-0.5).toArray().length`, "0"},
		{`const h = new Counting(3).map((x) => x); h.return(); h.return(); [closed, h.next().done, pulled]`, "[1,true,0]"},
		{`const h = new Counting(3).map((x) => x); h.next(); h.return(); [closed, h.next().done]`, "[1,true]"},
		{`for (const x of new Counting(3).map((x) => x)) break; closed`, "1"},
		{`const h = new Counting(3).flatMap(() => new Counting(2)); h.next(); h.return(); closed`, "2"},
		{`let h; h = new Counting(3).map(() => h.next()); thrown(() => h.next()) + closed`, "TypeError1"},
		{`let h; h = new Counting(3).map(() => h.return()); thrown(() => h.next())`, "TypeError"},
		{`const bad = { __proto__: Iterator.prototype, next: () => 1 }; thrown(() => bad.map((x) => x).next())`, "TypeError"},
		{`const bad = { __proto__: Iterator.prototype, get next() { throw new RangeError; }, return() { closed++; } }; thrown(() => bad.map((x) => x)) + closed`, "RangeError0"},
		{`const bad = { __proto__: Iterator.prototype, next() { throw new RangeError; }, return() { closed++; } }; thrown(() => bad.toArray()) + closed`, "RangeError0"},
		{`const o = { __proto__: Iterator.prototype, next: () => ({ value: 1 }), return: () => 1 }; thrown(() => o.some(() => true))`, "TypeError"},
		{`Iterator.prototype.map.call(1, () => {})`, "throws TypeError"},
		{`Iterator.prototype.map.call({ next: () => ({ done: true }) }, () => {}).next().done`, "true"},
	} {
		t.Run("", func(t *testing.T) {
			if got := evaluate(t, counting+s.source); got != s.want {
				t.Errorf("%s\n got %s\nwant %s", s.source, got, s.want)
			}
		})
	}
}

func TestIteratorFromAndConcat(t *testing.T) {
	run(t, []snippet{
		{`Iterator.from("ab").toArray()`, `["a","b"]`},
		{`const v = [1].values(); Iterator.from(v) === v`, "true"},
		{`let i = 0; const w = Iterator.from({ next: () => ({ value: i, done: i++ > 1 }) }); [w instanceof Iterator, w.toArray()]`, "[true,[0,1]]"},
		{`let n = 0; Iterator.from({ next() {}, return() { n++; return {}; } }).return(); n`, "1"},
		{`Iterator.from({ next() {} }).return()`, `{"done":true}`},
		{`Iterator.from(5)`, "throws TypeError"},
		{`Iterator.from(null)`, "throws TypeError"},
		{`Iterator.from({ [Symbol.iterator]: 1 })`, "throws TypeError"},
		{`Iterator.from({ [Symbol.iterator]: () => 1 })`, "throws TypeError"},
		{`const p = Object.getPrototypeOf(Iterator.from({ next() {} })); p.next.call({})`, "throws TypeError"},
		{`Iterator.concat([1], new Set([2, 3]), [4].values()).toArray()`, "[1,2,3,4]"},
		{`Iterator.concat().next().done`, "true"},
		{`Iterator.concat("a")`, "throws TypeError"},
		{`Iterator.concat({})`, "throws TypeError"},
		{`let opened = 0; const lazy = { [Symbol.iterator]() { opened++; return [].values(); } }; Iterator.concat(lazy, lazy); opened`, "0"},
		{`let closed = 0; const o = { [Symbol.iterator]: () => ({ next: () => ({ value: 1 }), return() { closed++; return {}; } }) }; const c = Iterator.concat(o); c.return(); const d = Iterator.concat(o); d.next(); d.return(); closed`, "1"},
	})
}
