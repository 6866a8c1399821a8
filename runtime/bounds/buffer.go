package bounds

import (
	"cmp"
	"math"
	"reflect"
	"slices"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func init() {
	constructRules["ArrayBuffer"] = func(s *state, own construct) construct {
		return func(args []goja.Value, newTarget *goja.Object) *goja.Object {
			if len(args) > 0 {
				args = s.buffer(args, 1, textBuffer)
			}
			return own(args, newTarget)
		}
	}
	for name, size := range typedArrays {
		constructRules[name] = func(s *state, own construct) construct {
			return func(args []goja.Value, newTarget *goja.Object) *goja.Object {
				return s.typedArray(own, size, args, newTarget)
			}
		}
	}
	rules["ArrayBuffer.prototype.transfer"] = transfer
	rules["ArrayBuffer.prototype.transferToFixedLength"] = transfer
	rules["ArrayBuffer.prototype.slice"] = copyOf
	rules["%TypedArray%.from"] = typedFrom
	rules["%TypedArray%.prototype.join"] = joinTyped
	rules["%TypedArray%.prototype.toLocaleString"] = joinTyped
	rules["%TypedArray%.prototype.sort"] = sortTyped(false)
	rules["%TypedArray%.prototype.toSorted"] = sortTyped(true)
	for _, name := range []string{"slice", "map", "filter", "toReversed", "with"} {
		rules["%TypedArray%.prototype."+name] = copyOf
	}
	for _, name := range []string{"toBase64", "toHex"} {
		rules["Uint8Array.prototype."+name] = copyOf
	}
}

// buffer bounds a length in args[0], in units of size bytes. An object there is asked for its number once.
func (s *state) buffer(args []goja.Value, size int64, text string) []goja.Value {
	v := args[0]
	if o, ok := v.(*goja.Object); ok {
		v = o.ToNumber()
		args = append([]goja.Value{v}, args[1:]...)
	}
	if _, ok := v.(*goja.Symbol); ok || goja.IsBigInt(v) {
		return args
	}
	n := truncate(v.ToFloat())
	if n > float64(s.meter.limit()/size) && n <= maxSafe {
		s.throwRange(text)
	}
	if n > 0 && n <= maxSafe {
		s.chargeSmall(int64(n) * size)
	}
	return args
}

// typedArray bounds new of a class of typed arrays, whose elements have size bytes.
func (s *state) typedArray(own construct, size int64, args []goja.Value, newTarget *goja.Object) *goja.Object {
	if len(args) == 0 {
		return own(args, newTarget)
	}
	o, ok := args[0].(*goja.Object)
	if !ok {
		return own(s.buffer(args, size, "Invalid typed array length: "+args[0].String()), newTarget)
	}
	if o.ExportType() == bufferType {
		return own(args, newTarget) // a view
	}
	n, values, isArray := inner.elements(o)
	switch {
	case isArray && n <= ordinary:
		s.chargeSmall(n * size)
		return own(args, newTarget)
	case isArray:
		s.fits(n, max(size, bytesValue), textBuffer)
		s.chargeSmall(n * size)
		if n == int64(len(values)) {
			return own(args, newTarget)
		}
	default:
		if o.ClassName() == "Array" && o.ExportType() != proxyType { // one with hardly any elements
			s.fits(lengthOf(o), max(size, bytesValue), textBuffer)
		}
		if f := o.GetSymbol(goja.SymIterator); f != nil && !goja.IsUndefined(f) && !goja.IsNull(f) {
			return own(args, newTarget) // a typed array, or its iterator is script's, or as long as what is there
		}
		if n = lengthOf(o); n <= ordinary {
			return own(args, newTarget)
		}
		s.fits(n, size, textBuffer)
		s.chargeSmall(n * size)
	}
	made := own([]goja.Value{s.rt.ToValue(n)}, newTarget)
	s.call("numbers", goja.FunctionCall{This: made, Arguments: []goja.Value{o}})
	return made
}

var bufferType = reflect.TypeFor[goja.ArrayBuffer]()

func transfer(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		if len(c.Arguments) > 0 && !goja.IsUndefined(c.Arguments[0]) {
			c.Arguments = s.buffer(c.Arguments, 1, textBuffer)
		}
		return own(c)
	}
}

