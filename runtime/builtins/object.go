package builtins

import (
	"github.com/dop251/goja"
)

// objectProperties are the accessors of Annex B, https://tc39.es/ecma262/#sec-object.prototype.__defineGetter__.
func objectProperties() []Property {
	const on = "Object.prototype"
	return []Property{
		method(on, "__defineGetter__", 2, defineAccessor("__defineGetter__", false)),
		method(on, "__defineSetter__", 2, defineAccessor("__defineSetter__", true)),
		method(on, "__lookupGetter__", 1, lookupAccessor("get")),
		method(on, "__lookupSetter__", 1, lookupAccessor("set")),
	}
}

func thisObject(rt *goja.Runtime, call goja.FunctionCall) *goja.Object {
	if isNullish(call.This) {
		panic(rt.NewTypeError("Cannot convert undefined or null to object"))
	}
	return call.This.ToObject(rt)
}

func defineAccessor(name string, setter bool) func(rt *goja.Runtime) native {
	return func(rt *goja.Runtime) native {
		return func(call goja.FunctionCall) goja.Value {
			o := thisObject(rt, call)
			f := call.Argument(1)
			if _, ok := goja.AssertFunction(f); !ok {
				panic(rt.NewTypeError("Object.prototype.%s: Expecting function", name))
			}
			var get, set goja.Value
			if setter {
				set = f
			} else {
				get = f
			}
			key := toPropertyKey(rt, call.Argument(0))
			if key.symbol != nil {
				must(o.DefineAccessorPropertySymbol(key.symbol, get, set, yes, yes))
			} else {
				must(o.DefineAccessorProperty(key.text, get, set, yes, yes))
			}
			return goja.Undefined()
		}
	}
}

func lookupAccessor(field string) func(rt *goja.Runtime) native {
	return func(rt *goja.Runtime) native {
		own := intrinsic(rt, "Object", "getOwnPropertyDescriptor")
		return func(call goja.FunctionCall) goja.Value {
			key := toPropertyKey(rt, call.Argument(0)).value()
			for o := thisObject(rt, call); o != nil; o = o.Prototype() {
				if d, ok := invoke(own, goja.Undefined(), o, key).(*goja.Object); ok {
					return getOr(d, field)
				}
			}
			return goja.Undefined()
		}
	}
}
