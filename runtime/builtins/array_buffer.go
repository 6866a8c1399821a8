package builtins

import (
	"math"
	"reflect"

	"github.com/dop251/goja"
)

func arrayBufferProperties() []Property {
	const on = "ArrayBuffer.prototype"
	transfer := func(name string) Property {
		return method(on, name, 0, func(rt *goja.Runtime) native {
			return func(call goja.FunctionCall) goja.Value {
				return transferBuffer(rt, thisBuffer(rt, call, name), call.Argument(0))
			}
		})
	}
	return []Property{
		transfer("transfer"),
		transfer("transferToFixedLength"),
		getter(on, "detached", func(rt *goja.Runtime) native {
			return func(call goja.FunctionCall) goja.Value {
				return rt.ToValue(thisBuffer(rt, call, "detached").Detached())
			}
		}),
	}
}

var arrayBufferType = reflect.TypeFor[goja.ArrayBuffer]()

func thisBuffer(rt *goja.Runtime, call goja.FunctionCall, name string) goja.ArrayBuffer {
	if o, ok := call.This.(*goja.Object); ok && o.ExportType() == arrayBufferType {
		return o.Export().(goja.ArrayBuffer)
	}
	panic(rt.NewTypeError("Method ArrayBuffer.prototype.%s called on incompatible receiver %s", name, describe(call.This, "object")))
}

// maxBufferLength is where a new buffer is refused; V8 has a like bound, and the process lives on.
const maxBufferLength = 1<<31 - 1

// transferBuffer is ArrayBufferCopyAndDetach, https://tc39.es/ecma262/#sec-arraybuffercopyanddetach. The bytes move, no
// copy is made unless the buffer grows.
func transferBuffer(rt *goja.Runtime, from goja.ArrayBuffer, length goja.Value) goja.Value {
	n := len(from.Bytes())
	if !goja.IsUndefined(length) {
		n = toIndex(rt, length)
	}
	if from.Detached() {
		panic(rt.NewTypeError("Cannot perform ArrayBuffer.prototype.transfer on a detached ArrayBuffer"))
	}
	if n > maxBufferLength {
		throwRange(rt, "Array buffer allocation failed")
	}
	data := from.Bytes()
	from.Detach()
	if n <= len(data) {
		data = data[:n:n]
	} else {
		data = append(make([]byte, 0, n), data...)[:n]
	}
	return rt.ToValue(rt.NewArrayBuffer(data))
}

// toIndex is ToIndex.
func toIndex(rt *goja.Runtime, v goja.Value) int {
	f := v.ToNumber().ToFloat()
	if math.IsNaN(f) {
		return 0
	}
	f = math.Trunc(f)
	if f < 0 || f > 1<<53-1 {
		throwRange(rt, "Invalid array buffer length")
	}
	return int(f)
}
