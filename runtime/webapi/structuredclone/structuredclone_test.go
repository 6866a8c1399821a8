package structuredclone_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/structuredclone"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) { runtimetest.Main(m, structuredclone.API, event.API) }

// equal is a deep comparison that tells prototypes, holes, -0 and shared objects apart.
const equal = `
function equal(a, b, seen = new Map()) {
	if (typeof a !== "object" || a === null) return Object.is(a, b);
	if (typeof b !== "object" || b === null || a === b) return false;
	if (seen.has(a)) return seen.get(a) === b;
	seen.set(a, b);
	if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
	if (a instanceof Date) return Object.is(a.getTime(), b.getTime());
	if (a instanceof RegExp) return String(a) === String(b) && b.lastIndex === 0;
	if (a instanceof ArrayBuffer) return equal([...new Uint8Array(a)], [...new Uint8Array(b)]);
	if (ArrayBuffer.isView(a)) return a.byteOffset === b.byteOffset && a.byteLength === b.byteLength && equal(a.buffer, b.buffer, seen);
	if (a instanceof Map) return equal([...a], [...b], seen);
	if (a instanceof Set) return equal([...a], [...b], seen);
	if (a instanceof Boolean || a instanceof Number || a instanceof String || a instanceof BigInt) return Object.is(a.valueOf(), b.valueOf());
	const k = Object.keys(a);
	return a.length === b.length && a.message === b.message && k.join() === Object.keys(b).join() && k.every(k => equal(a[k], b[k], seen));
}`

// What comes back equal, being no subclass.
var roundTrips = []string{
	`undefined`, `null`, `true`, `-0`, `NaN`, `Infinity`, `1.5`, `123456789012345678901234567890n`, `""`, `"a"`, `"é日本😀"`, `"\ud800x"`, `"x".repeat(50)`,
	`Object(true)`, `Object(false)`, `Object(-0)`, `Object("é")`, `Object(5n)`, `new Date(0)`, `new Date(NaN)`, `new Date(-8.64e15)`,
	`/a\/b/gimsuy`, `new RegExp("")`, `/[日]/u`, `[]`, `[1, "a", null, undefined]`, `[1, , 3, ,]`, `new Array(5)`, `Object.assign([1, 2], { x: 5, "-1": 6 })`,
	`(a => { a[100000] = 1; return a })([])`, `{}`, `{ a: { b: { c: [] } }, "": 1, 5: 6 }`, `JSON.parse('{"__proto__": 5}')`, `JSON.parse('{"__proto__": {"x": 1}}')`,
	`{ constructor: 1, hasOwnProperty: 2, toString: 3 }`, `new Map([[1, { a: 1 }], [{}, new Map()], [NaN, -0]])`, `new Set([1, "a", {}, new Set()])`,
	`new ArrayBuffer(0)`, `new Uint8Array([1, 2, 3]).buffer`, `new Uint8Array([1, 2])`, `new Uint8ClampedArray([1, 300])`, `new Int8Array([-1])`,
	`new Uint16Array([1, 2, 3]).subarray(1)`, `new Int16Array(2)`, `new Uint32Array([7])`, `new Int32Array([-7])`, `new Float32Array([1.5])`, `new Float64Array([NaN, -0])`,
	`new BigInt64Array([-5n])`, `new BigUint64Array([5n])`, `new DataView(new ArrayBuffer(8), 2, 3)`, `new Uint16Array(new ArrayBuffer(10), 4, 2)`,
	`(() => { const b = new ArrayBuffer(4); return [new Uint8Array(b), new Uint16Array(b, 2), b] })()`,
	`new Error("m")`, `new Error()`, `new TypeError("t")`, `new RangeError("r", { cause: { x: 1 } })`, `new AggregateError([new Error("a"), 2], "agg")`,
	`(() => { const o = { n: 1 }; o.self = o; o.list = [o, o]; return o })()`, `(() => { const a = [1]; a.push(a, { a }); return a })()`,
	`(() => { const m = new Map(); m.set(m, m); m.set("s", new Set([m])); return m })()`, `(() => { const o = {}; return [o, o, { o }] })()`,
	`(() => { const e = new Error("e"); Object.defineProperty(e, "cause", { value: e }); return [e] })()`, `Object.freeze({ a: Object.freeze([1]) })`,
}

