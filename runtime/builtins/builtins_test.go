package builtins_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/builtins"
)

// snippet is an expression (or statements that end in one) and what it gives. Arrays and objects are compared as JSON,
// promises by what they are settled with, exceptions as "throws Name".
type snippet struct{ source, want string }

func newRuntime(t testing.TB) *goja.Runtime {
	t.Helper()
	rt := goja.New()
	builtins.Install(rt)
	return rt
}

// newLazyRuntime installs as the engine does: nothing is made before it is touched.
func newLazyRuntime(t testing.TB) *goja.Runtime {
	t.Helper()
	rt := goja.New()
	prototype, err := rt.RunString(`Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()))`)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range builtins.Properties() {
		target := rt.GlobalObject()
		if p.On == "%IteratorPrototype%" {
			target = prototype.(*goja.Object)
		} else if p.On != "" {
			for step := range strings.SplitSeq(p.On, ".") {
				target = target.Get(step).(*goja.Object)
			}
		}
		if err := defineLazily(rt, target, p); err != nil {
			t.Fatalf("%s: %v", p.Key(), err)
		}
	}
	return rt
}

func defineLazily(rt *goja.Runtime, target *goja.Object, p builtins.Property) error {
	if p.Kind == builtins.Getter {
		get, set := p.Make(rt), goja.Value(nil)
		if p.MakeSetter != nil {
			set = p.MakeSetter(rt)
		}
		if p.Symbol != nil {
			return target.DefineAccessorPropertySymbol(p.Symbol, get, set, goja.ToFlag(p.Configurable), goja.ToFlag(p.Enumerable))
		}
		return target.DefineAccessorProperty(p.Name, get, set, goja.ToFlag(p.Configurable), goja.ToFlag(p.Enumerable))
	}
	var own goja.Value
	if p.Wrap != nil {
		own = target.Get(p.Name)
	}
	define := func(v goja.Value) error {
		if p.Symbol != nil {
			return target.DefineDataPropertySymbol(p.Symbol, v, goja.ToFlag(p.Writable), goja.ToFlag(p.Configurable), goja.ToFlag(p.Enumerable))
		}
		return target.DefineDataProperty(p.Name, v, goja.ToFlag(p.Writable), goja.ToFlag(p.Configurable), goja.ToFlag(p.Enumerable))
	}
	get := rt.ToValue(func(goja.FunctionCall) goja.Value {
		var v goja.Value
		if p.Wrap != nil {
			v = p.Wrap(rt, own)
		} else {
			v = p.Make(rt)
		}
		if err := define(v); err != nil {
			panic(err)
		}
		return v
	})
	set := rt.ToValue(func(call goja.FunctionCall) goja.Value {
		if err := define(call.Argument(0)); err != nil {
			panic(err)
		}
		return goja.Undefined()
	})
	if p.Symbol != nil {
		return target.DefineAccessorPropertySymbol(p.Symbol, get, set, goja.FLAG_TRUE, goja.ToFlag(p.Enumerable))
	}
	return target.DefineAccessorProperty(p.Name, get, set, goja.FLAG_TRUE, goja.ToFlag(p.Enumerable))
}

const show = `(v) => {
	if (typeof v === "object" && v !== null || Array.isArray(v)) return JSON.stringify(v);
	if (typeof v === "symbol") return v.toString();
	if (typeof v === "bigint") return v + "n";
	return Object.is(v, -0) ? "-0" : String(v);
}`

// evaluate runs source in a fresh runtime and shows what it gives; in a second one, where all is made lazily, it must
// give the same.
func evaluate(t testing.TB, source string) string {
	t.Helper()
	eager := evaluateIn(t, newRuntime(t), source)
	if lazy := evaluateIn(t, newLazyRuntime(t), source); lazy != eager && !strings.Contains(source, "descriptor(") && !strings.Contains(source, "prototype.set =") {
		t.Errorf("%s\ninstalled lazily %s\n        eagerly %s", source, lazy, eager)
	}
	return eager
}

