package builtins

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// ParseJSON is JSON.parse without a reviver for a value, for other packages of the runtime
// (Response.prototype.json and the like). It throws (panics with) a SyntaxError worded as V8's, or a RangeError for
// nesting deeper than 7,500; so call it inside the VM, or in Runtime.Try.
func ParseJSON(rt *goja.Runtime, text goja.Value) goja.Value {
	return ParseJSONText(rt, jsonText(toString(rt, text)))
}

// jsonText is the text of a string value as the parser reads it.
func jsonText(s goja.String) string {
	utf := s.String()
	if len(utf) != s.Length() && strings.ContainsRune(utf, utf8.RuneError) && !wellFormed(s) {
		return wtf8(s)
	}
	return utf
}

// ParseJSONText is ParseJSON for UTF-8 text, such as a request's body. Invalid bytes count as U+FFFD. The value holds
// no part of text.
func ParseJSONText(rt *goja.Runtime, text string) goja.Value {
	p := jsonParser{rt: rt, text: text}
	return p.document()
}

func (p *jsonParser) document() goja.Value {
	p.space()
	v := p.value(0)
	p.space()
	if p.at < len(p.text) {
		p.fail("Unexpected non-whitespace character after JSON")
	}
	return v
}

// wtf8 is the text of s with lone surrogates encoded as if they were characters.
func wtf8(s goja.String) string {
	n := s.Length()
	b := make([]byte, 0, n+n/2)
	for i := 0; i < n; i++ {
		c := rune(s.CharAt(i))
		if isLead(uint16(c)) && i+1 < n && isTrail(s.CharAt(i+1)) {
			i++
			b = utf8.AppendRune(b, (c-0xD800)<<10+rune(s.CharAt(i))-0xDC00+0x10000)
		} else if c >= 0xD800 && c <= 0xDFFF {
			b = append(b, 0xE0|byte(c>>12), 0x80|byte(c>>6)&0x3F, 0x80|byte(c)&0x3F)
		} else {
			b = utf8.AppendRune(b, c)
		}
	}
	return string(b)
}

// jsonParser reads one JSON text, https://tc39.es/ecma262/#sec-json.parse.
type jsonParser struct {
	rt   *goja.Runtime
	text string
	at   int
	// keys holds the property names met, so that a name that comes again costs nothing and the text isn't kept.
	keys map[string]string
	// items is the stack of array elements being read.
	items []any
	// record asks for node, the place of the last value read.
	record bool
	node   *jsonNode
	values int // read so far
}

// jsonNode is a JSON Parse Record: a value and the text that it was read from, for revivers.
type jsonNode struct {
	value    goja.Value
	source   string // of primitives
	elements []*jsonNode
	members  map[propertyKey]*jsonNode
}

func (p *jsonParser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\n', '\r', '\t':
			p.at++
		default:
			return
		}
	}
}

// peek is the next byte, 0 at the end (where no NUL byte is valid either).
func (p *jsonParser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *jsonParser) value(depth int) goja.Value {
	if p.values++; p.values&pollEvery == 0 && Poll != nil {
		Poll(p.rt)
	}
	if !p.record {
		return p.read(depth)
	}
	p.node = nil
	start := p.at
	v := p.read(depth)
	if p.node == nil {
		p.node = &jsonNode{value: v, source: p.text[start:p.at]}
	}
	return v
}

func (p *jsonParser) read(depth int) goja.Value {
	switch c := p.peek(); c {
	case '{':
		return p.object(depth + 1)
	case '[':
		return p.array(depth + 1)
	case '"':
		return p.string()
	case 't':
		return p.literal("true", p.rt.ToValue(true))
	case 'f':
		return p.literal("false", p.rt.ToValue(false))
	case 'n':
		return p.literal("null", goja.Null())
	default:
		if c == '-' || c >= '0' && c <= '9' {
			return p.number()
		}
		p.unexpected()
		return nil
	}
}

func (p *jsonParser) literal(word string, v goja.Value) goja.Value {
	for i := range len(word) {
		if p.peek() != word[i] || p.at >= len(p.text) {
			p.unexpected()
		}
		p.at++
	}
	return v
}

func (p *jsonParser) deeper(depth int) {
	if depth > maxJSONDepth {
		throwRange(p.rt, "Maximum call stack size exceeded")
	}
	p.at++
	p.space()
}

func (p *jsonParser) array(depth int) goja.Value {
	p.deeper(depth)
	if p.peek() == ']' {
		p.at++
		return p.rt.NewArray()
	}
	base := len(p.items)
	var nodes []*jsonNode
	for {
		v := p.value(depth)
		p.items = append(p.items, v)
		if p.record {
			nodes = append(nodes, p.node)
		}
		p.space()
		switch p.peek() {
		case ',':
			p.at++
			p.space()
		case ']':
			p.at++
			array := p.rt.NewArray(p.items[base:]...)
			clear(p.items[base:])
			p.items = p.items[:base]
			if p.record {
				p.node = &jsonNode{value: array, elements: nodes}
			}
			return array
		default:
			p.fail("Expected ',' or ']' after array element in JSON")
		}
	}
}

