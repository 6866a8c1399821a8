package bounds

import (
	"math"
	"reflect"
	"runtime"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

var proxyType = reflect.TypeFor[goja.Proxy]()

const maxSafe = 1<<53 - 1

func init() {
	for _, name := range []string{
		"every", "some", "forEach", "map", "filter", "find", "findIndex", "findLast", "findLastIndex", "reduce", "reduceRight",
		"indexOf", "lastIndexOf", "includes", "reverse", "copyWithin", "shift", "unshift", "splice", "slice",
		"toReversed", "toSpliced", "with",
	} {
		rules["Array.prototype."+name] = list(name)
	}
	rules["Array.prototype.fill"] = fillList
	rules["Array.prototype.concat"] = concatLists
	rules["Array.prototype.flat"] = flat
	rules["Array.prototype.flatMap"] = flatMap
	rules["Array.prototype.sort"] = sortList("sort")
	rules["Array.prototype.toSorted"] = sortList("toSorted")
	rules["Array.prototype.join"] = join
	for _, name := range []string{"values", "keys", "entries"} {
		rules["Array.prototype."+name] = iterators
		rules["%TypedArray%.prototype."+name] = iterators
	}
	rules["Array.prototype[Symbol.iterator]"] = iterators
	rules["%TypedArray%.prototype[Symbol.iterator]"] = iterators
	rules["%ArrayIterator%.next"] = chargedStep
	rules["Array.from"] = arrayFrom
}

// truncate cuts a number's fraction off; NaN is 0.
func truncate(f float64) float64 {
	if math.IsNaN(f) {
		return 0
	}
	return math.Trunc(f)
}

// lengthOf is LengthOfArrayLike.
func lengthOf(o *goja.Object) int64 {
	v := o.Get("length")
	if v == nil {
		return 0
	}
	if object, ok := v.(*goja.Object); ok {
		v = object.ToNumber()
	}
	f := truncate(v.ToFloat())
	return int64(max(0, min(f, maxSafe)))
}

// kind is what a rule must know of the receiver of a method of arrays.
type kind uint8

const (
	// short is what goja's own code may be given: it ends soon.
	short kind = iota
	// long must go the long way.
	long
	// dense is a long array whose elements are all there: goja goes over them quickly.
	dense
)

// kindOf looks at a receiver. It asks an object that is no array for its length, which script sees if it is a getter's; a proxy
// always goes the long way, where it is asked once.
func (s *state) kindOf(v goja.Value) kind {
	o, ok := v.(*goja.Object)
	if !ok {
		if t, ok := v.(goja.String); ok && int64(t.Length()) > ordinary {
			return long
		}
		return short
	}
	if n, values, ok := inner.elements(o); ok {
		switch {
		case n <= ordinary:
			return short
		case n == int64(len(values)):
			return dense
		}
		return long
	}
	switch t := o.ExportType(); {
	case t == proxyType:
		return long
	case t.Kind() == reflect.Slice && o.ClassName() == "Object":
		return dense // a typed array
	}
	if lengthOf(o) > ordinary {
		return long
	}
	return short
}

// long calls the long way of a method of arrays.
func (s *state) long(name string, c goja.FunctionCall) goja.Value {
	c.This = c.This.ToObject(s.rt)
	return s.call(name, c)
}

// list is the rule of methods that go over the receiver once.
func list(name string) rule {
	return func(s *state, own native) native {
		return func(c goja.FunctionCall) goja.Value {
			if s.kindOf(c.This) == long {
				return s.long(name, c)
			}
			return own(c)
		}
	}
}

// flatMap watches what the callback gives.
func flatMap(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		f := code(c.Argument(0))
		if f == nil || s.kindOf(c.This) == long {
			return s.long("flatMap", c)
		}
		total := int64(0)
		set(&c, 0, engine.NewFunction(s.rt, "", 0, func(c goja.FunctionCall) goja.Value {
			v := f(c)
			if o, ok := v.(*goja.Object); ok && s.isArray(o) {
				total += lengthOf(o)
				s.fits(total, bytesValue, textArray)
				s.poll()
			}
			return v
		}))
		return own(c)
	}
}

