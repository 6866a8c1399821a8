package webidl

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// Call is one call of a constructor, operation or accessor from script. Arguments lie on the VM's stack: keep values, never the
// slice, after the call.
type Call struct {
	*Realm
	This      goja.Value
	Args      []goja.Value
	NewTarget *goja.Object // the class that is being constructed, for constructors only
	Name      string       // "Headers.append", "new URL": begins the texts of errors
}

// Interface is the part of a class that does not depend on its Go type. Its fields are set while the process starts.
type Interface struct {
	Name   string
	Parent *Interface
	id     int
	static []engine.Member
	proto  []engine.Member
	length int
	// protoParent, where set, gives the prototype's prototype instead of Parent's.
	protoParent   func(*Realm) *goja.Object
	construct     func(c Call) any
	hidden        bool
	noConstructor bool // the prototype has no constructor property, as iterators' prototypes have none

	once          sync.Once
	protoTemplate *engine.Template
	ctorTemplate  *engine.Template
}

// Class is a Web IDL interface whose instances carry a Go value of type T, usually a pointer. Declare it as a package variable with
// NewClass, describe it in an init function, and list it in the package's API. Everything it describes is built in a
// runtime only when script touches it.
type Class[T any] struct {
	*Interface
	// Cast gives the T that a method of this class works on, from the value that an instance of it or of a subclass carries. Nil
	// means a type assertion.
	Cast func(any) (T, bool)
}

var interfaces atomic.Int32

// NewClass declares a class. Without Constructor, `new Name()` throws "Illegal constructor".
func NewClass[T any](name string) *Class[T] {
	return &Class[T]{Interface: &Interface{Name: name, id: int(interfaces.Add(1)) - 1}}
}

// Extends makes parent's members and instanceof hold for this class too. Parent's Cast must accept what this class's instances carry.
func (c *Class[T]) Extends(parent *Interface) *Class[T] { c.Parent = parent; return c }

// ExtendsBuiltin makes the prototype inherit from that of a class of ECMAScript, such as "Error". The class itself inherits from
// Function.prototype, as DOMException does.
func (c *Class[T]) ExtendsBuiltin(name string) *Class[T] {
	c.protoParent = func(r *Realm) *goja.Object { return r.Global(name).Get("prototype").(*goja.Object) }
	return c
}

// Hide keeps the class off the global object; its instances are as any other's.
func (c *Class[T]) Hide() *Class[T] { c.hidden = true; return c }

// Constructor sets what `new` does: it returns the value that the new object carries, or throws. A value with a method
// Bind(*Realm, *goja.Object) is told the object.
func (c *Class[T]) Constructor(length int, fn func(c Call) T) *Class[T] {
	c.length = length
	c.construct = func(call Call) any { return fn(call) }
	return c
}

// binder is implemented by values that want to know the object that carries them.
type binder interface{ Bind(*Realm, *goja.Object) }

// Method adds an operation. Length is the number of its required arguments: with fewer, script gets a TypeError.
func (c *Class[T]) Method(name string, length int, fn func(this T, c Call) goja.Value) *Class[T] {
	c.proto = append(c.proto, engine.Member{Name: name, Make: c.operation(name, length, fn)})
	return c
}

// SymbolMethod adds an operation under a symbol, not enumerable.
func (c *Class[T]) SymbolMethod(sym *goja.Symbol, name string, length int, fn func(this T, c Call) goja.Value) *Class[T] {
	make0 := c.operation(name, length, fn)
	c.proto = append(c.proto, engine.Member{Symbol: sym, Make: func(rt *goja.Runtime) goja.Value { return engine.Hidden(make0(rt)) }})
	return c
}

// Alias makes name (or sym, if not nil) the very function that the method called of is.
func (c *Class[T]) Alias(name string, sym *goja.Symbol, of string) *Class[T] {
	c.proto = append(c.proto, engine.Member{Name: name, Symbol: sym, Make: func(rt *goja.Runtime) goja.Value {
		fn := Of(rt).Proto(c.Interface).Get(of)
		if sym != nil {
			return engine.Hidden(fn)
		}
		return fn
	}})
	return c
}

func (c *Class[T]) operation(name string, length int, fn func(this T, c Call) goja.Value) engine.Factory {
	full := c.Name + "." + name
	return func(rt *goja.Runtime) goja.Value {
		r := Of(rt)
		return engine.NewFunction(rt, name, length, func(call goja.FunctionCall) goja.Value {
			this, ok := c.cast(call.This)
			if !ok {
				panic(r.illegalInvocation(full, c.Name))
			}
			if len(call.Arguments) < length {
				panic(r.tooFewArguments(full, length, len(call.Arguments)))
			}
			return fn(this, Call{Realm: r, This: call.This, Args: call.Arguments, Name: full})
		})
	}
}

