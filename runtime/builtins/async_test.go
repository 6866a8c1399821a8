package builtins_test

import (
	"runtime"
	"testing"
)

func TestFromAsync(t *testing.T) {
	const prelude = `
		const later = (v) => Promise.resolve(v);
		const asyncOf = (...list) => ({ [Symbol.asyncIterator]() { let i = 0; return {
			next: async () => i < list.length ? { value: list[i++], done: false } : { value: undefined, done: true },
			return: async () => { closed++; return {}; } }; } });
		let closed = 0;
		const syncOf = (...list) => ({ [Symbol.iterator]() { let i = 0; return {
			next: () => i < list.length ? { value: list[i++], done: false } : { value: undefined, done: true },
			return: () => { closed++; return {}; } }; } });
		const fails = (p) => p.then(() => "fine", (e) => (e.name ?? e) + closed);
	`
	for _, s := range []snippet{
		{`Array.fromAsync([1, later(2), 3])`, "[1,2,3]"},
		{`Array.fromAsync(asyncOf(1, 2))`, "[1,2]"},
		{`Array.fromAsync({ length: 2, 0: later("a"), 1: "b" })`, `["a","b"]`},
		{`Array.fromAsync([1, 2], async (x, i) => x * 10 + i)`, "[10,21]"},
		{`Array.fromAsync([1], function () { return this.k; }, { k: 5 })`, "[5]"},
		{`Array.fromAsync("añ")`, `["a","ñ"]`},
		{`Array.fromAsync(5)`, "[]"},
		{`Array.fromAsync(null)`, "rejects TypeError"},
		{`Array.fromAsync([1], 5)`, "rejects TypeError"},
		{`Array.fromAsync([Promise.reject(new RangeError)])`, "rejects RangeError"},
		{`fails(Array.fromAsync(syncOf(Promise.reject(new RangeError))))`, "RangeError1"},
		{`fails(Array.fromAsync(syncOf(1), () => { throw new RangeError; }))`, "RangeError1"},
		{`fails(Array.fromAsync(asyncOf(1), async () => { throw new RangeError; }))`, "RangeError1"},
		{`fails(Array.fromAsync({ [Symbol.asyncIterator]: () => ({ next: () => 1 }) }))`, "TypeError0"},
		{`class A extends Array {} Array.fromAsync.call(A, [1]).then((a) => a instanceof A && a.length)`, "1"},
		{`Array.fromAsync.call({}, [1]).then((a) => Array.isArray(a))`, "true"},
		{`let args; Array.fromAsync.call(function (...a) { args = a; }, { length: 2 }).then((o) => [args, o.length])`, "[[2],2]"},
		{`Array.fromAsync.call(function () { return Object.freeze({}); }, syncOf(1)).catch((e) => e.name + closed)`, "TypeError1"},
		{`Promise.prototype.then = null; const p = Array.fromAsync([1]); p`, "[1]"},
	} {
		t.Run("", func(t *testing.T) {
			if got := evaluate(t, prelude+s.source); got != s.want {
				t.Errorf("%s\n got %s\nwant %s", s.source, got, s.want)
			}
		})
	}
}

func TestSuppressedError(t *testing.T) {
	run(t, []snippet{
		{`const e = new SuppressedError(1, 2, "m"); [e.error, e.suppressed, e.message, e.name, String(e)]`, `[1,2,"m","SuppressedError","SuppressedError: m"]`},
		{`const e = SuppressedError(1, 2); [e instanceof SuppressedError, e instanceof Error, Object.hasOwn(e, "message"), Error.isError(e), typeof e.stack]`, `[true,true,false,true,"string"]`},
		{`class X extends SuppressedError {} const x = new X(1, 2); x instanceof X && x.error`, "1"},
		{`[Object.getPrototypeOf(SuppressedError) === Error, SuppressedError.prototype.constructor === SuppressedError, descriptor(SuppressedError, "prototype"), descriptor(new SuppressedError(1, 2), "error")]`, `[true,true,"---","w-c"]`},
		{`new SuppressedError(1, 2, { toString: () => "t" }).message`, "t"},
	})
}