// typedFrom bounds what only says how long it is.
func typedFrom(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		if o, ok := c.Argument(0).(*goja.Object); ok {
			f := o.GetSymbol(goja.SymIterator)
			if f == nil || goja.IsUndefined(f) || goja.IsNull(f) || o.ClassName() == "Array" && o.ExportType() != proxyType {
				n := lengthOf(o)
				s.fits(n, bytesValue, textBuffer)
				s.chargeSmall(n * 8)
			}
		}
		return own(c)
	}
}

// copyOf charges a copy of what is there already.
func copyOf(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		if v := elementsOf(c.This); v.IsValid() {
			s.charge(int64(v.Len())*int64(v.Type().Elem().Size()), textBuffer)
		}
		return own(c)
	}
}

// elementsOf gives the elements of a typed array as a Go slice that shares their memory; invalid if v is none, or has none, as when its
// buffer is detached: goja panics then when it makes the slice.
func elementsOf(v goja.Value) reflect.Value {
	o, ok := v.(*goja.Object)
	if !ok || o.ExportType().Kind() != reflect.Slice || o.ClassName() != "Object" || o.Get("0") == nil {
		return reflect.Value{}
	}
	return reflect.ValueOf(o.Export())
}

// joinTyped joins long typed arrays step by step.
func joinTyped(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		list := elementsOf(c.This)
		if !list.IsValid() || int64(list.Len()) <= ordinary {
			if t, ok := c.Argument(0).(goja.String); ok && list.IsValid() {
				s.fits(int64(t.Length()*2+26)*int64(list.Len()), 1, textString)
			}
			return own(c)
		}
		if separator, ok := c.Argument(0).(goja.String); !ok || separator.Length() > 0 {
			s.fits(int64(list.Len()), 2, textString) // at least a digit and a comma each
		}
		return s.join(c.This.(*goja.Object), c.Argument(0))
	}
}

// sortTyped sorts long typed arrays so that an interrupt is seen.
func sortTyped(copies bool) rule {
	return func(s *state, own native) native {
		return func(c goja.FunctionCall) goja.Value {
			list := elementsOf(c.This)
			if !list.IsValid() || int64(list.Len()) <= ordinary || !goja.IsUndefined(c.Argument(0)) {
				return own(c)
			}
			sorted := c.This
			if copies {
				s.charge(int64(list.Len())*int64(list.Type().Elem().Size()), textBuffer)
				sorted = s.copyTyped(c.This.(*goja.Object))
				list = elementsOf(sorted)
			}
			s.sortElements(list.Interface())
			return sorted
		}
	}
}

// copyTyped is a new typed array of the same class, whatever script says that is.
func (s *state) copyTyped(o *goja.Object) goja.Value {
	for name := range typedArrays {
		class := webidl.Of(s.rt).Global(name)
		if o.GetSymbol(goja.SymToStringTag).String() == name {
			made, err := s.rt.New(class, o)
			if err != nil {
				panic(err)
			}
			return made
		}
	}
	panic(s.rt.NewTypeError("this is not a typed array"))
}

func (s *state) sortElements(list any) {
	step := s.numeric()
	switch l := list.(type) {
	case []uint8:
		sortNumbers(l, step)
	case []int8:
		sortNumbers(l, step)
	case []uint16:
		sortNumbers(l, step)
	case []int16:
		sortNumbers(l, step)
	case []uint32:
		sortNumbers(l, step)
	case []int32:
		sortNumbers(l, step)
	case []int64:
		sortNumbers(l, step)
	case []uint64:
		sortNumbers(l, step)
	case []float32:
		sortNumbers(l, step)
	case []float64:
		sortNumbers(l, step)
	}
}

// numeric polls every now and then.
func (s *state) numeric() func() {
	steps := 0
	return func() {
		if steps++; steps&0xFFFF == 0 {
			s.poll()
		}
	}
}

func sortNumbers[T cmp.Ordered](list []T, step func()) {
	slices.SortFunc(list, func(x, y T) int {
		step()
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		case x == y:
			return int(sign(y)) - int(sign(x)) // -0 comes before 0
		case x == x:
			return -1 // NaN comes last
		case y == y:
			return 1
		}
		return 0
	})
}

// sign is 1 for -0 and what is below.
func sign[T cmp.Ordered](x T) uint8 {
	if f, ok := any(x).(float64); ok && math.Signbit(f) {
		return 1
	}
	if f, ok := any(x).(float32); ok && math.Signbit(float64(f)) {
		return 1
	}
	return 0
}
