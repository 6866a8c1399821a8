package builtins

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

const (
	yes = goja.FLAG_TRUE
	no  = goja.FLAG_FALSE
)

// must throws err, which came out of the VM, on into it.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// newFunction makes a native function with the given name and length, without a prototype and not constructible.
func newFunction(rt *goja.Runtime, name string, length int, body native) *goja.Object {
	f := rt.ToValue(body).(*goja.Object)
	must(f.DefineDataProperty("name", rt.ToValue(name), no, yes, no))
	must(f.DefineDataProperty("length", rt.ToValue(length), no, yes, no))
	return f
}

// class is what newClass builds on.
type class struct {
	rt          *goja.Runtime
	constructor *goja.Object
	prototype   *goja.Object
}

// classSource makes a class that can't be called without new, which a native constructor of goja's API can't tell from
// being constructed.
var classSource = program("(construct) => class { constructor(a, b, c) { construct(this, new.target, a, b, c); } }")

// newClass makes a class whose constructor throws when it is called without new. construct gets the new object, whose
// prototype is already that of new.target, and at most three arguments.
func newClass(rt *goja.Runtime, name string, length int, construct func(call goja.ConstructorCall)) class {
	build := rt.ToValue(func(call goja.FunctionCall) goja.Value {
		this, target := call.Arguments[0].(*goja.Object), call.Arguments[1].(*goja.Object)
		construct(goja.ConstructorCall{This: this, NewTarget: target, Arguments: call.Arguments[2:]})
		return goja.Undefined()
	})
	c := class{rt: rt, constructor: invoke(stateOf(rt).function(classSource), goja.Undefined(), build).(*goja.Object)}
	must(c.constructor.DefineDataProperty("name", rt.ToValue(name), no, yes, no))
	must(c.constructor.DefineDataProperty("length", rt.ToValue(length), no, yes, no))
	c.prototype = c.constructor.Get("prototype").(*goja.Object)
	return c
}

// newCallableClass makes a class that may be called without new. NewTarget is set only where a subclass or
// Reflect.construct asks for it. construct may return another object than that which it gets. prototype nil means a new
// ordinary object.
func newCallableClass(rt *goja.Runtime, name string, length int, prototype *goja.Object, construct func(call goja.ConstructorCall) *goja.Object) class {
	c := class{rt: rt, constructor: rt.ToValue(construct).(*goja.Object), prototype: prototype}
	must(c.constructor.DefineDataProperty("name", rt.ToValue(name), no, yes, no))
	must(c.constructor.DefineDataProperty("length", rt.ToValue(length), no, yes, no))
	if prototype == nil {
		c.prototype = c.constructor.Get("prototype").(*goja.Object)
	}
	must(c.constructor.DefineDataProperty("prototype", c.prototype, no, no, no))
	return c
}

// method adds a method to the prototype.
func (c class) method(name string, length int, body native) *goja.Object {
	return addMethod(c.rt, c.prototype, name, length, body)
}

// getter adds an accessor to the prototype.
func (c class) getter(name string, body native) {
	must(c.prototype.DefineAccessorProperty(name, newFunction(c.rt, "get "+name, 0, body), nil, yes, no))
}

// tag gives the prototype its Symbol.toStringTag.
func (c class) tag(name string) { addTag(c.rt, c.prototype, name) }

// Guard, where it is set, gives what stands for a method of a class of this package, which no template of goja's and no global leads to. The package
// that counts how deep native functions call each other sets it while the process starts.
var Guard func(rt *goja.Runtime, f goja.Value) goja.Value

// Poll, where it is set, ends script, by a panic as native functions throw, if somebody waits for its end. Built-ins that may take long
// call it now and then. Set as Guard is.
var Poll func(rt *goja.Runtime)

// pollEvery is the mask of a count at which Poll is called.
const pollEvery = 1<<12 - 1

func addMethod(rt *goja.Runtime, on *goja.Object, name string, length int, body native) *goja.Object {
	f := newFunction(rt, name, length, body)
	if Guard != nil {
		f = Guard(rt, f).(*goja.Object)
	}
	must(on.DefineDataProperty(name, f, yes, yes, no))
	return f
}

func addTag(rt *goja.Runtime, on *goja.Object, name string) {
	must(on.DefineDataPropertySymbol(goja.SymToStringTag, rt.ToValue(name), no, yes, no))
}

// invoke calls f and throws on what it throws.
func invoke(f goja.Callable, this goja.Value, args ...goja.Value) goja.Value {
	v, err := f(this, args...)
	must(err)
	return v
}

// callable gives the function in v or throws a TypeError that names what.
func callable(rt *goja.Runtime, v goja.Value, what string) goja.Callable {
	if f, ok := goja.AssertFunction(v); ok {
		return f
	}
	panic(rt.NewTypeError("%s is not a function", describe(v, what)))
}

// describe is how a value is shown in a message: strings and numbers themselves, objects as what they are for.
func describe(v goja.Value, what string) string {
	switch v.(type) {
	case nil:
		return "undefined"
	case *goja.Object:
		return what
	default:
		return v.String()
	}
}

// isNullish tells undefined and null (and what is absent) from all else.
func isNullish(v goja.Value) bool {
	return v == nil || goja.IsUndefined(v) || goja.IsNull(v)
}

// getMethod is GetMethod of ECMA-262 for a string key: nil for undefined and null, a TypeError for what can't be called.
func getMethod(rt *goja.Runtime, o *goja.Object, name string) goja.Callable {
	v := o.Get(name)
	if isNullish(v) {
		return nil
	}
	return callable(rt, v, name)
}

// getSymbolMethod is getMethod for a symbol key; v may be a primitive.
func getSymbolMethod(rt *goja.Runtime, v goja.Value, symbol *goja.Symbol) goja.Callable {
	m := v.ToObject(rt).GetSymbol(symbol)
	if isNullish(m) {
		return nil
	}
	return callable(rt, m, symbol.String())
}

// newError makes an error of a class of ECMAScript: goja's API makes only TypeErrors itself.
func newError(rt *goja.Runtime, name, message string) *goja.Object {
	_, construct := intrinsicClass(rt, name)
	o, err := construct(nil, rt.ToValue(message))
	must(err)
	return o
}

// intrinsicClass gives a class of ECMAScript, whatever script has put in the place of the global.
func intrinsicClass(rt *goja.Runtime, name string) (*goja.Object, goja.Constructor) {
	o, ok := engine.Intrinsic(rt, name).(*goja.Object)
	construct, isClass := goja.AssertConstructor(engine.Intrinsic(rt, name))
	if !ok || !isClass {
		panic(rt.NewTypeError("%s is not a constructor", name))
	}
	return o, construct
}

func throwRange(rt *goja.Runtime, message string) {
	panic(newError(rt, "RangeError", message))
}

// getOr is Get with undefined for what is absent.
func getOr(o *goja.Object, name string) goja.Value {
	if v := o.Get(name); v != nil {
		return v
	}
	return goja.Undefined()
}

// arguments copies the arguments, which are a view of the VM's stack, from index on.
func arguments(call goja.FunctionCall, from int) []goja.Value {
	if len(call.Arguments) <= from {
		return nil
	}
	return append([]goja.Value(nil), call.Arguments[from:]...)
}

// iterResult is CreateIterResultObject.
func iterResult(rt *goja.Runtime, value goja.Value, done bool) *goja.Object {
	o := rt.NewObject()
	must(o.DefineDataProperty("value", value, yes, yes, yes))
	must(o.DefineDataProperty("done", rt.ToValue(done), yes, yes, yes))
	return o
}
