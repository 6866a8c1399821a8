package engine

import (
	"fmt"

	"github.com/dop251/goja"
)

// trial uses every trick once on a real runtime and compares, so that a layout that only looks right is not trusted.
func (l *layout) trial(rt *goja.Runtime) (err error) {
	defer func() {
		native = nil
		if x := recover(); x != nil {
			err = fmt.Errorf("try goja's inside: %v", x)
		}
	}()
	native = l
	proto := NewTemplate([]Member{
		{Name: "m", Make: func(rt *goja.Runtime) goja.Value {
			return NewFunction(rt, "m", 1, func(c goja.FunctionCall) goja.Value { return rt.ToValue(Value(c.This) == "host") })
		}},
		{Name: "a", Make: func(rt *goja.Runtime) goja.Value {
			return Accessor(NewFunction(rt, "get a", 0, func(goja.FunctionCall) goja.Value { return rt.ToValue(7) }), nil, true)
		}},
		{Symbol: goja.SymToStringTag, Make: func(rt *goja.Runtime) goja.Value { return ReadOnly(rt.ToValue("Host")) }},
	}, ObjectPrototype)
	ignore := func(*goja.Object) {}
	p := NewTemplated(rt, proto, ignore)
	class := NewTemplate([]Member{
		{Name: "name", Make: func(rt *goja.Runtime) goja.Value { return ReadOnly(rt.ToValue("Host")) }},
		{Name: "prototype", Make: func(*goja.Runtime) goja.Value { return Fixed(p) }},
	}, FunctionPrototype)
	must(rt.Set("Host", NewClass(rt, class, func(goja.FunctionCall) goja.Value { return nil }, func(_ []goja.Value, newTarget *goja.Object) *goja.Object {
		return NewObject(rt, newTarget.Get("prototype").(*goja.Object), "host")
	}, ignore)))
	must(rt.Set("settled", rt.ToValue(Resolved(rt, rt.ToValue(42)))))
	v, err := rt.RunString(`
		class Sub extends Host { #p = 3; read() { return this.#p } }
		const s = new Sub(), h = new Host();
		let got = 0;
		settled.then(v => { got = v });
		globalThis.result = () => got;
		[s.read(), s.m(), h.m(), h.a, String(h), Host.name, h.m.name, h.m.length, Object.getOwnPropertyNames(Host.prototype).join(),
			h instanceof Host, Object.isFrozen(Object.freeze(h)), Reflect.ownKeys(h).length, h.m.call({}) ].join()`)
	if err != nil {
		return err
	}
	const want = "3,true,true,7,[object Host],Host,m,1,m,a,true,true,0,false"
	if v.String() != want {
		return fmt.Errorf("objects: got %s, want %s", v, want)
	}
	return l.trialPromise(rt)
}

func (l *layout) trialPromise(rt *goja.Runtime) error {
	p, resolve, _ := rt.NewPromise()
	got := int64(0)
	Then(rt, p, func(v goja.Value) { got = v.ToInteger() }, func(goja.Value) { got = -1 })
	must(resolve(5))
	ran := false
	Enqueue(rt, func() { ran = true })
	v, err := rt.RunString(`result()`)
	if err != nil {
		return err
	}
	if v.ToInteger() != 42 || got != 5 || !ran {
		return fmt.Errorf("promises: got %v, %d and %v", v, got, ran)
	}
	return l.trialCalls(rt)
}

// trialCalls calls each kind of async function, of one end each.
func (l *layout) trialCalls(rt *goja.Runtime) error {
	const source = `
		const over = Promise.resolve(1), outer = 10;
		class Host2 { #n = 5; async read(a, b = 3, { c } = { c: 4 }) { await over; return [this.#n, a, b, c, arguments.length, outer].join() } }
		const host2 = new Host2();
		({
			method: { this: host2, fn: host2.read, want: "5,x,y,4,2,10" },
			plain: { fn: async function (...all) { let n = 0; for (const x of all) { try { await Promise.reject(x) } catch (e) { n += e.length } } return n }, want: "2" },
			arrow: { fn: async (a) => { const m = new Map([[a, outer]]); return m.get(await a) }, want: "10" },
			none: { fn: async () => {}, want: "undefined" },
			promise: { fn: async () => over, want: "1" },
			thenable: { fn: async () => ({ then(f) { f("t") } }), want: "t" },
			early: { fn: async (a) => { throw a }, want: "x", rejects: true },
			late: { fn: async (a) => { await over; throw a }, want: "x", rejects: true },
			getter: { fn: async (a) => ({ get then() { throw a } }), want: "x", rejects: true },
			never: { fn: async () => { await new Promise(() => {}) }, pending: true },
			sync: { fn(a) { return a }, want: "x", value: true },
		})`
	v, err := rt.RunString(source)
	if err != nil {
		return err
	}
	all := v.(*goja.Object)
	for _, name := range all.Keys() {
		row := all.Get(name).(*goja.Object)
		fn := NewFunctionOf(rt, row.Get("fn").(*goja.Object))
		if async := fn.kind != nil; async == (row.Get("value") != nil) {
			return fmt.Errorf("call %s: taken for another kind of function", name)
		}
		for range 2 { // of a used stack too
			var got goja.Value
			enter, _ := goja.AssertFunction(NewFunction(rt, "", 0, func(goja.FunctionCall) goja.Value {
				got = fn.Call(row.Get("this"), rt.ToValue("x"), rt.ToValue("y"))
				return nil
			}))
			if _, err := enter(goja.Undefined()); err != nil {
				return fmt.Errorf("call %s: %w", name, err)
			}
			state := goja.PromiseStatePending
			if p := PromiseOf(got); p != nil {
				state, got = p.State(), p.Result()
			}
			want := goja.PromiseStateFulfilled
			switch {
			case row.Get("rejects") != nil:
				want = goja.PromiseStateRejected
			case row.Get("pending") != nil || row.Get("value") != nil:
				want = goja.PromiseStatePending
			}
			if state != want || row.Get("want") != nil && got.String() != row.Get("want").String() {
				return fmt.Errorf("call %s: got state %d and %v", name, state, got)
			}
		}
	}
	return nil
}
