package builtins

import (
	"github.com/dop251/goja"
)

func promiseProperties() []Property {
	return []Property{
		method("Promise", "withResolvers", 0, promiseWithResolvers),
		method("Promise", "try", 1, promiseTry),
	}
}

// capability is a PromiseCapability record.
type capability struct {
	promise         *goja.Object
	resolve, reject goja.Value
}

// newCapability is NewPromiseCapability(c), https://tc39.es/ecma262/#sec-newpromisecapability.
func newCapability(rt *goja.Runtime, c goja.Value) capability {
	construct, ok := goja.AssertConstructor(c)
	if !ok {
		panic(rt.NewTypeError("%s is not a constructor", describe(c, "receiver")))
	}
	var pc capability
	executor := newFunction(rt, "", 2, func(call goja.FunctionCall) goja.Value {
		if !isUndefined(pc.resolve) || !isUndefined(pc.reject) {
			panic(rt.NewTypeError("Promise executor has already been invoked with non-undefined arguments"))
		}
		pc.resolve, pc.reject = call.Argument(0), call.Argument(1)
		return goja.Undefined()
	})
	promise, err := construct(nil, executor)
	must(err)
	callable(rt, pc.resolve, "Promise resolve function")
	callable(rt, pc.reject, "Promise reject function")
	pc.promise = promise
	return pc
}

func isUndefined(v goja.Value) bool { return v == nil || goja.IsUndefined(v) }

// settle calls one of the capability's functions.
func settle(f, v goja.Value) {
	call, _ := goja.AssertFunction(f)
	invoke(call, goja.Undefined(), v)
}

func promiseWithResolvers(rt *goja.Runtime) native {
	return func(call goja.FunctionCall) goja.Value {
		pc := newCapability(rt, call.This)
		o := rt.NewObject()
		must(o.DefineDataProperty("promise", pc.promise, yes, yes, yes))
		must(o.DefineDataProperty("resolve", pc.resolve, yes, yes, yes))
		must(o.DefineDataProperty("reject", pc.reject, yes, yes, yes))
		return o
	}
}

func promiseTry(rt *goja.Runtime) native {
	return func(call goja.FunctionCall) goja.Value {
		if _, ok := call.This.(*goja.Object); !ok {
			panic(rt.NewTypeError("Promise.try called on non-object"))
		}
		pc := newCapability(rt, call.This)
		var result goja.Value
		thrown := rt.Try(func() {
			f := callable(rt, call.Argument(0), "callback")
			result = invoke(f, goja.Undefined(), arguments(call, 1)...)
		})
		if thrown != nil {
			settle(pc.reject, thrown.Value())
		} else {
			settle(pc.resolve, result)
		}
		return pc.promise
	}
}
