package webidl

import (
	"math"

	"github.com/dop251/goja"
)

// Arg is argument i, undefined if it is missing.
func (c Call) Arg(i int) goja.Value {
	if i < len(c.Args) && c.Args[i] != nil {
		return c.Args[i]
	}
	return goja.Undefined()
}

// Has reports whether argument i is there and not undefined, which is how Web IDL treats optional arguments.
func (c Call) Has(i int) bool { return !goja.IsUndefined(c.Arg(i)) }

// IsNullish reports whether v is undefined or null (or a nil Value).
func IsNullish(v goja.Value) bool { return v == nil || goja.IsUndefined(v) || goja.IsNull(v) }

// DOMString converts as https://webidl.spec.whatwg.org/#es-DOMString: lone surrogates stay. Objects may run script.
func (r *Realm) DOMString(v goja.Value) goja.String {
	if s, ok := v.(goja.String); ok {
		return s
	}
	switch x := v.(type) {
	case nil:
		v = goja.Undefined()
	case *goja.Object:
		v = r.primitive(x, "string")
	}
	switch p := v.(type) { // goja leaves numbers, booleans, null and undefined as they are
	case goja.String:
		return p
	case *goja.Symbol:
		panic(r.TypeError("Cannot convert a Symbol value to a string"))
	default:
		return r.VM.ToValue(p.String()).(goja.String)
	}
}

// USVString converts to a scalar value string: lone surrogates become U+FFFD (https://webidl.spec.whatwg.org/#es-USVString).
func (r *Realm) USVString(v goja.Value) string { return scalars(r.DOMString(v)) }

// ByteString converts as https://webidl.spec.whatwg.org/#es-ByteString: each code unit becomes one byte of the result; one above
// 255 is a TypeError.
func (r *Realm) ByteString(v goja.Value) string {
	s := r.DOMString(v)
	n := s.Length()
	text := s.String()
	if len(text) == n { // every code unit is one byte of UTF-8: ASCII
		return text
	}
	b := make([]byte, n)
	for i := range n {
		u := s.CharAt(i)
		if u > 255 {
			panic(r.TypeError("Cannot convert argument to a ByteString because the character at index %d has a value of %d which is greater than 255.", i, u))
		}
		b[i] = byte(u)
	}
	return string(b)
}

// Number converts to an unrestricted double. Objects may run script; symbols and BigInts throw.
func (r *Realm) Number(v goja.Value) float64 {
	if obj, ok := v.(*goja.Object); ok {
		v = r.primitive(obj, "number")
	}
	if _, ok := v.(*goja.Symbol); ok {
		panic(r.TypeError("Cannot convert a Symbol value to a number"))
	}
	n := v.ToNumber()
	if goja.IsBigInt(n) {
		panic(r.TypeError("Cannot convert a BigInt value to a number"))
	}
	return n.ToFloat()
}

// Integer converts to an integer of the given width in bits (up to 53), wrapping around
// (https://webidl.spec.whatwg.org/#abstract-opdef-converttoint without attributes).
func (r *Realm) Integer(v goja.Value, bits int, signed bool) int64 {
	x := r.Number(v)
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	x = math.Trunc(x)
	m := math.Ldexp(1, bits)
	x = math.Mod(x, m)
	if x < 0 {
		x += m
	}
	if signed && x >= m/2 {
		x -= m
	}
	return int64(x)
}

// EnforceRange converts to an integer from lo to hi; anything outside, NaN and infinities too, is a TypeError.
func (r *Realm) EnforceRange(v goja.Value, lo, hi float64) int64 {
	x := r.Number(v)
	if math.IsNaN(x) || math.IsInf(x, 0) {
		panic(r.TypeError("The provided value is not a finite number"))
	}
	x = math.Trunc(x)
	if x < lo || x > hi {
		panic(r.TypeError("The provided value %v is outside the range %v to %v", x, lo, hi))
	}
	return int64(x)
}

// ClampInteger converts to an integer from lo to hi, the nearest where it lies outside, 0 for NaN.
func (r *Realm) ClampInteger(v goja.Value, lo, hi float64) int64 {
	x := r.Number(v)
	if math.IsNaN(x) {
		return 0
	}
	return int64(math.RoundToEven(min(max(x, lo), hi)))
}

// Enum converts to one of the given strings; any other is a TypeError that lists them.
func (r *Realm) Enum(v goja.Value, what string, values ...string) string {
	s := r.USVString(v)
	for _, ok := range values {
		if s == ok {
			return s
		}
	}
	panic(r.TypeError("The provided value '%s' is not a valid enum value of type %s; it must be one of %q", s, what, values))
}

// String, Bytes, Uint32 and their like convert argument i.
func (c Call) String(i int) string { return c.USVString(c.Arg(i)) }

// Bytes converts argument i to a ByteString.
func (c Call) Bytes(i int) string { return c.ByteString(c.Arg(i)) }

// Bool converts argument i to a boolean.
func (c Call) Bool(i int) bool { return c.Arg(i).ToBoolean() }

