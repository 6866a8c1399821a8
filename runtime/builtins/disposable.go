package builtins

import (
	"github.com/dop251/goja"
)

func disposableProperties() []Property {
	return []Property{
		constructor("SuppressedError", 3, func(rt *goja.Runtime) *goja.Object { return stateOf(rt).suppressedError() }),
		constructor("DisposableStack", 0, disposableStackClass),
		constructor("AsyncDisposableStack", 0, asyncDisposableStackClass),
	}
}

// suppressedError is %SuppressedError%, https://tc39.es/proposal-explicit-resource-management/#sec-suppressederror-objects.
func (s *state) suppressedError() *goja.Object {
	if s.suppressed != nil {
		return s.suppressed
	}
	rt := s.rt
	errorClass, construct := intrinsicClass(rt, "Error")
	prototype := rt.CreateObject(errorClass.Get("prototype").(*goja.Object))
	c := newCallableClass(rt, "SuppressedError", 3, prototype, func(call goja.ConstructorCall) *goja.Object {
		target := call.NewTarget
		if target == nil {
			target = s.suppressed
		}
		o, err := construct(target)
		must(err)
		if message := call.Argument(2); !goja.IsUndefined(message) {
			must(o.DefineDataProperty("message", toString(rt, message), yes, yes, no))
		}
		must(o.DefineDataProperty("error", call.Argument(0), yes, yes, no))
		must(o.DefineDataProperty("suppressed", call.Argument(1), yes, yes, no))
		return o
	})
	must(c.constructor.SetPrototype(errorClass))
	must(prototype.DefineDataProperty("constructor", c.constructor, yes, yes, no))
	must(prototype.DefineDataProperty("name", rt.ToValue("SuppressedError"), yes, yes, no))
	must(prototype.DefineDataProperty("message", rt.ToValue(""), yes, yes, no))
	s.suppressed = c.constructor
	return s.suppressed
}

// resource is a DisposableResource record. dispose nil stands for a null or undefined value, which an async stack still
// awaits.
type resource struct {
	dispose func() goja.Value
}

// disposables is a DisposeCapability with the state of its stack.
type disposables struct {
	s        *state
	name     string // of the class
	list     []resource
	disposed bool
	pending  goja.Value // the exception so far
}

func (d *disposables) live() {
	if d.disposed {
		panic(newError(d.s.rt, "ReferenceError", d.name+" already disposed"))
	}
}