func (p *jsonParser) object(depth int) goja.Value {
	p.deeper(depth)
	o := p.rt.NewObject()
	if p.peek() == '}' {
		p.at++
		return o
	}
	if p.peek() != '"' {
		p.fail("Expected property name or '}' in JSON")
	}
	var nodes map[propertyKey]*jsonNode
	if p.record {
		nodes = make(map[propertyKey]*jsonNode)
	}
	for {
		name := p.key()
		p.space()
		if p.peek() != ':' {
			p.fail("Expected ':' after property name in JSON")
		}
		p.at++
		p.space()
		v := p.value(depth)
		if p.record {
			nodes[name] = p.node
		}
		if name.units != "" {
			name.createOn(stateOf(p.rt), o, v)
		} else {
			must(o.DefineDataProperty(name.text, v, yes, yes, yes))
		}
		p.space()
		switch p.peek() {
		case ',':
			p.at++
			p.space()
			if p.peek() != '"' {
				p.fail("Expected double-quoted property name in JSON")
			}
		case '}':
			p.at++
			if p.record {
				p.node = &jsonNode{value: o, members: nodes}
			}
			return o
		default:
			p.fail("Expected ',' or '}' after property value in JSON")
		}
	}
}

// key reads a property name, which starts here.
func (p *jsonParser) key() propertyKey {
	raw, plain := p.scan()
	if !plain {
		return toPropertyKey(p.rt, p.unescape(raw))
	}
	if known, ok := p.keys[raw]; ok {
		return propertyKey{text: known}
	}
	if p.keys == nil {
		p.keys = make(map[string]string)
	}
	name := strings.Clone(raw)
	p.keys[name] = name
	return propertyKey{text: name}
}

// string reads a string value, which starts here.
func (p *jsonParser) string() goja.Value {
	raw, plain := p.scan()
	if !plain {
		return p.unescape(raw)
	}
	return newString(raw)
}

// scan passes over a string and gives what is between the quotes; plain says that this is ASCII without escapes.
func (p *jsonParser) scan() (raw string, plain bool) {
	p.at++
	start := p.at
	plain = true
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '"':
			raw = p.text[start:p.at]
			p.at++
			return raw, plain
		case c == '\\':
			plain = false
			p.escape()
		case c < ' ':
			p.fail("Bad control character in string literal in JSON")
		default:
			if c >= utf8.RuneSelf {
				plain = false
			}
			p.at++
		}
	}
	p.fail("Unterminated string in JSON")
	return "", false
}

// escape passes over the escape that starts here.
func (p *jsonParser) escape() {
	p.at++
	switch p.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		p.at++
	case 'u':
		p.at++
		for range 4 {
			if _, ok := hexDigit(p.peek()); !ok {
				p.fail(orEnd(p, "Bad Unicode escape in JSON"))
			}
			p.at++
		}
	default:
		p.fail(orEnd(p, "Bad escaped character in JSON"))
	}
}

// orEnd is message, except at the end of the text.
func orEnd(p *jsonParser, message string) string {
	if p.at >= len(p.text) {
		return "Unterminated string in JSON"
	}
	return message
}

func hexDigit(c byte) (uint16, bool) {
	switch {
	case c >= '0' && c <= '9':
		return uint16(c - '0'), true
	case c >= 'a' && c <= 'f':
		return uint16(c-'a') + 10, true
	case c >= 'A' && c <= 'F':
		return uint16(c-'A') + 10, true
	}
	return 0, false
}

var jsonEscapes = [256]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\', '/': '/'}

// unescape makes the value of a string that scan has found valid.
func (p *jsonParser) unescape(raw string) goja.String {
	units := make([]uint16, 0, len(raw))
	for i := 0; i < len(raw); {
		c := raw[i]
		switch {
		case c == '\\' && raw[i+1] == 'u':
			var unit uint16
			for _, digit := range []byte(raw[i+2 : i+6]) {
				d, _ := hexDigit(digit)
				unit = unit<<4 | d
			}
			units = append(units, unit)
			i += 6
		case c == '\\':
			units = append(units, uint16(jsonEscapes[raw[i+1]]))
			i += 2
		case c < utf8.RuneSelf:
			units = append(units, uint16(c))
			i++
		case c == 0xED && i+2 < len(raw) && raw[i+1] >= 0xA0 && raw[i+1]&0xC0 == 0x80 && raw[i+2]&0xC0 == 0x80:
			units = append(units, 0xD000|uint16(raw[i+1]&0x3F)<<6|uint16(raw[i+2]&0x3F)) // a lone surrogate, see wtf8
			i += 3
		default:
			r, size := utf8.DecodeRuneInString(raw[i:])
			if r >= 0x10000 {
				r -= 0x10000
				units = append(units, 0xD800+uint16(r>>10), 0xDC00+uint16(r&0x3FF))
			} else {
				units = append(units, uint16(r))
			}
			i += size
		}
	}
	return goja.StringFromUTF16(units)
}

func (p *jsonParser) digits() int {
	start := p.at
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		p.at++
	}
	return p.at - start
}

func (p *jsonParser) number() goja.Value {
	start := p.at
	if p.peek() == '-' {
		p.at++
	}
	first := p.at
	n := p.digits()
	if n == 0 {
		p.fail("No number after minus sign in JSON")
	}
	if n > 1 && p.text[first] == '0' {
		p.at = first + 1
		p.fail("Unexpected number in JSON")
	}
	whole := true
	if p.peek() == '.' {
		whole = false
		p.at++
		if p.digits() == 0 {
			p.fail("Unterminated fractional number in JSON")
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		whole = false
		p.at++
		if c := p.peek(); c == '+' || c == '-' {
			p.at++
		}
		if p.digits() == 0 {
			p.fail("Exponent part is missing a number in JSON")
		}
	}
	raw := p.text[start:p.at]
	if whole && n <= 15 {
		i, _ := strconv.ParseInt(raw, 10, 64)
		if i == 0 && raw[0] == '-' {
			return p.rt.ToValue(math.Copysign(0, -1))
		}
		return p.rt.ToValue(i)
	}
	f, _ := strconv.ParseFloat(raw, 64) // out of range gives infinity, as in script
	return p.rt.ToValue(f)
}