func evaluateIn(t testing.TB, rt *goja.Runtime, source string) string {
	t.Helper()
	showValue, err := rt.RunString("globalThis.thrown = (f) => { try { f(); } catch (e) { return e.name; } return 'nothing'; };" +
		"globalThis.descriptor = (o, k) => { const d = Object.getOwnPropertyDescriptor(o, k); return (d.writable ? 'w' : '-') + (d.enumerable ? 'e' : '-') + (d.configurable ? 'c' : '-'); };" + show)
	if err != nil {
		t.Fatal(err)
	}
	print, _ := goja.AssertFunction(showValue)
	v, err := rt.RunString(source)
	if err != nil {
		return fmt.Sprintf("throws %v", thrownName(err))
	}
	if o, ok := v.(*goja.Object); ok {
		if p, ok := o.Export().(*goja.Promise); ok {
			switch p.State() {
			case goja.PromiseStatePending:
				return "pending"
			case goja.PromiseStateRejected:
				return "rejects " + errorName(p.Result())
			default:
				v = p.Result()
			}
		}
	}
	shown, err := print(goja.Undefined(), v)
	if err != nil {
		t.Fatalf("show %s: %v", source, err)
	}
	return shown.String()
}

func thrownName(err error) string {
	if thrown, ok := err.(*goja.Exception); ok {
		return errorName(thrown.Value())
	}
	return err.Error()
}

func errorName(v goja.Value) string {
	if o, ok := v.(*goja.Object); ok {
		return o.Get("name").String()
	}
	return v.String()
}

func run(t *testing.T, snippets []snippet) {
	t.Helper()
	for _, s := range snippets {
		t.Run("", func(t *testing.T) {
			t.Helper()
			if got := evaluate(t, s.source); got != s.want {
				t.Errorf("%s\n got %s\nwant %s", s.source, got, s.want)
			}
		})
	}
}

func TestShape(t *testing.T) {
	rt := newRuntime(t)
	for _, p := range builtins.Properties() {
		if p.Kind != builtins.Method && p.Kind != builtins.Constructor {
			continue
		}
		t.Run(p.Key(), func(t *testing.T) {
			f, ok := p.Make(rt).(*goja.Object)
			if !ok {
				t.Fatal("not an object")
			}
			name := p.Name
			if p.Symbol != nil {
				name = "[" + p.Symbol.String() + "]"
			}
			if got := f.Get("name").String(); got != name {
				t.Errorf("name is %q, want %q", got, name)
			}
			if got := f.Get("length").ToInteger(); got != int64(p.Length) {
				t.Errorf("length is %d, want %d", got, p.Length)
			}
			_, constructs := goja.AssertConstructor(f)
			if constructs != (p.Kind == builtins.Constructor) {
				t.Errorf("is a constructor: %v", constructs)
			}
			if p.Enumerable {
				t.Error("is enumerable")
			}
		})
	}
}

func TestNothingIsEnumerable(t *testing.T) {
	run(t, []snippet{
		{`let s = ""; for (const k in {}) s += k; for (const k in []) s += k; for (const k in "".__proto__) s += k; s`, ""},
		{`descriptor(Promise, "try")`, "w-c"},
		{`descriptor(globalThis, "Iterator")`, "w-c"},
		{`descriptor(Symbol, "asyncIterator")`, "---"},
		{`descriptor(Error, "stackTraceLimit")`, "wec"},
	})
}

func TestSymbols(t *testing.T) {
	run(t, []snippet{
		{`Symbol.asyncIterator.toString()`, "Symbol(Symbol.asyncIterator)"},
		{`Symbol.dispose.description`, "Symbol.dispose"},
		{`Symbol.asyncDispose === Symbol.asyncDispose && typeof Symbol.asyncDispose`, "symbol"},
	})
	a, b := newRuntime(t), newRuntime(t)
	if !a.GlobalObject().Get("Symbol").(*goja.Object).Get("dispose").SameAs(b.GlobalObject().Get("Symbol").(*goja.Object).Get("dispose")) {
		t.Error("two runtimes have different symbols")
	}
}

func TestPromise(t *testing.T) {
	run(t, []snippet{
		{`const r = Promise.withResolvers(); r.resolve(7); r.promise`, "7"},
		{`const r = Promise.withResolvers(); r.reject(new RangeError); r.promise`, "rejects RangeError"},
		{`Object.keys(Promise.withResolvers())`, `["promise","resolve","reject"]`},
		{`class P extends Promise {} Promise.withResolvers.call(P).promise instanceof P`, "true"},
		{`Promise.withResolvers.call({})`, "throws TypeError"},
		{`Promise.withResolvers.call(undefined)`, "throws TypeError"},
		{`Promise.withResolvers.call(function (f) { f(() => {}, undefined); })`, "throws TypeError"},
		{`Promise.withResolvers.call(function (f) { f(() => {}, () => {}); f(() => {}, () => {}); })`, "throws TypeError"},
		{`Promise.try((a, b) => a + b, 1, 2)`, "3"},
		{`Promise.try(() => { throw new RangeError; })`, "rejects RangeError"},
		{`Promise.try(async () => 5)`, "5"},
		{`Promise.try(1)`, "rejects TypeError"},
		{`Promise.try.call(1, () => {})`, "throws TypeError"},
		{`let called = false; Promise.try(() => { called = true; }); called`, "true"},
		{`class P extends Promise {} P.try(() => {}) instanceof P`, "true"},
	})
}

