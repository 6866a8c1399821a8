package fuzz_test

import (
	"testing"
	"time"

	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"

	"github.com/dop251/goja"
)

// regressions are faults that hostile calls have found and that no single package owns: each needs what an isolate has.
var regressions = []struct{ name, source, want string }{
	{"text of a detached typed array", `const a = new Uint8Array(8); a.buffer.transfer(); try { String(a); } catch (e) { e.name }`, "TypeError"},
	{"copy of a detached typed array", `const a = new Float64Array(8); a.buffer.transfer(); try { a.toSorted(); } catch (e) { e.name }`, "TypeError"},
	{"length of a stream that is a cyclic Map", `const m = new Map(); m.set(m, m); try { new FixedLengthStream(m); } catch (e) { e.name }`, "TypeError"},
	{"BigInt method on a cyclic Map", `const m = new Map(); m.set(m, m); try { BigInt.prototype.toLocaleString.call(m); } catch (e) { e.name }`, "TypeError"},
	{"cyclic Map for the slots of a built-in", `
		const m = new Map(), stack = new DisposableStack(); m.set(m, m);
		let n = 0;
		for (const key of Object.getOwnPropertySymbols(stack))
			try { DisposableStack.prototype.use.call({ [key]: m }, null); } catch (e) { n++ }
		n > 0`, "true"},
	{"cyclic Map for the slots of a Web API's object", `
		const m = new Map(); m.set(m, m);
		const lie = {};
		for (const key of Object.getOwnPropertySymbols(new Headers())) lie[key] = m;
		try { Headers.prototype.get.call(lie, "a"); } catch (e) { e.name }`, "TypeError"},
	{"an error that is its own message", `const e = new Error("x"); Object.defineProperty(e, "message", { get() { return e } }); console.log(e); reportError(e); "went on"`, "went on"},
	{"appends to the params of a URL", `const u = new URL("http://x/"), p = u.searchParams; for (let i = 0; i < 20000; i++) p.append("a", "b"); p.set("a", "c"); p.append("d", "e"); u.search + u.href`, "?a=c&d=ehttp://x/?a=c&d=e"},
	{"a Blob of too much", `const b = new Blob([new Uint8Array(1 << 20)]); try { new Blob(new Array(200).fill(b)); } catch (e) { e.name }`, "RangeError"},
	{"a BigInt of 10,000 digits in an error", `reportError(10n ** 10000n); console.log("x".repeat(1e7), new Map(Array.from({ length: 1e5 }, (_, i) => [i, i])), new Array(1e6)); 1`, "1"},
}

func TestRegressions(t *testing.T) {
	for _, c := range regressions {
		t.Run(c.name, func(t *testing.T) {
			r := newRealm(t)
			inv := invocation.New("test", invocation.Limits{})
			defer inv.Release()
			var v goja.Value
			r.enter(inv, time.Minute, func() {
				got, err := r.VM.RunString(c.source)
				if err != nil {
					t.Errorf("%s\nthrew %v", c.source, err)
				}
				v = got
			})
			r.drain(1000)
			if p := webidl.PromiseOf(v); p != nil {
				v = p.Result()
			}
			if v == nil || v.String() != c.want {
				t.Errorf("%s\ngave %v, want %s", c.source, v, c.want)
			}
		})
	}
}

// TestIteratorWithoutEnd has an iterator that is native code alone, which an interrupt must end all the same.
func TestIteratorWithoutEnd(t *testing.T) {
	r := newRealm(t)
	inv := invocation.New("test", invocation.Limits{})
	defer inv.Release()
	r.enter(inv, interruptAfter, func() {
		_, err := r.VM.RunString("new Blob({ [Symbol.iterator]: () => ({ next: Object }) })")
		if err == nil {
			t.Error("it ended")
		}
		panic(err)
	})
}