// AsyncMethod adds an operation that returns a promise: what fn throws, and a wrong receiver too, rejects it
// (https://webidl.spec.whatwg.org/#es-operations). fn returns a promise, or a value to fulfil one with.
func (c *Class[T]) AsyncMethod(name string, length int, fn func(this T, c Call) goja.Value) *Class[T] {
	full := c.Name + "." + name
	c.proto = append(c.proto, engine.Member{Name: name, Make: func(rt *goja.Runtime) goja.Value {
		r := Of(rt)
		return engine.NewFunction(rt, name, length, func(call goja.FunctionCall) goja.Value {
			var v goja.Value
			ex := r.VM.Try(func() { // not Promised: a binding's call nests here, once for each hop
				this, ok := c.cast(call.This)
				if !ok {
					panic(r.illegalInvocation(full, c.Name))
				}
				if len(call.Arguments) < length {
					panic(r.tooFewArguments(full, length, len(call.Arguments)))
				}
				v = fn(this, Call{Realm: r, This: call.This, Args: call.Arguments, Name: full})
			})
			return r.outcome(v, ex)
		})
	}})
	return c
}

// Getter adds a read-only attribute.
func (c *Class[T]) Getter(name string, get func(this T, r *Realm) goja.Value) *Class[T] {
	return c.Attribute(name, get, nil)
}

// Attribute adds an attribute with a getter and, if set is not nil, a setter.
func (c *Class[T]) Attribute(name string, get func(this T, r *Realm) goja.Value, set func(this T, c Call, v goja.Value)) *Class[T] {
	full := c.Name + "." + name
	c.proto = append(c.proto, engine.Member{Name: name, Make: func(rt *goja.Runtime) goja.Value {
		r := Of(rt)
		getter := engine.NewFunction(rt, "get "+name, 0, func(call goja.FunctionCall) goja.Value {
			this, ok := c.cast(call.This)
			if !ok {
				panic(r.illegalInvocation(full, c.Name))
			}
			return get(this, r)
		})
		var setter *goja.Object
		if set != nil {
			setter = engine.NewFunction(rt, "set "+name, 1, func(call goja.FunctionCall) goja.Value {
				this, ok := c.cast(call.This)
				if !ok {
					panic(r.illegalInvocation(full, c.Name))
				}
				set(this, Call{Realm: r, This: call.This, Args: call.Arguments, Name: full}, call.Argument(0))
				return goja.Undefined()
			})
		}
		return engine.Accessor(getter, setter, true)
	}})
	return c
}

// Static adds a static operation.
func (c *Class[T]) Static(name string, length int, fn func(c Call) goja.Value) *Class[T] {
	c.static = append(c.static, Function(name, length, c.Name+"."+name, fn))
	return c
}

// Constant adds a constant to the class and its prototype.
func (c *Class[T]) Constant(name string, value any) *Class[T] {
	m := engine.Member{Name: name, Make: func(rt *goja.Runtime) goja.Value { return engine.Constant(rt.ToValue(value)) }}
	c.static = append(c.static, m)
	c.proto = append(c.proto, m)
	return c
}

// Member adds any property to the prototype.
func (c *Class[T]) Member(m engine.Member) *Class[T] { c.proto = append(c.proto, m); return c }

// New makes an object of this class that carries v, as the Web API itself returns one (no constructor runs).
func (c *Class[T]) New(r *Realm, v T) *goja.Object {
	obj := engine.NewObject(r.VM, r.Proto(c.Interface), v)
	if b, ok := any(v).(binder); ok {
		b.Bind(r, obj)
	}
	return obj
}

// From gives the T that v carries, if v is an instance of this class (a brand check: prototypes do not count).
func (c *Class[T]) From(v goja.Value) (T, bool) { return c.cast(v) }

func (c *Class[T]) cast(v goja.Value) (T, bool) {
	held := engine.Value(v)
	if c.Cast != nil && held != nil {
		return c.Cast(held)
	}
	t, ok := held.(T)
	return t, ok
}

// Function makes a member that is a plain function; full begins the texts of its errors.
func Function(name string, length int, full string, fn func(c Call) goja.Value) engine.Member {
	return engine.Member{Name: name, Make: func(rt *goja.Runtime) goja.Value {
		r := Of(rt)
		if r == nil {
			return goja.Undefined()
		}
		return engine.NewFunction(rt, name, length, func(call goja.FunctionCall) goja.Value {
			if len(call.Arguments) < length {
				panic(r.tooFewArguments(full, length, len(call.Arguments)))
			}
			return fn(Call{Realm: r, This: call.This, Args: call.Arguments, Name: full})
		})
	}}
}

