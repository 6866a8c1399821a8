package webidl

import "github.com/dop251/goja"

// primitive is https://tc39.es/ecma262/#sec-toprimitive for an object, with hint "string" or "number". It is what goja's conversions do, but
// for the text when there is no way: goja prints its own structure into that.
func (r *Realm) primitive(obj *goja.Object, hint string) goja.Value {
	if m := obj.GetSymbol(goja.SymToPrimitive); !IsNullish(m) {
		convert, ok := goja.AssertFunction(m)
		if !ok {
			panic(r.TypeError("Symbol(Symbol.toPrimitive) is not a function"))
		}
		if v := r.Invoke(convert, obj, r.Str(hint)); !isObject(v) {
			return v
		}
		panic(r.TypeError("Cannot convert object to primitive value"))
	}
	methods := [2]string{"toString", "valueOf"}
	if hint == "number" {
		methods = [2]string{"valueOf", "toString"}
	}
	for _, name := range methods {
		method, ok := goja.AssertFunction(obj.Get(name))
		if !ok {
			continue
		}
		if v := r.Invoke(method, obj); !isObject(v) {
			return v
		}
	}
	panic(r.TypeError("Cannot convert object to primitive value"))
}

func isObject(v goja.Value) bool {
	_, ok := v.(*goja.Object)
	return ok
}
