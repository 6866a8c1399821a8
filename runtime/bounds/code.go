package bounds

import (
	"reflect"
	"runtime"
	"strings"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
)

// codeText is what Cloudflare's runtime, and V8, say.
const codeText = "Code generation from strings disallowed for this context"

// refuseCode has eval and all constructors of functions throw an EvalError. All of them, and only they, have goja parse text on behalf of
// script, so that's where they are stopped: by a parser option, which is a function that goja calls before it parses. It
// covers what can't be reached to be replaced: `(async () => {}).constructor`, direct eval.
func refuseCode(rt *goja.Runtime) {
	refuse := func(unsafe.Pointer) {
		if evaluates() {
			panic(evalError(rt))
		}
	}
	rt.SetParserOptions(asOption(refuse))
}

var takesPointer = func() bool {
	t := reflect.TypeFor[parser.Option]()
	return t.Kind() == reflect.Func && t.NumIn() == 1 && t.In(0).Kind() == reflect.Pointer && t.NumOut() == 0
}()

// asOption makes f a parser option. That takes a pointer to a type which has no name outside its package, and so is called as f is.
func asOption(f func(unsafe.Pointer)) parser.Option {
	if takesPointer && inner != nil {
		return *(*parser.Option)(unsafe.Pointer(&f))
	}
	return reflect.MakeFunc(reflect.TypeFor[parser.Option](), func([]reflect.Value) []reflect.Value {
		f(nil)
		return nil
	}).Interface().(parser.Option)
}

// evalError finds the class through the realm.
func evalError(rt *goja.Runtime) *goja.Object {
	s := of(rt)
	return s.newError("EvalError", codeText)
}

// evaluates reports whether goja parses for eval or a constructor of functions, not for RunString and its like, which only Go code calls. The
// runtime's own use of a constructor of functions is let through: it is known by the Go function that calls it.
func evaluates() bool {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	evaluates := false
	for {
		f, more := frames.Next()
		switch {
		case strings.HasSuffix(f.Function, "goja.(*Runtime).eval"):
			evaluates = true
		case evaluates && strings.HasSuffix(f.Function, "webidl.(*Realm).newFrame"):
			return false
		case evaluates && strings.HasSuffix(f.Function, "goja.(*vm).run"), !more:
			return evaluates
		case !evaluates && strings.HasSuffix(f.Function, "goja.(*vm).run"):
			return false
		}
	}
}
