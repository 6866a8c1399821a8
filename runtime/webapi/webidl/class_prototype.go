package webidl

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// ExtendsObject makes the prototype inherit from an object that is no class's, such as %AsyncIteratorPrototype%, and leaves it without a
// constructor property, as the prototypes of iterators are.
func (c *Class[T]) ExtendsObject(parent func(*Realm) *goja.Object) *Class[T] {
	c.protoParent, c.noConstructor = parent, true
	return c
}

// AsyncGetter adds a read-only attribute whose type is a promise: a wrong receiver gives a rejected promise
// (https://webidl.spec.whatwg.org/#dfn-attribute-getter).
func (c *Class[T]) AsyncGetter(name string, get func(this T, r *Realm) goja.Value) *Class[T] {
	full := c.Name + "." + name
	return c.Member(engine.Member{Name: name, Make: func(rt *goja.Runtime) goja.Value {
		r := Of(rt)
		return engine.Accessor(engine.NewFunction(rt, "get "+name, 0, func(call goja.FunctionCall) goja.Value {
			return r.Promised(func() goja.Value {
				this, ok := c.cast(call.This)
				if !ok {
					panic(r.illegalInvocation(full, c.Name))
				}
				return get(this, r)
			})
		}), nil, true)
	}})
}
