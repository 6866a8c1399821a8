package builtins

import (
	"reflect"
	"strings"

	"github.com/dop251/goja"
)

// propertyKey is a property key that can be compared: a symbol, or text. Text that isn't well-formed UTF-16 can't be a
// Go string, so it keeps its code units.
type propertyKey struct {
	symbol *goja.Symbol
	text   string
	units  string // UTF-16 in big-endian bytes, only for text with lone surrogates
}

// toPropertyKey is ToPropertyKey, https://tc39.es/ecma262/#sec-topropertykey.
func toPropertyKey(rt *goja.Runtime, v goja.Value) propertyKey {
	if symbol, ok := v.(*goja.Symbol); ok {
		return propertyKey{symbol: symbol}
	}
	if o, ok := v.(*goja.Object); ok {
		v = toPrimitiveString(rt, o)
		if symbol, ok := v.(*goja.Symbol); ok {
			return propertyKey{symbol: symbol}
		}
	}
	text := toString(rt, v)
	key := propertyKey{text: text.String()}
	if lossy(key.text) && !wellFormed(text) {
		units := make([]byte, 0, 2*text.Length())
		for i := range text.Length() {
			c := text.CharAt(i)
			units = append(units, byte(c>>8), byte(c))
		}
		key.units = string(units)
	}
	return key
}

var (
	keyedSource    = program("(o) => ({__proto__: null, [o]: 0})")
	firstKeySource = program("(o) => { for (const k in o) return k; }")
)

// toPrimitiveString is ToPropertyKey of an object; the computed key of an object literal does exactly that.
func toPrimitiveString(rt *goja.Runtime, o *goja.Object) goja.Value {
	s := stateOf(rt)
	keyed := invoke(s.function(keyedSource), goja.Undefined(), o).(*goja.Object)
	if symbols := keyed.Symbols(); len(symbols) > 0 {
		return symbols[0]
	}
	return invoke(s.function(firstKeySource), goja.Undefined(), keyed)
}

// value gives the key as script sees it.
func (k propertyKey) value() goja.Value {
	switch {
	case k.symbol != nil:
		return k.symbol
	case k.units != "":
		units := make([]uint16, len(k.units)/2)
		for i := range units {
			units[i] = uint16(k.units[2*i])<<8 | uint16(k.units[2*i+1])
		}
		return goja.StringFromUTF16(units)
	default:
		return newString(k.text)
	}
}

var (
	assignSource = program("(o, k, v) => { o[k] = v; }")
	readSource   = program("(o, k) => o[k]")
)

// createOn is CreateDataProperty on a fresh ordinary object o.
func (k propertyKey) createOn(s *state, o *goja.Object, v goja.Value) {
	switch {
	case k.symbol != nil:
		must(o.DefineDataPropertySymbol(k.symbol, v, yes, yes, yes))
	case k.units != "":
		// Assignment finds no setter on an object without prototype.
		proto := o.Prototype()
		must(o.SetPrototype(nil))
		invoke(s.function(assignSource), goja.Undefined(), o, k.value(), v)
		must(o.SetPrototype(proto))
	default:
		must(o.DefineDataProperty(k.text, v, yes, yes, yes))
	}
}

// get is Get(o, k).
func (k propertyKey) get(s *state, o *goja.Object) goja.Value {
	if k.units != "" {
		return invoke(s.function(readSource), goja.Undefined(), o, k.value())
	}
	return getOr(o, k.text)
}

var (
	deleteSource = program("(o, k) => { try { delete o[k]; } catch {} }")
	keysSource   = program("(o, n, add) => { for (const k in o) { if (n-- <= 0) break; add(k); } }")
)

// ownKeys is EnumerableOwnProperties(o, key). The API gives keys as Go strings; where one could have had a lone
// surrogate, all are asked for again in script.
func ownKeys(s *state, o *goja.Object) []propertyKey {
	names := o.Keys()
	keys := make([]propertyKey, len(names))
	for i, name := range names {
		if lossy(name) {
			return exactKeys(s, o, len(names))
		}
		keys[i].text = name
	}
	return keys
}

// lossy tells whether a Go string may stand for text with lone surrogates.
func lossy(name string) bool { return strings.Contains(name, "\uFFFD") }

// exactKeys enumerates in script, where own keys come before inherited ones; n is how many there are.
func exactKeys(s *state, o *goja.Object, n int) []propertyKey {
	keys := make([]propertyKey, 0, n)
	add := s.rt.ToValue(func(call goja.FunctionCall) goja.Value {
		keys = append(keys, toPropertyKey(s.rt, call.Argument(0)))
		return goja.Undefined()
	})
	invoke(s.function(keysSource), goja.Undefined(), o, s.rt.ToValue(n), add)
	return keys
}

var proxyType = reflect.TypeFor[goja.Proxy]()
