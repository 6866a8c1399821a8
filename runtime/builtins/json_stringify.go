package builtins

import (
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
)

func jsonStringify(rt *goja.Runtime) native {
	s := stateOf(rt)
	own := intrinsic(rt, "JSON", "stringify")
	return func(call goja.FunctionCall) goja.Value {
		if _, ok := call.Argument(1).(*goja.Object); ok { // a replacer
			return invoke(own, call.This, call.Arguments...)
		}
		w := jsonWriter{s: s, rt: rt, gap: jsonGap(call.Argument(2))}
		w.unicode = !isASCII(w.gap)
		if !w.value(call.Argument(0), &propertyKey{}, 0) {
			return goja.Undefined()
		}
		return w.result()
	}
}

// jsonGap is the text that one level of nesting is indented by.
func jsonGap(space goja.Value) string {
	if o, ok := space.(*goja.Object); ok {
		switch o.ClassName() {
		case "Number":
			space = o.ToNumber()
		case "String":
			space = o.ToString()
		}
	}
	switch v := space.(type) {
	case goja.String:
		if v.Length() > 10 {
			v = v.Substring(0, 10)
		}
		return v.String()
	case *goja.Object, *goja.Symbol:
		return ""
	}
	if !goja.IsNumber(space) {
		return ""
	}
	return strings.Repeat(" ", int(max(0, min(10, space.ToInteger()))))
}

// jsonWriter is SerializeJSONProperty and what it calls, https://tc39.es/ecma262/#sec-serializejsonproperty.
type jsonWriter struct {
	s       *state
	rt      *goja.Runtime
	gap     string
	indent  string
	buf     []byte
	unicode bool
	stack   []*goja.Object
}

func (w *jsonWriter) result() goja.Value {
	if w.unicode {
		return w.rt.ToValue(string(w.buf))
	}
	return newString(string(w.buf))
}

// value writes v, or tells that it is left out. The key for toJSON is *key, or index if key is nil.
func (w *jsonWriter) value(v goja.Value, key *propertyKey, index int64) bool {
	switch t := v.(type) {
	case nil:
		return false
	case goja.String:
		w.quote(t)
		return true
	case *goja.Symbol:
		return false
	case *goja.Object:
		if f, ok := goja.AssertFunction(t.Get("toJSON")); ok {
			return w.plain(invoke(f, t, w.key(key, index)))
		}
		return w.plain(t)
	}
	switch {
	case goja.IsUndefined(v):
		return false
	case goja.IsNull(v):
		w.buf = append(w.buf, "null"...)
	case goja.IsNumber(v):
		w.number(v)
	case goja.IsBigInt(v):
		if f, ok := goja.AssertFunction(v.ToObject(w.rt).Get("toJSON")); ok {
			return w.plain(invoke(f, v, w.key(key, index)))
		}
		panic(w.rt.NewTypeError("Do not know how to serialize a BigInt"))
	case v.ToBoolean():
		w.buf = append(w.buf, "true"...)
	default:
		w.buf = append(w.buf, "false"...)
	}
	return true
}

// key is the argument of toJSON.
func (w *jsonWriter) key(key *propertyKey, index int64) goja.Value {
	if key != nil {
		return key.value()
	}
	return w.rt.ToValue(strconv.FormatInt(index, 10))
}

func (w *jsonWriter) number(v goja.Value) {
	f := v.ToFloat()
	switch {
	case f == math.Trunc(f) && math.Abs(f) < 1e15:
		w.buf = strconv.AppendInt(w.buf, int64(f), 10)
	case math.IsNaN(f) || math.IsInf(f, 0):
		w.buf = append(w.buf, "null"...)
	default:
		w.buf = append(w.buf, v.String()...)
	}
}

var (
	jsonEncodable = reflect.TypeFor[goja.JsonEncodable]()
	bigIntType    = reflect.TypeFor[*big.Int]()
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
)

// plain writes a value whose toJSON has been called.
func (w *jsonWriter) plain(v goja.Value) bool {
	o, ok := v.(*goja.Object)
	if !ok {
		if goja.IsBigInt(v) {
			panic(w.rt.NewTypeError("Do not know how to serialize a BigInt"))
		}
		return w.value(v, nil, 0)
	}
	switch o.ClassName() {
	case "Array":
		w.array(o)
		return true
	case "Number":
		w.number(o.ToNumber())
		return true
	case "String":
		w.quote(toString(w.rt, o))
		return true
	case "Boolean":
		return w.plain(w.rt.ToValue(o.Export()))
	case "Function":
		return false
	case "RawJSON":
		w.raw(o.Get("rawJSON").String())
		return true
	case "Object":
		if t := o.ExportType(); t == proxyType {
			return w.proxy(o)
		} else if t == bigIntType {
			panic(w.rt.NewTypeError("Do not know how to serialize a BigInt"))
		} else if t.Implements(jsonEncodable) {
			return w.plain(w.rt.ToValue(o.Export().(goja.JsonEncodable).JsonEncodable()))
		} else if t.Implements(jsonMarshaler) {
			return w.marshaler(o)
		}
	}
	if _, callable := goja.AssertFunction(o); callable {
		return false
	}
	w.members(o)
	return true
}