func TestGroupBy(t *testing.T) {
	run(t, []snippet{
		{`Object.groupBy([1, 2, 3], (x) => x % 2 ? "odd" : "even")`, `{"odd":[1,3],"even":[2]}`},
		{`Object.getPrototypeOf(Object.groupBy([], () => 1))`, "null"},
		{`Object.groupBy("ab", (c, i) => c + i)`, `{"a0":["a"],"b1":["b"]}`},
		{`const s = Symbol(); Object.groupBy([1, 2], () => s)[s]`, "[1,2]"},
		{`Object.groupBy([1, 2], () => "__proto__")["__proto__"]`, "[1,2]"},
		{`Object.groupBy([1, 2], (x) => ({ toString: () => "k" + x }))`, `{"k1":[1],"k2":[2]}`},
		{`const s = Symbol("q"); Object.groupBy([1], () => ({ [Symbol.toPrimitive]: () => s }))[s]`, "[1]"},
		{`const g = Object.groupBy([1, 2], (x) => x === 1 ? "\ud800" : "\ud801"); Object.keys(g).map((k) => k.charCodeAt(0))`, "[55296,55297]"},
		{`Object.groupBy(null, () => {})`, "throws TypeError"},
		{`Object.groupBy([1], 3)`, "throws TypeError"},
		{`Object.groupBy(1, () => {})`, "throws TypeError"},
		{`let closed = 0; const it = { [Symbol.iterator]() { return { next: () => ({ value: 1, done: false }), return() { closed++; return {}; } }; } };
			thrown(() => Object.groupBy(it, () => { throw new RangeError; })) + closed`, "RangeError1"},
		{`const m = Map.groupBy([1, NaN, -0, 0, NaN], (x) => x); [m.size, m.get(NaN).length, m.get(0).length, Object.is([...m.keys()][2], 0)]`, "[3,2,2,true]"},
		{`const k = {}; Map.groupBy([1, 2], () => k).get(k)`, "[1,2]"},
		{`Map.prototype.set = Map.prototype.get = () => { throw 1; }; Map.groupBy([1], (x) => x).size`, "1"},
	})
}

func TestStrings(t *testing.T) {
	run(t, []snippet{
		{`"abc".isWellFormed() && "\u{1F600}é".isWellFormed()`, "true"},
		{`["\ud800", "\udc00a", "a\ud83d", "\ude00\ud83d"].map((s) => s.isWellFormed())`, "[false,false,false,false]"},
		{`"a\ud800b\udc00\u{1F600}\ud83d".toWellFormed() === "a\ufffdb\ufffd\u{1F600}\ufffd"`, "true"},
		{`String.prototype.isWellFormed.call(null)`, "throws TypeError"},
		{`String.prototype.isWellFormed.call(Symbol())`, "throws TypeError"},
		{`String.prototype.toWellFormed.call({ toString: () => "x" })`, "x"},
	})
}

func TestRegExpEscape(t *testing.T) {
	run(t, []snippet{
		{`RegExp.escape("The Quick Brown Fox")`, `\x54he\x20Quick\x20Brown\x20Fox`},
		{`RegExp.escape("1.a*b")`, `\x31\.a\*b`},
		{`RegExp.escape("_^$\\.*+?()[]{}|/")`, `_\^\$\\\.\*\+\?\(\)\[\]\{\}\|\/`},
		{`RegExp.escape("\t\n\v\f\r")`, `\t\n\v\f\r`},
		{`RegExp.escape("\u2028\ufeff\u00a0\ud800")`, `\u2028\ufeff\xa0\ud800`},
		{`RegExp.escape("\u{1F600}é")`, "\U0001F600é"},
		{`RegExp.escape("-,'")`, `\x2d\x2c\x27`},
		{`RegExp.escape(1)`, "throws TypeError"},
		{`RegExp.escape(Object("a"))`, "throws TypeError"},
		{`const s = " ^a-z]\u2028/"; new RegExp("^" + RegExp.escape(s) + "$").test(s)`, "true"},
	})
}

