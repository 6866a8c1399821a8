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
	return nil
}
