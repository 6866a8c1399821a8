package lower

import (
	"math"

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

// MaxNested is how many calls of script by native code may be among them where no built-in that is bounded lies between, as with getters and async functions. An
// interrupt, which passes through all of them, takes quadratic time, for goja panics anew in each: 0.1 s at 1,000. Built-ins that are bounded stop it.
const MaxNested = 1_000

const (
	// looksAfter is how many functions may begin before the depth is looked at again, each of which may use 130 KB of Go stack for one look at a
	// property: see bounds.MaxPrototypes.
	looksAfter = 127
	// framesPerLook is how many frames a function that counts may bring with it: its own, those of a native function that calls it,
	// and of functions that don't count.
	framesPerLook = 8
	// littleStack is how much Go stack a few hundred calls of script by native code surely need.
	littleStack = 256 << 10
	// publicStack is how much may be used where those calls can't be counted.
	publicStack = 2 << 20
	// maxUnwinding is how many such calls there may be times the bytes of Go stack: a property that is found at the end of a long chain of prototypes
	// takes a frame for each.
	maxUnwinding = MaxNested * nestedFrame * MaxNested
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
			left = min(left, leftToNest(rt, int(used)))
		}
		if left <= 0 || usedUp {
			panic(rangeError(rt, tooDeep))
		}
		return rt.ToValue(min(left, looksAfter))
	}
}

// leftToNest is how many more functions may begin as far as calls by native code go, if each of them is one, of a goroutine that uses so much stack.
func leftToNest(rt *goja.Runtime, used int) int {
	nested, known := engine.Nested(rt, bounds.Flat(rt))
	switch {
	case !known && used > publicStack:
		return 0
	case !known || nested == 0:
		return looksAfter
	}
	each := float64(used) / float64(nested)
	return min(MaxNested, int(math.Sqrt(maxUnwinding/each))) - nested
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