func TestArrayBuffer(t *testing.T) {
	run(t, []snippet{
		{`const a = new Uint8Array([1, 2, 3]).buffer, b = a.transfer(); [a.detached, a.byteLength, b.detached, [...new Uint8Array(b)]]`, "[true,0,false,[1,2,3]]"},
		{`[...new Uint8Array(new Uint8Array([1, 2, 3]).buffer.transfer(2))]`, "[1,2]"},
		{`[...new Uint8Array(new Uint8Array([1, 2]).buffer.transferToFixedLength(4))]`, "[1,2,0,0]"},
		{`const a = new ArrayBuffer(8); a.transfer(); a.transfer()`, "throws TypeError"},
		{`new ArrayBuffer(1).transfer(-1)`, "throws RangeError"},
		{`new ArrayBuffer(1).transfer(2 ** 53)`, "throws RangeError"},
		{`new ArrayBuffer(1).transfer(2 ** 40)`, "throws RangeError"},
		{`ArrayBuffer.prototype.transfer.call({})`, "throws TypeError"},
		{`ArrayBuffer.prototype.transfer.call(new Uint8Array(1))`, "throws TypeError"},
		{`Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "detached").get.name`, "get detached"},
		{`ArrayBuffer.prototype.detached`, "throws TypeError"},
	})
}

func TestMath(t *testing.T) {
	run(t, []snippet{
		{`Math.sumPrecise([])`, "-0"},
		{`Math.sumPrecise({ [Symbol.iterator]: () => ({}) })`, "throws TypeError"},
		{`Math.sumPrecise({ [Symbol.iterator]: () => 1 })`, "throws TypeError"},
		{`Map.groupBy({ [Symbol.iterator]: () => ({}) }, () => 1)`, "throws TypeError"},
		{`Object.groupBy({ [Symbol.iterator]: null }, () => 1)`, "throws TypeError"},
		{`Math.sumPrecise([-0, -0])`, "-0"},
		{`Math.sumPrecise([-0, 0])`, "0"},
		{`Math.sumPrecise([1e308, 1e308, 0.1, 0.1, 1e30, 0.1, -1e30, -1e308, -1e308])`, "0.30000000000000004"},
		{`Math.sumPrecise([0.1, 0.2, 0.3])`, "0.6"},
		{`Math.sumPrecise([1e16, 1, -1e16])`, "1"},
		{`Math.sumPrecise([1.7976931348623157e308, 1.7976931348623157e308])`, "Infinity"},
		{`Math.sumPrecise([5e-324, 5e-324])`, "1e-323"},
		{`Math.sumPrecise([Infinity, -Infinity])`, "NaN"},
		{`Math.sumPrecise([-Infinity, 1])`, "-Infinity"},
		{`Math.sumPrecise([NaN, 1])`, "NaN"},
		{`Math.sumPrecise([1, "2"])`, "throws TypeError"},
		{`Math.sumPrecise([1n])`, "throws TypeError"},
		{`Math.sumPrecise([Object(1)])`, "throws TypeError"},
		{
			`[1.337, 65519, 65520, 5.960464477539063e-8, 2.980232238769531e-8, 2.9802322387695316e-8, 1.00048828125].map(Math.f16round).join()`,
			"1.3369140625,65504,Infinity,5.960464477539063e-8,0,5.960464477539063e-8,1",
		},
		{`Math.f16round(-0)`, "-0"},
		{`Math.f16round()`, "NaN"},
	})
}

func TestGetOrInsert(t *testing.T) {
	run(t, []snippet{
		{`const m = new Map([["a", 1]]); [m.getOrInsert("a", 2), m.getOrInsert("b", 3), m.size]`, "[1,3,2]"},
		{`const m = new Map; m.getOrInsertComputed("k", (k) => k + "!") + m.get("k")`, "k!k!"},
		{`const m = new Map; let arg; m.getOrInsertComputed(-0, (k) => { arg = k; }); Object.is(arg, 0)`, "true"},
		{`const m = new Map([["a", undefined]]); m.getOrInsert("a", 1)`, "undefined"},
		{`new Map().getOrInsertComputed(1, 1)`, "throws TypeError"},
		{`Map.prototype.getOrInsert.call(new WeakMap, {}, 1)`, "throws TypeError"},
		{`const k = {}, m = new WeakMap; [m.getOrInsert(k, 1), m.getOrInsertComputed(k, () => 2)]`, "[1,1]"},
		{`new WeakMap().getOrInsert(1, 1)`, "throws TypeError"},
		{`new WeakMap().getOrInsertComputed(1, () => { throw new RangeError; })`, "throws TypeError"},
	})
}