// Dictionary reads a Web IDL dictionary: undefined and null are an empty one, any other non-object a TypeError.
type Dictionary struct {
	r   *Realm
	obj *goja.Object
}

// Dict converts argument i to a dictionary.
func (c Call) Dict(i int) Dictionary { return c.Dictionary(c.Arg(i)) }

// Dictionary converts v.
func (r *Realm) Dictionary(v goja.Value) Dictionary {
	if IsNullish(v) {
		return Dictionary{r: r}
	}
	obj, ok := v.(*goja.Object)
	if !ok {
		panic(r.TypeError("The provided value is not of type 'Object': a dictionary is wanted"))
	}
	return Dictionary{r: r, obj: obj}
}

// Get reads a member, and reports whether it is there and not undefined. A getter of the object may run script and throw.
func (d Dictionary) Get(name string) (goja.Value, bool) {
	if d.obj == nil {
		return nil, false
	}
	v := d.obj.Get(name)
	if v == nil || goja.IsUndefined(v) {
		return nil, false
	}
	return v, true
}

// Empty reports whether there was no object at all.
func (d Dictionary) Empty() bool { return d.obj == nil }

// Object is the object behind the dictionary, nil if there is none.
func (d Dictionary) Object() *goja.Object { return d.obj }

// Bool reads a boolean member; missing is def.
func (d Dictionary) Bool(name string, def bool) bool {
	if v, ok := d.Get(name); ok {
		return v.ToBoolean()
	}
	return def
}

// String reads a USVString member; missing is def.
func (d Dictionary) String(name, def string) string {
	if v, ok := d.Get(name); ok {
		return d.r.USVString(v)
	}
	return def
}

// Poll, where it is set, ends script if an interrupt waits for it: loops over native functions of script's choice call it now and then. The package
// that knows of interrupts sets it while the process starts.
var Poll func(r *Realm)

// maxSequence is how long a sequence may be: 128 MiB of values.
const maxSequence = 8 << 20

// Sequence converts an iterable object to a list (https://webidl.spec.whatwg.org/#es-sequence). It runs script: the iterator, which need not
// ever end: a longer one than maxSequence is a RangeError.
func (r *Realm) Sequence(v goja.Value) []goja.Value {
	obj, ok := v.(*goja.Object)
	if !ok {
		panic(r.TypeError("The provided value cannot be converted to a sequence: it is no object"))
	}
	open, ok := goja.AssertFunction(obj.GetSymbol(goja.SymIterator))
	if !ok {
		panic(r.TypeError("The object must have a callable @@iterator property."))
	}
	iterator, ok := r.Invoke(open, obj).(*goja.Object)
	if !ok {
		panic(r.TypeError("Result of the Symbol.iterator method is not an object"))
	}
	next, ok := goja.AssertFunction(iterator.Get("next"))
	if !ok {
		panic(r.TypeError("The iterator has no next method"))
	}
	var list []goja.Value
	for {
		result, ok := r.Invoke(next, iterator).(*goja.Object)
		if !ok {
			panic(r.TypeError("Iterator result is not an object"))
		}
		if done := result.Get("done"); done != nil && done.ToBoolean() {
			return list
		}
		v := result.Get("value")
		if v == nil {
			v = goja.Undefined()
		}
		switch {
		case len(list) == maxSequence:
			panic(r.RangeError("Invalid array length"))
		case len(list)%1024 == 1023 && Poll != nil:
			Poll(r)
		}
		list = append(list, v)
	}
}

// IsIterable reports whether v is an object with an iterator, which tells a sequence from a record in a union.
func (r *Realm) IsIterable(v goja.Value) bool {
	obj, ok := v.(*goja.Object)
	return ok && !IsNullish(obj.GetSymbol(goja.SymIterator))
}

// Callback converts v to a function, or throws a TypeError that begins with what.
func (r *Realm) Callback(v goja.Value, what string) goja.Callable {
	fn, ok := goja.AssertFunction(v)
	if !ok {
		panic(r.TypeError("%s is not a function", what))
	}
	return fn
}

// Invoke calls fn from within script; what it throws goes on to the caller.
func (r *Realm) Invoke(fn goja.Callable, this goja.Value, args ...goja.Value) goja.Value {
	v, err := fn(this, args...)
	if err != nil {
		panic(err)
	}
	return v
}

// Try runs fn and gives what script would catch, nil if nothing was thrown. Interrupts pass through.
func (r *Realm) Try(fn func()) goja.Value {
	if ex := r.VM.Try(fn); ex != nil {
		return ex.Value()
	}
	return nil
}

// ToValue makes a script value of v. Strings may hold any Unicode text.
func (r *Realm) ToValue(v any) goja.Value { return r.VM.ToValue(v) }

// Str makes a script string.
func (r *Realm) Str(s string) goja.Value { return r.VM.ToValue(s) }

// Array makes a script array of values.
func (r *Realm) Array(values ...goja.Value) *goja.Object {
	items := make([]any, len(values))
	for i, v := range values {
		items[i] = v
	}
	return r.VM.NewArray(items...)
}
