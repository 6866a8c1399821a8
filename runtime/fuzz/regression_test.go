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