func TestDisposableStack(t *testing.T) {
	run(t, []snippet{
		{`const log = [], s = new DisposableStack();
			s.use({ [Symbol.dispose]() { log.push("use"); } }); s.adopt(5, (v) => log.push(v)); s.defer(() => log.push("defer"));
			const before = s.disposed; s.dispose(); s.dispose(); [before, s.disposed, log]`, `[false,true,["defer",5,"use"]]`},
		{`const r = { [Symbol.dispose]() {} }, s = new DisposableStack(); [s.use(r) === r, s.use(null), s.adopt(1, () => {}), s.defer(() => {}) === undefined]`, "[true,null,1,true]"},
		{`let n = 0; const s = new DisposableStack(); s.defer(() => n++); const m = s.move(); const d = s.disposed; s.dispose(); const was = n; m.dispose(); [d, was, n, m instanceof DisposableStack]`, "[true,0,1,true]"},
		{`const s = new DisposableStack(); s.defer(() => { throw 1; }); s.defer(() => { throw 2; }); try { s.dispose(); } catch (e) { [e.name, e.error, e.suppressed]; }`, `["SuppressedError",1,2]`},
		{`const s = new DisposableStack(); s.defer(() => { throw new RangeError; }); s.dispose()`, "throws RangeError"},
		{`const s = new DisposableStack(); s.dispose(); s.defer(() => {})`, "throws ReferenceError"},
		{`new DisposableStack().use({})`, "throws TypeError"},
		{`new DisposableStack().use(1)`, "throws TypeError"},
		{`new DisposableStack().adopt(1, 2)`, "throws TypeError"},
		{`DisposableStack()`, "throws TypeError"},
		{`DisposableStack.prototype.dispose.call({})`, "throws TypeError"},
		{`DisposableStack.prototype.dispose.call(new AsyncDisposableStack())`, "throws TypeError"},
		{`DisposableStack.prototype.dispose.call(new Proxy(new DisposableStack(), {}))`, "throws TypeError"},
		{`const o = {}, s = new DisposableStack(); for (const k of Object.getOwnPropertySymbols(s)) o[k] = s[k]; DisposableStack.prototype.dispose.call(o)`, "throws TypeError"},
		{`[DisposableStack.prototype[Symbol.dispose] === DisposableStack.prototype.dispose, String(new DisposableStack()), Object.keys(new DisposableStack())]`, `[true,"[object DisposableStack]",[]]`},
		{`class S extends DisposableStack { #p = 3; get p() { return this.#p; } } const s = Object.freeze(new S()); let n = 0; s.defer(() => n++); s.dispose(); [s.p, n, s.disposed]`, "[3,1,true]"},
		{`const log = [], a = new AsyncDisposableStack(); a.use({ async [Symbol.asyncDispose]() { log.push("async"); } }); a.use({ [Symbol.dispose]() { log.push("sync"); } }); a.use(undefined); a.defer(() => Promise.resolve().then(() => log.push("later")));
			const p = a.disposeAsync(); log.push("returned"); p.then((v) => [v, a.disposed, log])`, `[null,true,["returned","later","sync","async"]]`},
		{`const a = new AsyncDisposableStack(); a.defer(() => { throw 1; }); a.defer(async () => { throw 2; }); a.disposeAsync().catch((e) => [e.name, e.error, e.suppressed])`, `["SuppressedError",1,2]`},
		{`AsyncDisposableStack.prototype.disposeAsync.call({})`, "rejects TypeError"},
		{`const a = new AsyncDisposableStack(); a.disposeAsync(); a.disposeAsync()`, "undefined"},
		{`new AsyncDisposableStack().use({})`, "throws TypeError"},
		{`AsyncDisposableStack.prototype[Symbol.asyncDispose] === AsyncDisposableStack.prototype.disposeAsync`, "true"},
	})
}

func TestWeakRef(t *testing.T) {
	run(t, []snippet{
		{`const o = {}; new WeakRef(o).deref() === o`, "true"},
		{`const s = Symbol(); new WeakRef(s).deref() === s`, "true"},
		{`new WeakRef(1)`, "throws TypeError"},
		{`WeakRef({})`, "throws TypeError"},
		{`WeakRef.prototype.deref.call({})`, "throws TypeError"},
		{`class W extends WeakRef { #x = 1; x() { return this.#x; } } const w = new W([]); [w.x(), w.deref(), String(w)]`, `[1,[],"[object WeakRef]"]`},
		{`const f = new FinalizationRegistry(() => {}), t = {}; f.register({}, 1, t); [f.unregister(t), f.unregister(t), f.register({}, 1), String(f)]`, `[true,false,null,"[object FinalizationRegistry]"]`},
		{`new FinalizationRegistry(1)`, "throws TypeError"},
		{`const o = {}; new FinalizationRegistry(() => {}).register(o, o)`, "throws TypeError"},
		{`new FinalizationRegistry(() => {}).register(1, 1)`, "throws TypeError"},
		{`new FinalizationRegistry(() => {}).register({}, 1, 2)`, "throws TypeError"},
		{`new FinalizationRegistry(() => {}).unregister(2)`, "throws TypeError"},
	})
}

func TestWeakRefIsWeak(t *testing.T) {
	rt := newRuntime(t)
	if _, err := rt.RunString(`const ref = new WeakRef({ big: 1 }); ref.deref(); 0`); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		runtime.GC()
		v, err := rt.RunString(`typeof ref.deref()`)
		if err != nil {
			t.Fatal(err)
		}
		if v.String() == "undefined" {
			return
		}
	}
	t.Error("the target of a WeakRef outlives its last reference")
}

func TestRuntimeIsCollected(t *testing.T) {
	done := make(chan struct{})
	func() {
		rt := newRuntime(t)
		if _, err := rt.RunString(`new DisposableStack(); [1].values().map(String).toArray(); 1`); err != nil {
			t.Fatal(err)
		}
		runtime.AddCleanup(rt, func(done chan struct{}) { close(done) }, done)
	}()
	for range 20 {
		runtime.GC()
		select {
		case <-done:
			return
		default:
		}
		runtime.Gosched()
	}
	t.Error("a runtime with these built-ins is never collected")
}