func TestLegacyAccessors(t *testing.T) {
	run(t, []snippet{
		{`const o = {}; o.__defineGetter__("x", () => 4); o.x + descriptor(o, "x")`, "4-ec"},
		{`const o = {}; let got; o.__defineSetter__("x", (v) => { got = v; }); o.__defineGetter__("x", () => 1); o.x = 9; got + o.x`, "10"},
		{`const o = { get a() { return 1; }, set a(v) {} }; const p = Object.create(o); [typeof p.__lookupGetter__("a"), typeof p.__lookupSetter__("a"), p.__lookupGetter__("zz") === undefined]`, `["function","function",true]`},
		{`({ a: 1 }).__lookupGetter__("a")`, "undefined"},
		{`const s = Symbol(), o = {}; o.__defineGetter__(s, () => 2); o[s] + o.__lookupGetter__(s)()`, "4"},
		{`({}).__defineGetter__("x", 1)`, "throws TypeError"},
		{`Object.freeze({}).__defineGetter__("x", () => 1)`, "throws TypeError"},
		{`Object.prototype.__lookupGetter__.call(null, "x")`, "throws TypeError"},
	})
}

func TestFloat16(t *testing.T) {
	run(t, []snippet{
		{`const d = new DataView(new ArrayBuffer(4)); [1.337, -65504, 6e-8, Infinity, 0, 0.5, 2].map((v) => { d.setFloat16(1, v); return d.getFloat16(1) === Math.f16round(v); })`, "[true,true,true,true,true,true,true]"},
		{`const d = new DataView(new ArrayBuffer(2)); d.setFloat16(0, 1, true); [d.getUint8(0), d.getUint8(1), d.getFloat16(0, true)]`, "[0,60,1]"},
		{`const d = new DataView(new ArrayBuffer(2)); d.setFloat16(0, NaN); d.getFloat16(0)`, "NaN"},
		{`const d = new DataView(new ArrayBuffer(2)); d.setFloat16(0, -0); d.getFloat16(0)`, "-0"},
		{`const d = new DataView(new ArrayBuffer(2)); let bad = 0; for (let i = 0; i < 0x7c00; i++) { d.setUint16(0, i); const v = d.getFloat16(0); d.setFloat16(0, v); if (d.getUint16(0) !== i) bad++; } bad`, "0"},
		{`new DataView(new ArrayBuffer(2)).getFloat16(1)`, "throws RangeError"},
	})
}

func TestLegacy(t *testing.T) {
	run(t, []snippet{
		{`Date.prototype.toGMTString === Date.prototype.toUTCString`, "true"},
		{`const d = new Date(2024, 1, 1); d.setYear(98); [d.getYear(), d.getFullYear(), new Date(NaN).getYear()]`, "[98,1998,null]"},
		{`"x".anchor('a"b') + "y".bold() + "z".link("u")`, `<a name="a&quot;b">x</a><b>y</b><a href="u">z</a>`},
		{`String.prototype.big.call(null)`, "throws TypeError"},
		{`const b = new ArrayBuffer(3); [b.resizable, b.maxByteLength]`, "[false,3]"},
		{`[/x/.hasIndices, /x/.unicodeSets, RegExp.prototype.hasIndices === undefined]`, "[false,false,true]"},
		{`Object.getOwnPropertyDescriptor(RegExp.prototype, "hasIndices").get.call({})`, "throws TypeError"},
	})
}

func TestCaptureStackTrace(t *testing.T) {
	run(t, []snippet{
		{`const o = { name: "Odd", message: "m" }; (function outer() { Error.captureStackTrace(o); })(); /^Odd: m\n\tat outer \(/.test(o.stack)`, "true"},
		{`const o = {}; Error.captureStackTrace(o); descriptor(o, "stack") + o.stack.startsWith("Error\n")`, "w-ctrue"},
		{`const o = {}; function helper() { Error.captureStackTrace(o, helper); } function caller() { helper(); } caller(); o.stack.includes("caller") && !o.stack.includes("helper")`, "true"},
		{`class E extends Error { constructor(m) { super(m); Error.captureStackTrace(this, this.constructor); } } function f() { return new E("q"); } /^Error: q\n\tat f /.test(f().stack)`, "true"},
		{`Error.stackTraceLimit = 1; const o = {}; (function a() { (function b() { Error.captureStackTrace(o); })(); })(); o.stack.includes("at b") && !o.stack.includes("at a")`, "true"},
		{`Error.captureStackTrace(1)`, "throws TypeError"},
		{`Error.captureStackTrace(Object.freeze({}))`, "throws TypeError"},
	})
}
