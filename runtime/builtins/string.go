package builtins

import (
	"unicode/utf8"

	"github.com/dop251/goja"
)

func stringProperties() []Property {
	return []Property{
		method("String.prototype", "isWellFormed", 0, func(rt *goja.Runtime) native {
			return func(call goja.FunctionCall) goja.Value {
				return rt.ToValue(wellFormed(thisString(rt, call, "isWellFormed")))
			}
		}),
		method("String.prototype", "toWellFormed", 0, func(rt *goja.Runtime) native {
			return func(call goja.FunctionCall) goja.Value { return toWellFormed(thisString(rt, call, "toWellFormed")) }
		}),
	}
}

// thisString is ToString(RequireObjectCoercible(this)).
func thisString(rt *goja.Runtime, call goja.FunctionCall, name string) goja.String {
	if isNullish(call.This) {
		panic(rt.NewTypeError("String.prototype.%s called on null or undefined", name))
	}
	return toString(rt, call.This)
}

// toString is ToString. (goja's Value.ToString leaves null and undefined as they are.)
func toString(rt *goja.Runtime, v goja.Value) goja.String {
	if o, ok := v.(*goja.Object); ok {
		v = o.ToString()
	}
	switch t := v.(type) {
	case goja.String:
		return t
	case *goja.Symbol:
		panic(rt.NewTypeError("Cannot convert a Symbol value to a string"))
	}
	return newString(v.String())
}

// newString makes a string value that is in its final form, unlike what Runtime.ToValue makes of long strings.
func newString(s string) goja.String {
	var b goja.StringBuilder
	b.WriteUTF8String(s)
	return b.String()
}

func isLead(c uint16) bool  { return c >= 0xD800 && c < 0xDC00 }
func isTrail(c uint16) bool { return c >= 0xDC00 && c < 0xE000 }

// loneSurrogate gives the index of the first lone surrogate at or after from, or -1.
func loneSurrogate(s goja.String, from int) int {
	for i, n := from, s.Length(); i < n; i++ {
		switch c := s.CharAt(i); {
		case isTrail(c):
			return i
		case isLead(c):
			if i+1 >= n || !isTrail(s.CharAt(i+1)) {
				return i
			}
			i++
		}
	}
	return -1
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// wellFormed tells whether s has no lone surrogates.
func wellFormed(s goja.String) bool { return loneSurrogate(s, 0) < 0 }

func toWellFormed(s goja.String) goja.String {
	at := loneSurrogate(s, 0)
	if at < 0 {
		return s
	}
	units := make([]uint16, s.Length())
	for i := range units {
		units[i] = s.CharAt(i)
	}
	for ; at >= 0; at = loneSurrogate(s, at+1) {
		units[at] = utf8.RuneError
	}
	return goja.StringFromUTF16(units)
}
