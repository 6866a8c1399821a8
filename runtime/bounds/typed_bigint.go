package bounds

import (
	"reflect"

	"github.com/dop251/goja"
)

// Elements of BigInt64Array and BigUint64Array that are given as texts are read by goja in the square of their length. Here they are read before, as
// the operator that stores an element does, where they are an argument or in a plain list. This file's init comes after those of the rules it
// extends.

func init() {
	extend("BigInt.asIntN", elementAt(1, nil))
	extend("BigInt.asUintN", elementAt(1, nil))
	extend("DataView.prototype.setBigInt64", elementAt(1, nil))
	extend("DataView.prototype.setBigUint64", elementAt(1, nil))
	extend("%TypedArray%.prototype.fill", elementAt(0, thisIsBig))
	extend("%TypedArray%.prototype.with", elementAt(1, thisIsBig))
	extend("Reflect.set", elementAt(2, firstIsBig))
	extend("%TypedArray%.prototype.set", elementList(thisIsBig))
	extend("%TypedArray%.from", elementList(classIsBig))
	for _, name := range []string{"BigInt64Array", "BigUint64Array"} {
		own := constructRules[name]
		constructRules[name] = func(s *state, next construct) construct {
			next = own(s, next)
			return func(args []goja.Value, newTarget *goja.Object) *goja.Object {
				if len(args) > 0 {
					if list := s.readList(args[0]); list != args[0] {
						args = append([]goja.Value{list}, args[1:]...)
					}
				}
				return next(args, newTarget)
			}
		}
	}
}

// extend puts a rule before the one that there is.
func extend(id string, before rule) {
	own := rules[id]
	rules[id] = func(s *state, f native) native {
		if own != nil {
			f = own(s, f)
		}
		return before(s, f)
	}
}

var (
	signedElements   = reflect.TypeFor[[]int64]()
	unsignedElements = reflect.TypeFor[[]uint64]()
)

func isBig(v goja.Value) bool {
	o, ok := v.(*goja.Object)
	if !ok {
		return false
	}
	t := o.ExportType()
	return t == signedElements || t == unsignedElements
}

func thisIsBig(c *goja.FunctionCall) bool  { return isBig(c.This) }
func firstIsBig(c *goja.FunctionCall) bool { return isBig(c.Argument(0)) }

func classIsBig(c *goja.FunctionCall) bool {
	o, ok := c.This.(*goja.Object)
	if !ok {
		return false
	}
	for range 8 { // classes derived from each other
		if o == nil {
			return false
		}
		if name := orUndefined(o.Get("name")).String(); name == "BigInt64Array" || name == "BigUint64Array" {
			return true
		}
		o = o.Prototype()
	}
	return false
}

// elementAt reads argument i.
func elementAt(i int, applies func(*goja.FunctionCall) bool) rule {
	return func(s *state, own native) native {
		return func(c goja.FunctionCall) goja.Value {
			if i < len(c.Arguments) && mayBeText(c.Arguments[i]) && (applies == nil || applies(&c)) {
				set(&c, i, stored(s.rt, c.Arguments[i]))
			}
			return own(c)
		}
	}
}

// mayBeText reports whether a value is, or may become, a long text.
func mayBeText(v goja.Value) bool {
	switch v := v.(type) {
	case *goja.Object:
		return true
	case goja.String:
		return v.Length() > shortNumber
	}
	return false
}

// elementList reads the elements of argument 0, if that's a plain list and no function maps them.
func elementList(applies func(*goja.FunctionCall) bool) rule {
	return func(s *state, own native) native {
		return func(c goja.FunctionCall) goja.Value {
			if len(c.Arguments) > 0 && goja.IsUndefined(c.Argument(1)) && applies(&c) {
				if list := s.readList(c.Arguments[0]); list != c.Arguments[0] {
					set(&c, 0, list)
				}
			}
			return own(c)
		}
	}
}

// readList gives a list in which long texts and objects are what they are stored as; the given one if it has none.
func (s *state) readList(v goja.Value) goja.Value {
	o, ok := v.(*goja.Object)
	if !ok || o.ClassName() != "Array" {
		return v
	}
	_, values, ok := inner.elements(o)
	if !ok {
		return v
	}
	var read []any
	for i, e := range values {
		if e == nil {
			return v // a hole, which goja refuses
		}
		if read == nil && mayBeText(e) {
			read = make([]any, len(values))
			for j := range i {
				read[j] = values[j]
			}
		}
		if read != nil {
			if mayBeText(e) {
				e = stored(s.rt, e)
			}
			read[i] = e
		}
	}
	if read == nil {
		return v
	}
	return s.rt.NewArray(read...)
}
