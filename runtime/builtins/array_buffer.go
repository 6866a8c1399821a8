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
		// Buffers never are resizable here; these say so.
		getter(on, "resizable", func(rt *goja.Runtime) native {
			return func(call goja.FunctionCall) goja.Value {
				thisBuffer(rt, call, "resizable")
				return rt.ToValue(false)
			}
		}),
		getter(on, "maxByteLength", func(rt *goja.Runtime) native {
			return func(call goja.FunctionCall) goja.Value {
				return rt.ToValue(len(thisBuffer(rt, call, "maxByteLength").Bytes()))
			}
		}),
		method("DataView.prototype", "getFloat16", 1, getFloat16),
		method("DataView.prototype", "setFloat16", 2, setFloat16),
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

// getFloat16 is https://tc39.es/ecma262/#sec-dataview.prototype.getfloat16.
func getFloat16(rt *goja.Runtime) native {
	get := intrinsic(rt, "DataView.prototype", "getUint16")
	return func(call goja.FunctionCall) goja.Value {
		return rt.ToValue(fromFloat16(uint16(invoke(get, call.This, call.Argument(0), call.Argument(1)).ToInteger())))
	}
}

// setFloat16 is https://tc39.es/ecma262/#sec-dataview.prototype.setfloat16.
func setFloat16(rt *goja.Runtime) native {
	set := intrinsic(rt, "DataView.prototype", "setUint16")
	return func(call goja.FunctionCall) goja.Value {
		bits := toFloat16(call.Argument(1).ToNumber().ToFloat())
		return invoke(set, call.This, call.Argument(0), rt.ToValue(bits), call.Argument(2))
	}
}
