package builtins_test

import (
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/builtins"
)

// Scripts that have changed what built-ins stand on get the same results.
func TestHardened(t *testing.T) {
	const vandal = `
		Object.defineProperty(Array.prototype, "0", { set() { throw new Error("setter"); }, configurable: true });
		for (const k of ["a", "stack", "promise", "data"]) Object.defineProperty(Object.prototype, k, { set() { throw new Error("setter"); }, configurable: true });
		Array.prototype[Symbol.iterator] = Array.prototype.push = Array.prototype.map = () => { throw new Error("array"); };
		Object.keys = Reflect.ownKeys = Reflect.get = Reflect.apply = Function.prototype.call = Function.prototype.apply = () => { throw new Error("reflect"); };
		Promise.prototype.then = Promise.resolve = () => { throw new Error("promise"); };
		Map.prototype.get = Map.prototype.set = Map.prototype.has = () => { throw new Error("map"); };
		globalThis.Promise = globalThis.Map = globalThis.Error = globalThis.TypeError = null;
	`
	for _, s := range []snippet{
		{`JSON.stringify(JSON.parse('{"a":[1,{"value":2}]}'))`, `{"a":[1,{"value":2}]}`},
		{`JSON.stringify({ "\ufffd": 1 })`, "{\"\ufffd\":1}"},
		{`const it = { __proto__: I.prototype, i: 0, next() { return { value: this.i, __proto__: null, done: this.i++ > 2 }; } }; J(it.map((x) => x * 2).toArray())`, "[0,2,4]"},
		{`J(groupBy({ [Symbol.iterator]: () => ({ i: 0, next() { return { __proto__: null, done: this.i++ > 1 }; } }) }, () => "a").a.length)`, "2"},
		{`fromAsync({ length: 1, 0: 7 })`, "[7]"},
		{`const s = new DisposableStack(); let n = 0; s.defer(() => n++); s.dispose(); n`, "1"},
		{`new AsyncDisposableStack().disposeAsync()`, "undefined"},
		{`const o = {}; capture(o); typeof o.stack`, "string"},
		{`const r = new WeakRef(J); r.deref() === J`, "true"},
		{`(1234.5).toLocaleString("en-US", { style: "percent" })`, "123,450%"},
	} {
		t.Run("", func(t *testing.T) {
			rt := newRuntime(t)
			if _, err := rt.RunString(`const I = Iterator, J = JSON.stringify, { groupBy } = Object, { fromAsync } = Array, capture = Error.captureStackTrace;`); err != nil {
				t.Fatal(err)
			}
			_, err := rt.RunString(vandal)
			if err != nil {
				t.Fatal(err)
			}
			got := evaluateIn(t, rt, s.source)
			if got != s.want {
				t.Errorf("%s\n got %s\nwant %s", s.source, got, s.want)
			}
		})
	}
}

func TestHugeJSONIsRefused(t *testing.T) {
	builtins.SetMaxJSONLength(t, 1<<16)
	if got := evaluateIn(t, newRuntime(t), `const a = []; a.length = 2 ** 32 - 1; JSON.stringify(a)`); got != "throws RangeError" {
		t.Error(got)
	}
}

// One whose commas alone are too many is refused before any element is asked for.
func TestJSONOfTooManyIsRefusedAtOnce(t *testing.T) {
	const source = `let asked = 0; const a = new Proxy([], { get(t, k) { if (k === "length") return 2 ** 32 - 1; if (typeof k === "string" && k !== "toJSON") asked++; return t[k]; } });
		try { JSON.stringify(a); } catch (e) { e.name + asked; }`
	if got := evaluateIn(t, newRuntime(t), source); got != "RangeError0" {
		t.Error(got)
	}
}

func BenchmarkInstall(b *testing.B) {
	b.Run("eager", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			builtins.Install(goja.New())
		}
	})
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			goja.New()
		}
	})
	b.Run("list", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			builtins.Properties()
		}
	})
}

func BenchmarkBuiltins(b *testing.B) {
	for _, c := range []struct{ name, source string }{
		{"iterator helpers of 100", `() => list.values().filter((x) => x % 2).map((x) => x + 1).toArray()`},
		{"array methods of 100", `() => list.filter((x) => x % 2).map((x) => x + 1)`},
		{"groupBy of 100", `() => Object.groupBy(list, (x) => x % 2)`},
		{"withResolvers", `() => Promise.withResolvers()`},
		{"DisposableStack", `() => { const s = new DisposableStack(); s.defer(() => {}); s.dispose(); }`},
		{"WeakRef", `() => new WeakRef(list).deref()`},
		{"Number toLocaleString", `() => (1234.5).toLocaleString("en-US")`},
		{"Date toLocaleString", `() => day.toLocaleString("en-US", { timeZone: "America/New_York" })`},
		{"RegExp", `() => new RegExp("abc", "g")`},
	} {
		b.Run(c.name, func(b *testing.B) {
			rt := newRuntime(b)
			v, err := rt.RunString(`const day = new Date(0), list = Array.from({ length: 100 }, (_, i) => i); (` + c.source + `)`)
			if err != nil {
				b.Fatal(err)
			}
			f, _ := goja.AssertFunction(v)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f(goja.Undefined()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
