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
	return func(call goja.FunctionCall) goja.Value {
		w := jsonWriter{s: s, rt: rt}
		w.setReplacer(call.Argument(1))
		w.gap = jsonGap(call.Argument(2))
		w.unicode = !isASCII(w.gap)
		if !w.top(call.Argument(0)) {
			return goja.Undefined()
		}
		return w.result()
	}
}

// setReplacer takes the second argument: a function, or an array of the names to write.
func (w *jsonWriter) setReplacer(v goja.Value) {
	o, ok := v.(*goja.Object)
	if !ok {
		return
	}
	if w.replacer, ok = goja.AssertFunction(o); ok || !isArray(w.rt, o) {
		return
	}
	w.only = []propertyKey{}
	seen := make(map[propertyKey]bool)
	for i := range toLength(getOr(o, "length")) {
		v := getOr(o, strconv.FormatInt(i, 10))
		if item, ok := v.(*goja.Object); ok {
			if c := item.ClassName(); c != "Number" && c != "String" {
				continue
			}
		} else if _, ok := v.(goja.String); !ok && !goja.IsNumber(v) {
			continue
		}
		if key := toPropertyKey(w.rt, toString(w.rt, v)); !seen[key] {
			seen[key] = true
			w.only = append(w.only, key)
		}
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
	s        *state
	rt       *goja.Runtime
	replacer goja.Callable
	only     []propertyKey // the names to write, unless nil
	gap      string
	indent   string
	buf      []byte
	unicode  bool // there is something in buf that isn't ASCII
	stack    []*goja.Object
	written  int // elements and members so far
}

// jsonPlace is where a value stands, for toJSON and the replacer: the holder, and the name or index in it.
type jsonPlace struct {
	holder *goja.Object
	name   string
	key    *propertyKey // instead of name, if it isn't well-formed
	index  int64        // -1: name counts
}

func (p *jsonPlace) value() goja.Value {
	switch {
	case p.index >= 0:
		return newString(strconv.FormatInt(p.index, 10))
	case p.key != nil:
		return p.key.value()
	default:
		return newString(p.name)
	}
}

func (w *jsonWriter) result() goja.Value {
	if w.unicode {
		return w.rt.ToValue(string(w.buf))
	}
	return newString(string(w.buf))
}

// top writes the whole document.
func (w *jsonWriter) top(v goja.Value) bool {
	place := jsonPlace{index: -1}
	if w.replacer != nil {
		place.holder = w.rt.NewObject()
		must(place.holder.DefineDataProperty("", v, yes, yes, yes))
	}
	return w.value(v, &place)
}

// value writes the value that is at place, or tells that it is left out.
func (w *jsonWriter) value(v goja.Value, place *jsonPlace) bool {
	if o, ok := v.(*goja.Object); ok {
		if f, ok := goja.AssertFunction(o.Get("toJSON")); ok {
			v = invoke(f, o, place.value())
		}
	} else if v != nil && goja.IsBigInt(v) {
		if f, ok := goja.AssertFunction(v.ToObject(w.rt).Get("toJSON")); ok {
			v = invoke(f, v, place.value())
		}
	}
	if w.replacer != nil {
		if v == nil {
			v = goja.Undefined()
		}
		v = invoke(w.replacer, place.holder, place.value(), v)
	}
	return w.plain(v)
}

// plain writes a value that toJSON and the replacer have seen.
func (w *jsonWriter) plain(v goja.Value) bool {
	switch t := v.(type) {
	case nil:
		return false
	case goja.String:
		w.quote(t)
		return true
	case *goja.Symbol:
		return false
	case *goja.Object:
		return w.object(t)
	}
	switch {
	case goja.IsUndefined(v):
		return false
	case goja.IsNull(v):
		w.buf = append(w.buf, "null"...)
	case goja.IsNumber(v):
		w.number(v)
	case goja.IsBigInt(v):
		panic(w.rt.NewTypeError("Do not know how to serialize a BigInt"))
	case v.ToBoolean():
		w.buf = append(w.buf, "true"...)
	default:
		w.buf = append(w.buf, "false"...)
	}
	return true
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

func (w *jsonWriter) object(o *goja.Object) bool {
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

// maxJSONLength is where a text is refused; an array's length costs its script nothing. V8 has a like bound.
var maxJSONLength = 1 << 27 // a variable for its test

func (w *jsonWriter) line() {
	if w.written++; w.written&pollEvery == 0 && Poll != nil {
		Poll(w.rt)
	}
	if len(w.buf) > maxJSONLength {
		throwRange(w.rt, "Invalid string length")
	}
	if w.gap != "" {
		w.buf = append(w.buf, '\n')
		w.buf = append(w.buf, w.indent...)
	}
}

func (w *jsonWriter) array(o *goja.Object) {
	outer := w.enter(o, '[')
	n := toLength(getOr(o, "length"))
	if n > int64(maxJSONLength)/2 { // of each element there will be a character and a comma
		throwRange(w.rt, "Invalid string length")
	}
	for i := range n {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.line()
		place := jsonPlace{holder: o, index: i}
		if !w.value(o.Get(strconv.FormatInt(i, 10)), &place) {
			w.buf = append(w.buf, "null"...)
		}
	}
	w.leave(outer, n == 0, ']')
}

func (w *jsonWriter) members(o *goja.Object) {
	outer := w.enter(o, '{')
	empty := true
	place := jsonPlace{holder: o, index: -1}
	if w.only != nil {
		for i := range w.only {
			empty = w.member(w.only[i].get(w.s, o), &place, &w.only[i], empty)
		}
		w.leave(outer, empty, '}')
		return
	}
	names := o.Keys()
	for _, name := range names {
		if lossy(name) {
			keys := exactKeys(w.s, o, len(names))
			for i := range keys {
				empty = w.member(keys[i].get(w.s, o), &place, &keys[i], empty)
			}
			w.leave(outer, empty, '}')
			return
		}
	}
	key := propertyKey{}
	for _, name := range names {
		key.text = name
		empty = w.member(o.Get(name), &place, &key, empty)
	}
	w.leave(outer, empty, '}')
}

// member writes one property unless its value is left out; it gives what empty is then.
func (w *jsonWriter) member(v goja.Value, place *jsonPlace, key *propertyKey, empty bool) bool {
	mark := len(w.buf)
	if !empty {
		w.buf = append(w.buf, ',')
	}
	w.line()
	place.name, place.key = key.text, nil
	if key.units != "" {
		place.key = key
		w.quote(key.value().(goja.String))
	} else {
		w.quoteText(key.text)
	}
	w.buf = append(w.buf, ':')
	if w.gap != "" {
		w.buf = append(w.buf, ' ')
	}
	if w.value(v, place) {
		return false
	}
	w.buf = w.buf[:mark]
	return empty
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