// take gives the resources, last first, and leaves the stack disposed.
func (d *disposables) take() []resource {
	d.disposed = true
	list := d.list
	d.list = nil
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// failed notes that a disposer threw e.
func (d *disposables) failed(e goja.Value) {
	if d.pending == nil {
		d.pending = e
		return
	}
	construct, _ := goja.AssertConstructor(d.s.suppressedError())
	o, err := construct(nil, e, d.pending)
	must(err)
	d.pending = o
}

// finish throws what disposers threw.
func (d *disposables) finish() {
	if e := d.pending; e != nil {
		d.pending = nil
		panic(e)
	}
}

// stackMethods adds what both classes have: adopt, defer, move, use and disposed.
func stackMethods(s *state, c class, name string, method func(v goja.Value) func() goja.Value) {
	rt := s.rt
	of := func(call goja.FunctionCall, method string) *disposables {
		d := slots[*disposables](rt, call.This, name+".prototype."+method)
		if d.name != name {
			panic(rt.NewTypeError("Method %s.prototype.%s called on incompatible receiver %s", name, method, d.name))
		}
		return d
	}
	c.getter("disposed", func(call goja.FunctionCall) goja.Value { return rt.ToValue(of(call, "disposed").disposed) })
	c.method("use", 1, func(call goja.FunctionCall) goja.Value {
		d := of(call, "use")
		d.live()
		v := call.Argument(0)
		if !isNullish(v) {
			d.list = append(d.list, resource{method(v)})
		} else if name == asyncStackName {
			d.list = append(d.list, resource{})
		}
		return v
	})
	c.method("adopt", 2, func(call goja.FunctionCall) goja.Value {
		d := of(call, "adopt")
		d.live()
		v, f := call.Argument(0), callable(rt, call.Argument(1), "onDispose")
		d.list = append(d.list, resource{func() goja.Value { return invoke(f, goja.Undefined(), v) }})
		return v
	})
	c.method("defer", 1, func(call goja.FunctionCall) goja.Value {
		d := of(call, "defer")
		d.live()
		f := callable(rt, call.Argument(0), "onDispose")
		d.list = append(d.list, resource{func() goja.Value { return invoke(f, goja.Undefined()) }})
		return goja.Undefined()
	})
	c.method("move", 0, func(call goja.FunctionCall) goja.Value {
		d := of(call, "move")
		d.live()
		o := rt.CreateObject(c.prototype)
		attach(rt, o, &disposables{s: s, name: name, list: d.list})
		d.list, d.disposed = nil, true
		return o
	})
	c.tag(name)
}

// disposer is GetDisposeMethod for sync disposal: the method, looked up now, bound to v.
func disposer(rt *goja.Runtime, v goja.Value) func() goja.Value {
	if _, ok := v.(*goja.Object); !ok {
		panic(rt.NewTypeError("%s is not an object", v.String()))
	}
	f := getSymbolMethod(rt, v, SymDispose)
	if f == nil {
		panic(rt.NewTypeError("Property [Symbol.dispose] is not a function"))
	}
	return func() goja.Value { return invoke(f, v) }
}

// disposableStackClass is https://tc39.es/proposal-explicit-resource-management/#sec-disposablestack-objects.
func disposableStackClass(rt *goja.Runtime) *goja.Object {
	const name = "DisposableStack"
	s := stateOf(rt)
	c := newClass(rt, name, 0, func(call goja.ConstructorCall) {
		attach(rt, call.This, &disposables{s: s, name: name})
	})
	stackMethods(s, c, name, func(v goja.Value) func() goja.Value { return disposer(rt, v) })
	dispose := c.method("dispose", 0, func(call goja.FunctionCall) goja.Value {
		d := slots[*disposables](rt, call.This, name+".prototype.dispose")
		if d.name != name {
			panic(rt.NewTypeError("Method %s.prototype.dispose called on incompatible receiver %s", name, d.name))
		}
		for _, r := range d.take() {
			if thrown := rt.Try(func() { r.dispose() }); thrown != nil {
				d.failed(thrown.Value())
			}
		}
		d.finish()
		return goja.Undefined()
	})
	must(c.prototype.DefineDataPropertySymbol(SymDispose, dispose, yes, yes, no))
	return c.constructor
}

const asyncStackName = "AsyncDisposableStack"

// disposeAsyncSource is the loop of DisposeResources. See fromAsyncSource for why it is script.
var disposeAsyncSource = program(`async (start, more, dispose, failed, idle, finish) => {
	start();
	while (more()) {
		try { await dispose(); } catch (e) { failed(e); }
	}
	if (idle()) await undefined;
	finish();
}`)

// asyncDisposer is GetDisposeMethod for async disposal: Symbol.asyncDispose, else Symbol.dispose.
func asyncDisposer(rt *goja.Runtime, v goja.Value) func() goja.Value {
	if _, ok := v.(*goja.Object); !ok {
		panic(rt.NewTypeError("%s is not an object", v.String()))
	}
	if f := getSymbolMethod(rt, v, SymAsyncDispose); f != nil {
		return func() goja.Value { return invoke(f, v) }
	}
	dispose := disposer(rt, v)
	return func() goja.Value {
		dispose()
		return goja.Undefined() // a promise that it gives is not awaited
	}
}

// asyncDisposableStackClass is
// https://tc39.es/proposal-explicit-resource-management/#sec-asyncdisposablestack-objects.
func asyncDisposableStackClass(rt *goja.Runtime) *goja.Object {
	s := stateOf(rt)
	c := newClass(rt, asyncStackName, 0, func(call goja.ConstructorCall) {
		attach(rt, call.This, &disposables{s: s, name: asyncStackName})
	})
	stackMethods(s, c, asyncStackName, func(v goja.Value) func() goja.Value { return asyncDisposer(rt, v) })
	dispose := c.method("disposeAsync", 0, func(call goja.FunctionCall) goja.Value { return disposeAsync(s, call.This) })
	must(c.prototype.DefineDataPropertySymbol(SymAsyncDispose, dispose, yes, yes, no))
	return c.constructor
}

func disposeAsync(s *state, this goja.Value) goja.Value {
	rt := s.rt
	var (
		d              *disposables
		list           []resource
		current        resource
		needs, awaited bool
	)
	native := func(body func(goja.Value) goja.Value) goja.Value {
		return rt.ToValue(func(call goja.FunctionCall) goja.Value { return body(call.Argument(0)) })
	}
	return invoke(s.function(disposeAsyncSource), goja.Undefined(),
		native(func(goja.Value) goja.Value {
			d = slots[*disposables](rt, this, asyncStackName+".prototype.disposeAsync")
			if d.name != asyncStackName {
				panic(rt.NewTypeError("Method %s.prototype.disposeAsync called on incompatible receiver %s", asyncStackName, d.name))
			}
			list = d.take()
			return goja.Undefined()
		}),
		native(func(goja.Value) goja.Value {
			for len(list) > 0 {
				current, list = list[0], list[1:]
				if current.dispose != nil {
					return rt.ToValue(true)
				}
				needs = true
			}
			return rt.ToValue(false)
		}),
		native(func(goja.Value) goja.Value {
			v := current.dispose()
			awaited = true
			return v
		}),
		native(func(e goja.Value) goja.Value {
			d.failed(e)
			return goja.Undefined()
		}),
		native(func(goja.Value) goja.Value { return rt.ToValue(needs && !awaited) }),
		native(func(goja.Value) goja.Value {
			d.finish()
			return goja.Undefined()
		}))
}