// AsyncFunction is Function for an operation that returns a promise.
func AsyncFunction(name string, length int, full string, fn func(c Call) goja.Value) engine.Member {
	m := Function(name, 0, full, func(c Call) goja.Value {
		return c.Promised(func() goja.Value {
			if len(c.Args) < length {
				panic(c.tooFewArguments(full, length, len(c.Args)))
			}
			return fn(c)
		})
	})
	make0 := m.Make
	m.Make = func(rt *goja.Runtime) goja.Value {
		v := make0(rt)
		if obj, ok := v.(*goja.Object); ok && length > 0 {
			_ = obj.DefineDataProperty("length", rt.ToValue(length), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
		}
		return v
	}
	return m
}

func (r *Realm) illegalInvocation(full, class string) *goja.Object {
	return r.TypeError("Illegal invocation: %s called on a value that is no %s", full, class)
}

func (r *Realm) tooFewArguments(full string, want, got int) *goja.Object {
	s := "s"
	if want == 1 {
		s = ""
	}
	return r.TypeError("Failed to execute '%s': %d argument%s required, but only %d present.", full, want, s, got)
}

// Proto is the interface prototype object of i.
func (r *Realm) Proto(i *Interface) *goja.Object {
	if i.id < len(r.protos) {
		if p := r.protos[i.id]; p != nil {
			return p
		}
	}
	i.once.Do(i.build)
	return engine.NewTemplated(r.VM, i.protoTemplate, func(p *goja.Object) { r.protos = put(r.protos, i.id, p) })
}

// Class is the interface object (the constructor) of i.
func (r *Realm) Class(i *Interface) *goja.Object {
	if i.id < len(r.ctors) {
		if c := r.ctors[i.id]; c != nil {
			return c
		}
	}
	i.once.Do(i.build)
	name := "new " + i.Name
	return engine.NewClass(r.VM, i.ctorTemplate, func(goja.FunctionCall) goja.Value {
		panic(r.TypeError("Class constructor %s cannot be invoked without 'new'", i.Name))
	}, func(args []goja.Value, newTarget *goja.Object) *goja.Object {
		if i.construct == nil {
			panic(r.TypeError("Illegal constructor"))
		}
		if len(args) < i.length {
			panic(r.tooFewArguments(name, i.length, len(args)))
		}
		v := i.construct(Call{Realm: r, Args: args, NewTarget: newTarget, Name: name})
		obj := engine.NewObject(r.VM, r.protoFor(i, newTarget), v)
		if b, ok := v.(binder); ok {
			b.Bind(r, obj)
		}
		return obj
	}, func(c *goja.Object) { r.ctors = put(r.ctors, i.id, c) })
}

// protoFor is https://tc39.es/ecma262/#sec-getprototypefromconstructor.
func (r *Realm) protoFor(i *Interface, newTarget *goja.Object) *goja.Object {
	if newTarget == nil || i.id < len(r.ctors) && newTarget == r.ctors[i.id] {
		return r.Proto(i)
	}
	if p, ok := newTarget.Get("prototype").(*goja.Object); ok {
		return p
	}
	return r.Proto(i)
}

func put(list []*goja.Object, id int, o *goja.Object) []*goja.Object {
	if id >= len(list) {
		list = append(list, make([]*goja.Object, id+1-len(list))...)
	}
	list[id] = o
	return list
}

// build makes the templates, once a process.
func (i *Interface) build() {
	proto := append([]engine.Member{
		{Symbol: goja.SymToStringTag, Make: func(rt *goja.Runtime) goja.Value { return engine.ReadOnly(rt.ToValue(i.Name)) }},
	}, i.proto...)
	if !i.noConstructor {
		proto = append(proto, engine.Member{Name: "constructor", Make: func(rt *goja.Runtime) goja.Value { return engine.Hidden(Of(rt).Class(i)) }})
	}
	i.protoTemplate = engine.NewTemplate(proto, func(rt *goja.Runtime) *goja.Object {
		r := Of(rt)
		switch {
		case i.protoParent != nil:
			return i.protoParent(r)
		case i.Parent != nil:
			return r.Proto(i.Parent)
		}
		return engine.ObjectPrototype(rt)
	})
	static := append([]engine.Member{
		{Name: "length", Make: func(rt *goja.Runtime) goja.Value { return engine.ReadOnly(rt.ToValue(i.length)) }},
		{Name: "name", Make: func(rt *goja.Runtime) goja.Value { return engine.ReadOnly(rt.ToValue(i.Name)) }},
		{Name: "prototype", Make: func(rt *goja.Runtime) goja.Value { return engine.Fixed(Of(rt).Proto(i)) }},
	}, i.static...)
	i.ctorTemplate = engine.NewTemplate(static, func(rt *goja.Runtime) *goja.Object {
		if i.Parent != nil {
			return Of(rt).Class(i.Parent)
		}
		return engine.FunctionPrototype(rt)
	})
}

func (i *Interface) String() string { return fmt.Sprintf("interface %s", i.Name) }

// iface lets an API list classes of any T.
func (i *Interface) iface() *Interface { return i }