func TestRoundTrips(t *testing.T) {
	for _, src := range roundTrips {
		t.Run(src, func(t *testing.T) {
			runtimetest.New(t).Run(equal + `; var v = (` + src + `); equal(v, structuredClone(v))`).Want("true")
		})
	}
}

// From one realm to another nothing may be lost either.
func TestAcrossRealms(t *testing.T) {
	for _, src := range roundTrips {
		from, to := runtimetest.New(t), runtimetest.New(t)
		var tree *structuredclone.Tree
		from.Do(func(r *webidl.Realm) {
			v, err := r.VM.RunString("(" + src + ")")
			if err != nil {
				t.Fatal(err)
			}
			tree = structuredclone.Serialize(r, v, structuredclone.Options{})
		})
		to.Do(func(r *webidl.Realm) {
			if err := r.VM.Set("got", tree.Deserialize(r)); err != nil {
				t.Fatal(err)
			}
		})
		to.Run(equal + `; equal((` + src + `), got)`).Want("true")
	}
}

func TestStructuredClone(t *testing.T) {
	const thrown = `const name = f => { try { f(); return "nothing" } catch (e) { return (e instanceof DOMException) + e.name + ": " + e.message } };`
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `structuredClone()`, Want: "throws TypeError: Failed to execute 'structuredClone': 1 argument required, but only 0 present."},
		{Src: `structuredClone.name + structuredClone.length`, Want: "structuredClone1"},
		{Src: thrown + `name(() => structuredClone(Symbol("s")))`, Want: "trueDataCloneError: Symbol(s) could not be cloned."},
		{Src: thrown + `name(() => structuredClone({ f: () => 1 }))`, Want: "trueDataCloneError: () => 1 could not be cloned."},
		{Src: thrown + `name(() => structuredClone(class A {}))`, Want: "trueDataCloneError: class A {} could not be cloned."},
		{Src: thrown + `name(() => structuredClone(Promise.resolve()))`, Want: "trueDataCloneError: #<Promise> could not be cloned."},
		{Src: thrown + `name(() => structuredClone(new WeakMap()))`, Want: "trueDataCloneError: #<WeakMap> could not be cloned."},
		{Src: thrown + `name(() => structuredClone(new WeakSet()))`, Want: "trueDataCloneError: #<WeakSet> could not be cloned."},
		{Src: thrown + `name(() => structuredClone([].values()))`, Want: "trueDataCloneError: [object Array Iterator] could not be cloned."},
		{Src: thrown + `name(() => structuredClone((function* () {})()))`, Want: "trueDataCloneError: [object Generator] could not be cloned."},
		{Src: thrown + `name(() => structuredClone(Object(Symbol())))`, Want: "trueDataCloneError: [object Symbol] could not be cloned."},
		{Src: thrown + `name(() => structuredClone(new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 } })))`, Want: "trueDataCloneError: #<Object> could not be cloned."},
		{Src: thrown + `name(() => structuredClone(new EventTarget()))`, Want: `trueDataCloneError: Could not serialize object of type "EventTarget". This type does not support serialization.`},
		{Src: thrown + `name(() => structuredClone([new AbortController().signal]))`, Want: `trueDataCloneError: Could not serialize object of type "AbortSignal". This type does not support serialization.`},
		{Src: `class A { x = 1; #p = 2; get y() { return 3 } }; const c = structuredClone(new A()); (c instanceof A) + JSON.stringify(c)`, Want: `false{"x":1}`},
		{Src: `structuredClone(Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true }, hidden: { value: 3 } }))`, Want: `{"own":2}`},
		{Src: `const c = structuredClone(Object.assign(Object.create(null), { a: 1 })); (Object.getPrototypeOf(c) === Object.prototype) + "" + c.a`, Want: "true1"},
		{Src: `const c = structuredClone(new (class M extends Map { x = 1 })([[1, 2]])); [c.constructor.name, c.get(1), c.x].join()`, Want: "Map,2,"},
		{Src: `const c = structuredClone(new (class E extends TypeError {})("m")); [c.constructor.name, c.name, c.message, c instanceof TypeError].join()`, Want: "TypeError,TypeError,m,true"},
		{Src: `const e = new Error("m"); e.name = "Mine"; e.extra = 1; const c = structuredClone(e); [c.constructor.name, c.name, c.extra, c.message, c.stack === e.stack].join()`, Want: "Error,Error,,m,true"},
		{Src: `const e = new Error("m"); e.name = "RangeError"; structuredClone(e) instanceof RangeError`, Want: "true"},
		{Src: `const c = structuredClone(new Error("m", { cause: new TypeError("c") })); [c.cause.name, c.cause.message, Object.keys(c).length].join()`, Want: "TypeError,c,0"},
		{Src: `structuredClone(new Error("m", { cause: () => 1 }))`, Want: "throws DataCloneError"},
		{Src: `const e = new Error(); Object.defineProperty(e, "message", { get() { throw 1 } }); "message" in Object.getOwnPropertyNames(structuredClone(e))`, Want: "false"},
		{Src: `const c = structuredClone(new DOMException("m", "AbortError")); [c instanceof DOMException, c.name, c.message, c.code, typeof c.stack].join()`, Want: "true,AbortError,m,20,string"},
		{Src: `let n = 0; const c = structuredClone({ get a() { n++; return { n } } }); n + JSON.stringify(c)`, Want: `1{"a":{"n":1}}`},
		{Src: `structuredClone({ get a() { throw new RangeError("mine") } })`, Want: "throws RangeError: mine"},
		{Src: `structuredClone({ get a() { delete this.b; return 1 }, b: 2 })`, Want: `{"a":1}`},
		{Src: `const o = { [Symbol.iterator]: 1, a: 2 }; Reflect.ownKeys(structuredClone(o)).length`, Want: "1"},
		{Src: `const r = /a/g; r.lastIndex = 7; structuredClone(r).lastIndex`, Want: "0"},
		{Src: `structuredClone((function () { return arguments })(1, 2))`, Want: `{"0":1,"1":2}`},
		{Src: `Object.defineProperty(Object.prototype, "x", { set() { throw 1 }, configurable: true }); try { structuredClone({ x: 1 }).x } finally { delete Object.prototype.x }`, Want: "1"},
		{Src: `Map.prototype.set = () => { throw 1 }; Map.prototype[Symbol.iterator] = null; structuredClone(new Map([])).size`, Want: "0"},
		{Src: `let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; structuredClone(o)`, Want: "throws RangeError: Maximum call stack size exceeded"},
		{Src: `let o = {}; for (let i = 0; i < 4000; i++) o = { o }; typeof structuredClone(o).o.o`, Want: "object"},
		{Src: `structuredClone(1, 5)`, Want: "throws TypeError"},
		{Src: `structuredClone(1, null) + structuredClone(1, {}) + structuredClone(1, { transfer: [] })`, Want: "3"},
	})
}