func (w *jsonWriter) raw(text string) {
	w.buf = append(w.buf, text...)
	w.unicode = true
}

func (w *jsonWriter) marshaler(o *goja.Object) bool {
	b, err := o.Export().(json.Marshaler).MarshalJSON()
	if err != nil {
		panic(w.rt.NewGoError(err))
	}
	w.raw(string(b))
	return true
}

func (w *jsonWriter) proxy(o *goja.Object) bool {
	if _, callable := goja.AssertFunction(o); callable {
		return false
	}
	if isArray(w.rt, o) {
		w.array(o)
	} else {
		w.members(o)
	}
	return true
}

// enter goes one level down into o.
func (w *jsonWriter) enter(o *goja.Object, open byte) (outer string) {
	for _, above := range w.stack {
		if above == o {
			panic(w.rt.NewTypeError("Converting circular structure to JSON"))
		}
	}
	if len(w.stack) >= maxJSONDepth {
		throwRange(w.rt, "Maximum call stack size exceeded")
	}
	w.stack = append(w.stack, o)
	outer = w.indent
	w.indent += w.gap
	w.buf = append(w.buf, open)
	return outer
}

func (w *jsonWriter) leave(outer string, empty bool, end byte) {
	w.indent = outer
	if !empty {
		w.line()
	}
	w.buf = append(w.buf, end)
	w.stack = w.stack[:len(w.stack)-1]
}

func (w *jsonWriter) line() {
	if w.gap != "" {
		w.buf = append(w.buf, '\n')
		w.buf = append(w.buf, w.indent...)
	}
}

func (w *jsonWriter) array(o *goja.Object) {
	outer := w.enter(o, '[')
	n := toLength(getOr(o, "length"))
	for i := range n {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.line()
		if !w.value(o.Get(strconv.FormatInt(i, 10)), nil, i) {
			w.buf = append(w.buf, "null"...)
		}
	}
	w.leave(outer, n == 0, ']')
}

func (w *jsonWriter) members(o *goja.Object) {
	outer := w.enter(o, '{')
	empty := true
	for _, key := range ownKeys(w.s, o) {
		mark := len(w.buf)
		if !empty {
			w.buf = append(w.buf, ',')
		}
		w.line()
		if key.units != "" {
			w.quote(key.value().(goja.String))
		} else {
			w.quoteText(key.text)
		}
		w.buf = append(w.buf, ':')
		if w.gap != "" {
			w.buf = append(w.buf, ' ')
		}
		if w.value(key.get(w.s, o), &key, 0) {
			empty = false
		} else {
			w.buf = w.buf[:mark]
		}
	}
	w.leave(outer, empty, '}')
}

// quote writes a string value.
func (w *jsonWriter) quote(s goja.String) {
	text := s.String()
	if strings.ContainsRune(text, utf8.RuneError) && !wellFormed(s) {
		text = wtf8(s)
	}
	w.quoteText(text)
}

const hexDigits = "0123456789abcdef"

// quoteText is QuoteJSONString for text in the form that wtf8 gives.
func (w *jsonWriter) quoteText(s string) {
	w.buf = append(w.buf, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			if c < utf8.RuneSelf {
				continue
			}
			w.unicode = true
			if c != 0xED || i+2 >= len(s) || s[i+1] < 0xA0 {
				continue
			}
			unit := 0xD000 | uint16(s[i+1]&0x3F)<<6 | uint16(s[i+2]&0x3F)
			w.buf = append(w.buf, s[start:i]...)
			w.buf = append(w.buf, '\\', 'u', 'd', hexDigits[unit>>8&15], hexDigits[unit>>4&15], hexDigits[unit&15])
			i += 2
			start = i + 1
			continue
		}
		w.buf = append(w.buf, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			w.buf = append(w.buf, '\\', c)
		case '\b':
			w.buf = append(w.buf, `\b`...)
		case '\t':
			w.buf = append(w.buf, `\t`...)
		case '\n':
			w.buf = append(w.buf, `\n`...)
		case '\f':
			w.buf = append(w.buf, `\f`...)
		case '\r':
			w.buf = append(w.buf, `\r`...)
		default:
			w.buf = append(w.buf, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	w.buf = append(w.buf, s[start:]...)
	w.buf = append(w.buf, '"')
}
