package lower

import (
	"math/big"
	"reflect"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// helper is a native function that programs call, one of the wrapper's first parameters.
type helper uint8

const (
	callCat helper = iota
	callRegExp
	callDeep
	callFactor
	callShift
	callPow
	callExponent
	callList
	callProperties
	callChain
	callElements
	// The rest are values, see originals.
	globalWeakMap
	globalWeakSet
	globalSymbol
	helpers
)

// Those of values are as long as what they stand for.
var helperNames = [helpers]string{"ɵcat", "ɵregexp", "ɵdeep", "ɵfactor", "ɵshift", "ɵpow", "ɵexponent", "ɵlist", "ɵproperties", "ɵchain", "ɵelements", "ɵwkmap", "ɵwkset", "ɵsymb"}

// calls notes that the program calls a helper.
func (p *Program) calls(h helper) { p.called |= 1 << h }

// Helpers makes the native functions that p calls, and the globals that it keeps, for one runtime, in the order of the wrapper's parameters; undefined stands for those
// that it does not call, since each costs every isolate. Call it on the goroutine that has the runtime.
func (p *Program) Helpers(rt *goja.Runtime) []goja.Value {
	made := make([]goja.Value, helpers, helpers+1) // the caller appends one
	for h := range made {
		made[h] = goja.Undefined()
		switch {
		case p.called&(1<<h) == 0:
		case helper(h) >= globalWeakMap:
			made[h] = helper(h).value(rt)
		default:
			made[h] = engine.NewFunction(rt, "", 0, helper(h).function(rt))
		}
	}
	return made
}

func (h helper) function(rt *goja.Runtime) func(goja.FunctionCall) goja.Value {
	switch h {
	case callCat:
		return (&appender{rt: rt}).cat
	case callRegExp:
		return withSource(rt)
	case callDeep:
		return lookDeep(rt)
	case callFactor:
		return limitNumeral(rt, func(n *big.Int) bool { return n.BitLen() <= bounds.MaxBigIntBits/2 })
	case callShift:
		return limitNumeral(rt, atMost(bounds.MaxBigIntBits/2))
	case callExponent:
		return limitNumeral(rt, atMost(maxExponent))
	case callPow:
		return power(rt)
	case callChain:
		return limitPrototypes(rt)
	case callList:
		return limitLength(rt, maxSpread, tooDeep)
	case callElements:
		return limitLength(rt, maxElements, "Invalid array length")
	}
	return limitLength(rt, maxSpread, "Invalid array length")
}

// withSource gives the function around expanded regular expression literals: it sets the source that script sees.
func withSource(rt *goja.Runtime) func(goja.FunctionCall) goja.Value {
	return func(call goja.FunctionCall) goja.Value {
		object := call.Argument(0).ToObject(rt)
		if err := object.DefineDataProperty("source", call.Argument(1), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE); err != nil {
			panic(err)
		}
		return object
	}
}

const (
	// maxExponent is what a BigInt may be raised to where its own size isn't known.
	maxExponent = 16
	// maxSpread is how long a text, list or buffer may be whose elements become arguments or properties: about what V8 allows for arguments.
	maxSpread = 1 << 17
	// maxElements is how many of them may become elements of an array: half of what one allocation may take.
	maxElements = bounds.DefaultLimit / 16 / 2
)

const bigIntTooLarge = "Maximum BigInt size exceeded"

func atMost(limit int64) func(*big.Int) bool {
	return func(n *big.Int) bool { return n.Sign() < 0 || n.IsInt64() && n.Int64() <= limit }
}

var bigIntPointer = reflect.TypeFor[*big.Int]()

// bigInt gives the number in a BigInt value, which must not be changed; nil if v is none.
func bigInt(v goja.Value) *big.Int {
	if v == nil || !goja.IsBigInt(v) {
		return nil
	}
	if r := reflect.ValueOf(v); r.CanConvert(bigIntPointer) {
		return r.Convert(bigIntPointer).Interface().(*big.Int)
	}
	n, _ := v.Export().(*big.Int)
	return n
}

// limitNumeral gives a function that throws if its argument is a BigInt that doesn't fit, else gives it back.
func limitNumeral(rt *goja.Runtime, fits func(*big.Int) bool) func(goja.FunctionCall) goja.Value {
	check := func(v goja.Value) goja.Value {
		if n := bigInt(v); n != nil && !fits(n) {
			panic(rangeError(rt, bigIntTooLarge))
		}
		return v
	}
	numeric := operation(rt, negations)
	return func(c goja.FunctionCall) goja.Value {
		v := c.Argument(0)
		o, ok := v.(*goja.Object)
		if !ok {
			return check(v)
		}
		// The operator makes it primitive, once the other operand is evaluated.
		wrapper := rt.NewObject()
		primitive := engine.NewFunction(rt, "", 0, func(goja.FunctionCall) goja.Value { return check(numeric(o)) })
		if err := wrapper.DefineDataPropertySymbol(goja.SymToPrimitive, primitive, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE); err != nil {
			panic(err)
		}
		return wrapper
	}
}

var (
	negations = goja.MustCompile("lower", "(a)=>-(-a)", true) // what an operator sees of an object
	powers    = goja.MustCompile("lower", "(a,b)=>a**b", true)
)

// operation gives the function that a program is, made when it's first called.
func operation(rt *goja.Runtime, p *goja.Program) func(...goja.Value) goja.Value {
	var f goja.Callable
	return func(arguments ...goja.Value) goja.Value {
		if f == nil {
			v, err := rt.RunProgram(p)
			if err != nil {
				panic(err)
			}
			f, _ = goja.AssertFunction(v)
		}
		v, err := f(goja.Undefined(), arguments...)
		if err != nil {
			panic(err)
		}
		return v
	}
}

// power gives **. In a runtime that is no realm it's goja's.
func power(rt *goja.Runtime) func(goja.FunctionCall) goja.Value {
	raise := operation(rt, powers)
	var bounded goja.Callable
	return func(c goja.FunctionCall) goja.Value {
		if r := webidl.Of(rt); bounded == nil && r != nil {
			_, pow, _ := bounds.Operators(r)
			bounded, _ = goja.AssertFunction(pow)
		}
		if bounded == nil {
			return raise(c.Argument(0), c.Argument(1))
		}
		v, err := bounded(goja.Undefined(), c.Argument(0), c.Argument(1))
		if err != nil {
			panic(err)
		}
		return v
	}
}

// limitLength gives a function that throws if its argument is too long a text, list or buffer, else gives it back.
func limitLength(rt *goja.Runtime, limit int64, text string) func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		v := c.Argument(0)
		if length(v) > limit {
			panic(rangeError(rt, text))
		}
		return v
	}
}