func TestTransfer(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `const b = new Uint8Array([1, 2, 3]).buffer; const c = structuredClone(b, { transfer: [b] }); [b.byteLength, c.byteLength, new Uint8Array(c)].join()`, Want: "0,3,1,2,3"},
		{Src: `const u = new Uint8Array([1, 2, 3]); const c = structuredClone({ u, b: u.buffer }, { transfer: [u.buffer] }); [u.length, c.u.join("-"), c.u.buffer === c.b].join()`, Want: "0,1-2-3,true"},
		{Src: `const b = new ArrayBuffer(3); structuredClone(1, { transfer: [b] }); b.byteLength`, Want: "0"},
		{Src: `const b = new ArrayBuffer(3); structuredClone(1, { transfer: [b, b] })`, Want: "throws DataCloneError"},
		{Src: `const b = new ArrayBuffer(3); try { structuredClone(() => 1, { transfer: [b] }) } catch {} b.byteLength`, Want: "3"},
		{Src: `const b = new ArrayBuffer(3); structuredClone(b, { transfer: [b] }); structuredClone(b)`, Want: "throws DataCloneError: An ArrayBuffer is detached"},
		{Src: `const b = new ArrayBuffer(3), u = new Uint8Array(b); structuredClone(b, { transfer: [b] }); structuredClone(u)`, Want: "throws DataCloneError"},
		{Src: `const b = new ArrayBuffer(3); structuredClone(b, { transfer: [b] }); structuredClone(1, { transfer: [b] })`, Want: "throws DataCloneError"},
		{Src: `const b = new ArrayBuffer(3); structuredClone({ get x() { structuredClone(b, { transfer: [b] }) } }, { transfer: [b] })`, Want: "throws DataCloneError"},
		{Src: `structuredClone(1, { transfer: [{}] })`, Want: "throws DataCloneError: Value at index 0 does not have a transferable type."},
		{Src: `structuredClone(1, { transfer: [1] })`, Want: "throws DataCloneError"},
		{Src: `structuredClone(1, { transfer: 5 })`, Want: "throws TypeError"},
	})
}

