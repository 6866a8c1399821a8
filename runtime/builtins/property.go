package builtins

import (
	"fmt"
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// Kind tells what a Property is.
type Kind uint8

// The kinds of properties.
const (
	// Method is a function that is no constructor.
	Method Kind = iota
	// Getter is an accessor: Make gives the getter, MakeSetter (if any) the setter.
	Getter
	// Data is a value that is neither method nor constructor.
	Data
	// Constructor is a class, complete with its prototype and static members.
	Constructor
)

// Property is one built-in that goja lacks or gets wrong.
type Property struct {
	// On names the object that holds the property: "" is the global object, "Promise.prototype" a path from it,
	// "%IteratorPrototype%" the prototype of all built-in iterators.
	On string
	// Name is the key, unless Symbol is set.
	Name string
	// Symbol is the key of properties keyed by a symbol, else nil.
	Symbol *goja.Symbol
	Kind   Kind
	// Length is the length property of a Method or Constructor.
	Length int
	// Make builds the function, getter or value for one runtime. It is called on the goroutine that owns rt, at the
	// first touch, and once at most. It throws (panics with) what a native function would throw.
	Make func(rt *goja.Runtime) goja.Value
	// Wrap, where it isn't nil, must be called instead of Make by whoever installs lazily: it gets goja's own value, which
	// Make would look up where it was replaced already.
	Wrap func(rt *goja.Runtime, own goja.Value) goja.Value
	// MakeSetter builds the setter of a Getter; nil where there is none.
	MakeSetter func(rt *goja.Runtime) goja.Value
	// Replace says that goja has one already and this replaces it.
	Replace bool

	Writable, Enumerable, Configurable bool
}

// Key is how the property is written in messages: "Promise.try", "Symbol.prototype[Symbol.dispose]".
func (p *Property) Key() string {
	name := p.Name
	if p.Symbol != nil {
		name = "[" + p.Symbol.String() + "]"
		return p.On + name
	}
	if p.On == "" {
		return name
	}
	return p.On + "." + name
}

// native is the body of a native function.
type native = func(goja.FunctionCall) goja.Value

// method describes a method whose body is made by bind, which runs at first touch and may look intrinsics up.
func method(on, name string, length int, bind func(rt *goja.Runtime) native) Property {
	return Property{
		On: on, Name: name, Kind: Method, Length: length, Writable: true, Configurable: true,
		Make: func(rt *goja.Runtime) goja.Value { return newFunction(rt, name, length, bind(rt)) },
	}
}

// replace is method for what goja has already.
func replace(on, name string, length int, bind func(rt *goja.Runtime) native) Property {
	p := method(on, name, length, bind)
	p.Replace = true
	return p
}

// wrap describes a replacement that needs goja's own.
func wrap(p Property, build func(rt *goja.Runtime, own goja.Value) goja.Value) Property {
	p.Replace = true
	p.Wrap = build
	p.Make = func(rt *goja.Runtime) goja.Value { return build(rt, resolve(rt, p.On).Get(p.Name)) }
	return p
}

// getter describes an accessor without a setter.
func getter(on, name string, bind func(rt *goja.Runtime) native) Property {
	return Property{
		On: on, Name: name, Kind: Getter, Configurable: true,
		Make: func(rt *goja.Runtime) goja.Value { return newFunction(rt, "get "+name, 0, bind(rt)) },
	}
}

// constructor describes a class on the global object.
func constructor(name string, length int, build func(rt *goja.Runtime) *goja.Object) Property {
	return Property{
		Name: name, Kind: Constructor, Length: length, Writable: true, Configurable: true,
		Make: func(rt *goja.Runtime) goja.Value { return build(rt) },
	}
}

// Properties lists every built-in of this package, constructors before what is on them. The caller may change the
// slice.
func Properties() []Property {
	var all []Property
	for _, part := range [][]Property{
		symbolProperties(),
		promiseProperties(),
		groupProperties(),
		iteratorProperties(),
		jsonProperties(),
		arrayBufferProperties(),
		stringProperties(),
		regExpProperties(),
		errorProperties(),
		weakProperties(),
		disposableProperties(),
		arrayProperties(),
		typedArrayProperties(),
		mathProperties(),
		mapProperties(),
		objectProperties(),
		legacyProperties(),
		localeProperties(),
	} {
		all = append(all, part...)
	}
	return all
}

// Install defines all built-ins on rt now. It is meant for a runtime in which no script has run yet. It panics if the
// runtime lacks one of the objects that the built-ins go on, which only a runtime that script has changed does.
func Install(rt *goja.Runtime) {
	for _, p := range Properties() {
		target := resolve(rt, p.On)
		if target == nil {
			panic(fmt.Sprintf("install %s: this runtime has no %s", p.Key(), p.On))
		}
		define(rt, target, &p)
	}
}

// resolve finds the object that a Property is on, nil if there is none.
func resolve(rt *goja.Runtime, on string) *goja.Object {
	if on == "%IteratorPrototype%" {
		return stateOf(rt).iteratorPrototype()
	}
	global := rt.GlobalObject()
	if on == "" {
		return global
	}
	name, rest, _ := strings.Cut(on, ".")
	object, ok := engine.Intrinsic(rt, name).(*goja.Object)
	if !ok { // it is none of the engine's
		object, ok = global.Get(name).(*goja.Object)
	}
	for step := range strings.SplitSeq(rest, ".") {
		if ok && step != "" {
			object, ok = object.Get(step).(*goja.Object)
		}
	}
	if !ok {
		return nil
	}
	return object
}

func define(rt *goja.Runtime, target *goja.Object, p *Property) {
	flag := goja.ToFlag
	var err error
	switch {
	case p.Kind == Getter:
		var setter goja.Value
		if p.MakeSetter != nil {
			setter = p.MakeSetter(rt)
		}
		if p.Symbol != nil {
			err = target.DefineAccessorPropertySymbol(p.Symbol, p.Make(rt), setter, flag(p.Configurable), flag(p.Enumerable))
		} else {
			err = target.DefineAccessorProperty(p.Name, p.Make(rt), setter, flag(p.Configurable), flag(p.Enumerable))
		}
	case p.Symbol != nil:
		err = target.DefineDataPropertySymbol(p.Symbol, p.Make(rt), flag(p.Writable), flag(p.Configurable), flag(p.Enumerable))
	default:
		err = target.DefineDataProperty(p.Name, p.Make(rt), flag(p.Writable), flag(p.Configurable), flag(p.Enumerable))
	}
	if err != nil {
		panic(fmt.Sprintf("install %s: %v", p.Key(), err))
	}
}
