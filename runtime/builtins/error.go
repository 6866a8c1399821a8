package builtins

import (
	"github.com/dop251/goja"
)

// defaultStackLimit is V8's Error.stackTraceLimit.
const defaultStackLimit = 10

func errorProperties() []Property {
	return []Property{
		{
			On: "Error", Name: "stackTraceLimit", Kind: Data, Writable: true, Enumerable: true, Configurable: true,
			Make: func(rt *goja.Runtime) goja.Value { return rt.ToValue(defaultStackLimit) },
		},
		method("Error", "captureStackTrace", 2, captureStackTrace),
	}
}

// captureStackTrace is V8's Error.captureStackTrace(target, constructorOpt): it gives target a stack property in the
// form of goja's own stacks. Error.stackTraceLimit is honoured. Frames down to the call of constructorOpt are left out;
// goja's frames have names only, so a function is found by its name.
func captureStackTrace(rt *goja.Runtime) native {
	errorToString := intrinsic(rt, "Error.prototype", "toString")
	errorClass, _ := intrinsicClass(rt, "Error")
	return func(call goja.FunctionCall) goja.Value {
		target, ok := call.Argument(0).(*goja.Object)
		if !ok {
			panic(rt.NewTypeError("Invalid argument"))
		}
		frames := rt.CaptureCallStack(0, nil)
		if len(frames) > 0 {
			frames = frames[1:] // this function
		}
		if f, ok := call.Argument(1).(*goja.Object); ok {
			frames = below(frames, f)
		}
		limit := int64(0)
		if v := errorClass.Get("stackTraceLimit"); v != nil && goja.IsNumber(v) {
			limit = v.ToInteger()
		}
		frames = frames[:max(0, min(int64(len(frames)), limit))]
		var b goja.StringBuilder
		b.WriteString(invoke(errorToString, target).(goja.String))
		for i := range frames {
			b.WriteUTF8String("\n\tat ")
			frames[i].WriteToValueBuilder(&b)
		}
		b.WriteUTF8String("\n")
		must(target.DefineDataProperty("stack", b.String(), yes, yes, no))
		return goja.Undefined()
	}
}

// below is the part of the stack under the innermost call of f. A frame of a class constructor has no name in goja: so
// where f is a class and isn't found, the nameless frame on top is taken for its.
func below(frames []goja.StackFrame, f *goja.Object) []goja.StackFrame {
	name := getOr(f, "name").String()
	for i := range frames {
		if name != "" && frames[i].FuncName() == name {
			return frames[i+1:]
		}
	}
	if _, class := goja.AssertConstructor(f); class && len(frames) > 0 && frames[0].FuncName() == "<anonymous>" {
		return frames[1:]
	}
	return frames
}