// stub stands for a function in a test of hooks.
type stub struct{ n int }

func (s *stub) Decode(r *webidl.Realm) goja.Value { return r.Str(fmt.Sprint("stub ", s.n)) }

func TestHooks(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Do(func(r *webidl.Realm) {
		v, err := r.VM.RunString(`const f = () => 1; ({ f, g: [f], h() {}, p: new Proxy(f, {}), e: Object.assign(new RangeError("m"), { name: "Own", code: 5 }), bad: Object.assign(new Error("b"), { s: Symbol() }) })`)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		tree := structuredclone.Serialize(r, v, structuredclone.Options{ErrorProperties: true, OmitStacks: true, Encode: func(_ *webidl.Realm, _ *goja.Object, kind webidl.Kind) structuredclone.External {
			if kind != webidl.KindFunction && kind != webidl.KindProxy {
				return nil
			}
			n++
			return &stub{n}
		}})
		if err := r.VM.Set("got", tree.Deserialize(r)); err != nil {
			t.Fatal(err)
		}
	})
	rt.Run(`[got.f, got.g[0], got.h, got.p, got.e.name, got.e.code, got.e instanceof RangeError, got.bad.message, "s" in got.bad].join()`).
		Want("stub 1,stub 1,stub 2,stub 3,Own,5,true,b,false")
	rt.Do(func(r *webidl.Realm) {
		small := structuredclone.Serialize(r, r.Str("abc"), structuredclone.Options{}).Size()
		big := structuredclone.Serialize(r, r.Array(r.Str(strings.Repeat("x", 1000)), r.Uint8Array(make([]byte, 500))), structuredclone.Options{}).Size()
		if small > 50 || big < 1500 || big > 1700 {
			t.Errorf("sizes %d and %d", small, big)
		}
	})
}

// randomValue writes the source of a random value; depth bounds it.
func randomValue(rnd *rand.Rand, depth int) string {
	leaves := []string{`1`, `-0`, `"s"`, `"日"`, `null`, `undefined`, `true`, `2n`, `NaN`, `new Date(5)`, `/x/g`, `new Uint8Array([1,2])`, `Object("b")`, `shared`, `new Error("e")`}
	if depth == 0 {
		return leaves[rnd.IntN(len(leaves))]
	}
	var parts []string
	for range rnd.IntN(4) {
		parts = append(parts, randomValue(rnd, depth-1))
	}
	switch rnd.IntN(5) {
	case 0:
		return "[" + strings.Join(parts, ",") + strings.Repeat(",", rnd.IntN(3)) + "]"
	case 1:
		for i := range parts {
			parts[i] = fmt.Sprintf("k%d: %s", rnd.IntN(5), parts[i])
		}
		return "({" + strings.Join(parts, ",") + "})"
	case 2:
		for i := range parts {
			parts[i] = fmt.Sprintf("[%s, %s]", parts[i], randomValue(rnd, 0))
		}
		return "new Map([" + strings.Join(parts, ",") + "])"
	case 3:
		return "new Set([" + strings.Join(parts, ",") + "])"
	}
	return leaves[rnd.IntN(len(leaves))]
}

func FuzzRoundTrip(f *testing.F) {
	for seed := range uint64(30) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		src := randomValue(rand.New(rand.NewPCG(seed, 1)), 4)
		rt := runtimetest.New(t)
		rt.Run(equal + `; var shared = { s: [1] }; shared.me = shared; var v = ` + src + `; equal(v, structuredClone(v))`).Want("true")
	})
}

func BenchmarkClone(b *testing.B) {
	for name, src := range map[string]string{"small": `({ id: 1, name: "x", tags: ["a", "b"] })`, "array1000": `Array.from({ length: 1000 }, (_, i) => i)`} {
		b.Run(name, func(b *testing.B) {
			rt := runtimetest.New(b)
			b.ReportAllocs()
			rt.Do(func(r *webidl.Realm) {
				v, err := r.VM.RunString(src)
				if err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					structuredclone.Serialize(r, v, structuredclone.Options{}).Deserialize(r)
				}
			})
		})
	}
}
