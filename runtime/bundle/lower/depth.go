package lower

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/engine"
)

// MaxDepth is how many frames deep script may go before a function that begins throws a RangeError: about what V8 allows. A limit of the engine's
// own, which script can't catch, should lie at least DepthSlack above it.
const (
	MaxDepth   = 10_000
	DepthSlack = 2_000
)

// MaxNested is how many calls of script by native code may be among them. An interrupt, which passes through all of them, takes
// quadratic time, for goja panics anew in each: 1 to 5 s at 2,000.
const MaxNested = 2_000

const (
	// looksAfter is how many functions may begin before the depth is looked at again. goja allocates integers above 255.
	looksAfter = 255
	// framesPerLook is how many frames a function that counts may bring with it: its own, those of a native function that calls it,
	// and of functions that don't count.
	framesPerLook = 8
	// littleStack is how much Go stack that number surely needs.
	littleStack = 1 << 20
	// shownFrames is how many frames the error's stack has, as in V8.
	shownFrames = 10
)

const tooDeep = "Maximum call stack size exceeded"

// lookDeep gives the function that a program calls, now and then, when a function of it begins. It throws a RangeError if script is too
// deep, else gives how many functions may begin before the next call.
func lookDeep(rt *goja.Runtime) func(goja.FunctionCall) goja.Value {
	return func(goja.FunctionCall) goja.Value {
		left := (MaxDepth - engine.Depth(rt)) / framesPerLook
		used, usedUp := bounds.StackUsed()
		if used > littleStack { // not by script that script calls
			if nested, known := engine.Nested(rt); known {
				left = min(left, MaxNested-nested)
			} else if used > 2*littleStack {
				left = 0
			}
		}
		if left <= 0 || usedUp {
			panic(rangeError(rt, tooDeep))
		}
		return rt.ToValue(min(left, looksAfter))
	}
}

// rangeError makes a RangeError, whatever script did to the global of that name: goja throws one at a list of less than nothing.
func rangeError(rt *goja.Runtime, text string) goja.Value {
	list := rt.NewArray()
	var err error
	engine.Shallow(rt, shownFrames, func() { err = list.Set("length", -1) })
	exception, ok := err.(*goja.Exception)
	if !ok {
		panic(err)
	}
	object, ok := exception.Value().(*goja.Object)
	if !ok {
		panic(exception)
	}
	if err := object.DefineDataProperty("message", rt.ToValue(text), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE); err != nil {
		panic(err)
	}
	return object
}
