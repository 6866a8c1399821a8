package builtins

import (
	"github.com/dop251/goja"
)

func mapProperties() []Property {
	var list []Property
	for _, class := range []string{"Map", "WeakMap"} {
		on := class + ".prototype"
		list = append(
			list,
			method(on, "getOrInsert", 2, func(rt *goja.Runtime) native { return getOrInsert(rt, on) }),
			method(on, "getOrInsertComputed", 2, func(rt *goja.Runtime) native { return getOrInsertComputed(rt, on) }),
		)
	}
	return list
}

// mapMethods are the methods of goja's own Map or WeakMap.
type mapMethods struct {
	get, has, set goja.Callable
	weak          bool
}

func methodsOf(rt *goja.Runtime, on string) mapMethods {
	return mapMethods{intrinsic(rt, on, "get"), intrinsic(rt, on, "has"), intrinsic(rt, on, "set"), on == "WeakMap.prototype"}
}

// find gives the value that is there. It checks the brand of the map before all else, as has does.
func (m mapMethods) find(rt *goja.Runtime, this, key goja.Value) (goja.Value, bool) {
	if invoke(m.has, this, key).ToBoolean() {
		return invoke(m.get, this, key), true
	}
	if _, ok := key.(*goja.Object); m.weak && !ok {
		panic(rt.NewTypeError("Invalid value used as weak map key"))
	}
	return nil, false
}

func getOrInsert(rt *goja.Runtime, on string) native {
	m := methodsOf(rt, on)
	return func(call goja.FunctionCall) goja.Value {
		if v, ok := m.find(rt, call.This, call.Argument(0)); ok {
			return v
		}
		invoke(m.set, call.This, call.Argument(0), call.Argument(1))
		return call.Argument(1)
	}
}

func getOrInsertComputed(rt *goja.Runtime, on string) native {
	m := methodsOf(rt, on)
	return func(call goja.FunctionCall) goja.Value {
		key := call.Argument(0)
		invoke(m.has, call.This, key) // the brand check comes before that of the callback
		if _, ok := key.(*goja.Object); m.weak && !ok {
			panic(rt.NewTypeError("Invalid value used as weak map key"))
		}
		callback := callable(rt, call.Argument(1), "callback")
		if v, ok := m.find(rt, call.This, key); ok {
			return v
		}
		if goja.IsNumber(key) && key.ToFloat() == 0 {
			key = rt.ToValue(0) // CanonicalizeKeyedCollectionKey: minus zero is zero
		}
		v := invoke(callback, goja.Undefined(), key)
		invoke(m.set, call.This, key, v)
		return v
	}
}