// sortList is sort and toSorted. Where nobody gives a comparison and there is much to compare, goja gets one that sees interrupts.
func sortList(name string) rule {
	return func(s *state, own native) native {
		return func(c goja.FunctionCall) goja.Value {
			kind := s.kindOf(c.This)
			if kind == long {
				return s.long(name, c)
			}
			if goja.IsUndefined(c.Argument(0)) && (kind == dense || s.heavy(c.This)) {
				if o, ok := c.This.(*goja.Object); ok {
					if sorted, ok := s.sortTexts(o); ok {
						if name == "toSorted" {
							return s.newList(sorted, len(sorted))
						}
						s.writeBack(o, sorted)
						return o
					}
				}
				c.Arguments = []goja.Value{s.comparator()}
			}
			return s.steady(own, c)
		}
	}
}

// steady is for goja's sort of a list in memory, which takes it that the comparison leaves the list as it is, and else runs past its end: a Go panic.
func (s *state) steady(own native, c goja.FunctionCall) goja.Value {
	defer func() {
		if x := recover(); x != nil {
			if _, ours := x.(runtime.Error); ours {
				panic(s.rt.NewTypeError("The comparison function changed the array that is being sorted"))
			}
			panic(x)
		}
	}()
	return own(c)
}

// heavy reports whether comparing the elements of a short list as texts may take long: many of them, or long texts.
func (s *state) heavy(v goja.Value) bool {
	o, ok := v.(*goja.Object)
	if !ok {
		return false
	}
	n, values, ok := inner.elements(o)
	if !ok || n > 64 {
		return true
	}
	for _, v := range values {
		if t, ok := v.(goja.String); ok && t.Length() > 1<<12 {
			return true
		}
	}
	return false
}

// comparator is the comparison of sort, as a function.
func (s *state) comparator() goja.Value {
	return engine.NewFunction(s.rt, "", 0, func(c goja.FunctionCall) goja.Value {
		return s.rt.ToValue(s.compare(s.mustText(c.Argument(0)), s.mustText(c.Argument(1))))
	})
}

func (s *state) compare(x, y goja.String) int {
	s.poll()
	return x.CompareTo(y)
}

// join adds up before it builds. Objects in the list run script, or join again: they go the way that adds up as it builds.
func join(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		o, ok := c.This.(*goja.Object)
		if !ok {
			if s.kindOf(c.This) == short {
				return own(c)
			}
			o = c.This.ToObject(s.rt)
		}
		n, values, _, ok := inner.plain(o)
		if !ok || n > int64(len(values)) && !s.ordinaryHoles(o) {
			return s.join(o, c.Argument(0))
		}
		size, ascii, ok := s.joined(c.Argument(0), n, values)
		if !ok {
			return s.join(o, c.Argument(0))
		}
		s.chargeSmall(size)
		if ascii && n > 16 {
			separator := ","
			if t, ok := c.Argument(0).(goja.String); ok {
				separator = t.String()
			}
			return s.joinPlain(separator, n, size, values)
		}
		if n > ordinary {
			return s.join(o, c.Argument(0))
		}
		return own(c)
	}
}

// joined is how long the joined text is at most, in bytes, and whether it is ASCII; ok is false if this can't be told. It throws if that is too long.
func (s *state) joined(separator goja.Value, n int64, values []goja.Value) (size int64, ascii, ok bool) {
	wide, units := int64(1), int64(0)
	switch t := separator.(type) {
	case goja.String:
		units, wide = int64(t.Length())*max(0, n-1), width(t)
	default:
		if !goja.IsUndefined(separator) {
			return 0, false, false
		}
		units = n
	}
	limit := s.meter.limit()
	for i, v := range values {
		if text, ok := inner.asciiText(v); ok {
			units += int64(len(text))
		} else if number, ok := inner.integerOf(v); ok {
			units += digits(number)
		} else {
			switch t := v.(type) {
			case nil:
			case goja.String:
				units, wide = units+int64(t.Length()), max(wide, width(t))
			case *goja.Object, *goja.Symbol:
				return 0, false, false
			default:
				if goja.IsBigInt(v) {
					return 0, false, false
				}
				units += 26
			}
		}
		if units > limit {
			break
		}
		if i%pollEvery == pollEvery-1 {
			s.poll()
		}
	}
	s.fits(units, wide, textString)
	return units * wide, wide == 1, true
}

