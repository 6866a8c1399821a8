package builtins

import "github.com/dop251/goja"

// typedArrayClasses lead to %TypedArray%, which has no name of its own: each is the prototype's heir, and whichever script reads
// first repairs it.
var typedArrayClasses = []string{
	"Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
	"Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array",
}

func typedArrayProperties() []Property {
	var all []Property
	for _, class := range typedArrayClasses {
		all = append(all, wrap(method(class+".__proto__", "from", 1, nil), typedArrayFrom))
	}
	return all
}

// typedArrayFrom is %TypedArray%.from, https://tc39.es/ecma262/#sec-%typedarray%.from. goja's own refuses strings and other
// primitives, which are iterated or looked at as array-likes.
func typedArrayFrom(rt *goja.Runtime, replaced goja.Value) goja.Value {
	s := stateOf(rt)
	if s.typedArrayFrom != nil {
		return s.typedArrayFrom
	}
	own := callable(rt, replaced, "from")
	s.typedArrayFrom = newFunction(rt, "from", 1, func(call goja.FunctionCall) goja.Value {
		source := call.Argument(0)
		if _, ok := source.(*goja.Object); ok || goja.IsUndefined(source) || goja.IsNull(source) {
			return invoke(own, call.This, call.Arguments...)
		}
		args := append([]goja.Value(nil), call.Arguments...)
		args[0] = source.ToObject(s.rt)
		return invoke(own, call.This, args...)
	})
	return s.typedArrayFrom
}