// limitPrototypes gives a function that throws if its argument, an object or a class, has too many prototypes, else gives it back.
func limitPrototypes(rt *goja.Runtime) func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		v := c.Argument(0)
		o, ok := v.(*goja.Object)
		if !ok {
			return v
		}
		n := 0
		for at := o; at != nil && at.ExportType() != proxyType; at = at.Prototype() { // a proxy has bounds of its own
			if n++; n > bounds.MaxPrototypes {
				panic(rangeError(rt, tooDeep))
			}
		}
		return v
	}
}

// length is how many elements a value keeps in memory, whatever script says; 0 for what is no text, list or buffer.
func length(v goja.Value) int64 {
	switch v := v.(type) {
	case goja.String:
		return int64(v.Length())
	case *goja.Object:
		switch kind := v.ExportType(); {
		case kind == nil:
		case kind == proxyType:
			if p, ok := v.Export().(goja.Proxy); ok && p.Target() != nil {
				return length(p.Target())
			}
		case kind.Kind() == reflect.Slice && kind.Elem().Kind() < reflect.Complex64:
			return viewLength(v)
		case v.ClassName() == "Array", v.ClassName() == "String":
			return v.Get("length").ToInteger() // which can't be an accessor
		default:
			return bounds.Entries(v)
		}
	}
	return 0
}

// viewLength is the length of a typed array, 0 if its buffer is gone.
func viewLength(v *goja.Object) (n int64) {
	defer func() { _ = recover() }() // goja looks for the buffer's first byte
	return int64(reflect.ValueOf(v.Export()).Len())
}

var proxyType = reflect.TypeFor[goja.Proxy]()