// digits is how many characters a number has.
func digits(n int64) int64 {
	count := int64(1)
	if n < 0 {
		n, count = -n, 2
	}
	for ; n > 9; n /= 10 {
		count++
	}
	return count
}

// join is Array.prototype.join, https://tc39.es/ecma262/#sec-array.prototype.join.
func (s *state) join(o *goja.Object, separator goja.Value) goja.Value {
	for _, outer := range s.joining {
		if outer == o {
			return s.rt.ToValue("") // an array in itself, as other engines have it
		}
	}
	s.joining = append(s.joining, o)
	defer func() { s.joining = s.joining[:len(s.joining)-1] }()
	n := lengthOf(o)
	between := s.rt.ToValue(",").(goja.String)
	if !goja.IsUndefined(separator) {
		between = s.mustText(separator)
	}
	if size := int64(between.Length()); size > 0 && n > 0 {
		s.fits(n-1, size, textString)
	}
	b := s.builder()
	for i := range n {
		if i > 0 {
			b.add(between)
		}
		if i&0xFF == 0 {
			s.poll()
		}
		if v := o.Get(index(i)); v != nil && !goja.IsUndefined(v) && !goja.IsNull(v) {
			b.add(s.mustText(v))
		}
	}
	return b.text()
}

// locales is toLocaleString of arrays: goja's own for short ones; long ones are joined, with the length they may have at most.
func locales(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		if s.kindOf(c.This) == short {
			return own(c)
		}
		o := c.This.ToObject(s.rt)
		b := s.builder()
		between := s.rt.ToValue(",").(goja.String)
		for i := range lengthOf(o) {
			if i > 0 {
				b.add(between)
			}
			if i&0xFF == 0 {
				s.poll()
			}
			v := o.Get(index(i))
			if v == nil || goja.IsUndefined(v) || goja.IsNull(v) {
				continue
			}
			f := code(v.ToObject(s.rt).Get("toLocaleString"))
			if f == nil {
				panic(s.rt.NewTypeError("toLocaleString is not a function"))
			}
			b.add(s.mustText(f(goja.FunctionCall{This: v, Arguments: c.Arguments})))
		}
		return b.text()
	}
}

// iterators guards the next method of array iterators, whose prototype no global leads to, when the first of them is made.
func iterators(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		v := own(c)
		if !s.nextSet {
			s.nextSet = true
			if it, ok := v.(*goja.Object); ok && it.Prototype() != nil {
				if next, ok := it.Prototype().Get("next").(*goja.Object); ok {
					if guarded := s.guard("%ArrayIterator%.next", next); guarded != next {
						_ = it.Prototype().DefineDataProperty("next", guarded, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
					}
				}
			}
		}
		return v
	}
}

// chargedStep charges a step of an iterator: spreading what is not there fills memory.
func chargedStep(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		s.chargeSmall(bytesValue)
		return own(c)
	}
}

// arrayFrom goes the long way with objects that only say how long they are.
func arrayFrom(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		switch items := c.Argument(0).(type) {
		case goja.String:
			s.fits(int64(items.Length()), bytesPiece, textArray)
		case *goja.Object:
			n, values, ok := inner.elements(items)
			if ok && (n <= ordinary || n == int64(len(values))) {
				s.chargeSmall(n * bytesValue)
				return own(c)
			}
			if ok {
				s.fits(n, bytesValue, textArray)
				return own(c)
			}
			if items.ClassName() == "Array" && items.ExportType() != proxyType {
				s.fits(lengthOf(items), bytesValue, textArray)
			}
			if f := items.GetSymbol(goja.SymIterator); f == nil || goja.IsUndefined(f) || goja.IsNull(f) {
				if mapper := c.Argument(1); goja.IsUndefined(mapper) || code(mapper) != nil {
					return s.fromLength(items, c)
				}
			}
		}
		return own(c)
	}
}
