package bounds

import (
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// Sizes in bytes that the rules reckon with. They are goja's, rounded up.
const (
	bytesValue   = 16  // a value in an array
	bytesPiece   = 48  // a string in an array, without its text
	bytesMatch   = 112 // a match of a regular expression in goja's list of all
	bytesObject  = 256
	bytesEntry   = 160 // of a Map or Set
	bytesKey     = 64  // a name in a list of names
	longText     = 1 << 20
	maxDateText  = 1024
	maxFormChars = 18 // what one character can become under NFKD
)

// ordinary is how long a list or text may be that goja's own code is given without more ado. A variable for tests.
var ordinary int64 = 1 << 16

// rules are the bounds of what can be called.
var rules = map[string]rule{}

// constructRules are the bounds of what new makes.
var constructRules = map[string]constructRule{}

func init() {
	for id, r := range map[string]rule{
		"String.prototype.repeat":         repeat,
		"String.prototype.padStart":       pad,
		"String.prototype.padEnd":         pad,
		"String.prototype.concat":         concatText,
		"String.prototype.replace":        replaceText(false),
		"String.prototype.replaceAll":     replaceText(true),
		"String.prototype.split":          splitText,
		"String.prototype.normalize":      grows(maxFormChars),
		"String.prototype.toUpperCase":    grows(3),
		"String.prototype.toLowerCase":    grows(2),
		"String.prototype.localeCompare":  collate,
		"String.prototype.match":          patternArgument,
		"String.prototype.matchAll":       patternArgument,
		"String.prototype.search":         patternArgument,
		"String.raw":                      rawText,
		"encodeURI":                       argumentGrows(9),
		"encodeURIComponent":              argumentGrows(9),
		"escape":                          argumentGrows(6),
		"unescape":                        argumentGrows(2),
		"decodeURI":                       argumentGrows(2),
		"decodeURIComponent":              argumentGrows(2),
		"Date.parse":                      dateText,
		"Date":                            dateText,
		"JSON.parse":                      jsonParse,
		"JSON.stringify":                  charged,
		"String.prototype.toWellFormed":   grows(2),
		"Array.prototype.toLocaleString":  locales,
		"%TypedArray%.prototype.toString": joinTyped,
	} {
		rules[id] = r
	}
	constructRules["Date"] = func(_ *state, own construct) construct {
		return func(args []goja.Value, newTarget *goja.Object) *goja.Object { return own(shortDate(args), newTarget) }
	}
}

// width is how many bytes goja takes for one unit of s, or 2 if that can't be told quickly: it keeps ASCII as bytes.
func width(s goja.String) int64 {
	switch {
	case inner != nil && inner.isASCII(s), s.Length() == 0:
		return 1
	case s.Length() < 256 && isASCII(s.String()):
		return 1
	}
	return 2
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// text is ToString of v if that is surprising: objects; it runs script. ok is false for what a built-in itself must refuse.
func (s *state) text(v goja.Value) (goja.String, bool) {
	if o, ok := v.(*goja.Object); ok {
		v = o.ToString()
	}
	switch t := v.(type) {
	case goja.String:
		return t, true
	case nil, *goja.Symbol:
		return nil, false
	}
	if goja.IsUndefined(v) || goja.IsNull(v) {
		return nil, false
	}
	t, ok := v.ToString().(goja.String)
	if !ok { // a BigInt
		t, ok = s.rt.ToValue(v.String()).(goja.String)
	}
	return t, ok
}

// number is ToIntegerOrInfinity of argument i, which is replaced by the number if it was an object: it must not be asked twice.
func (s *state) number(c *goja.FunctionCall, i int) float64 {
	v := c.Argument(i)
	if o, ok := v.(*goja.Object); ok {
		v = o.ToNumber()
		set(c, i, v)
	}
	switch v.(type) {
	case *goja.Symbol:
		return 0 // the built-in refuses it
	}
	if goja.IsBigInt(v) {
		return 0
	}
	return v.ToFloat()
}

// set replaces argument i. The slice may be an array's own memory, so it is copied.
func set(c *goja.FunctionCall, i int, v goja.Value) {
	args := append([]goja.Value(nil), c.Arguments...)
	args[i] = v
	c.Arguments = args
}

// this is the text that a method of strings is called on; it replaces an object by it.
func (s *state) this(c *goja.FunctionCall) (goja.String, bool) {
	t, ok := c.This.(goja.String)
	if ok {
		return t, true
	}
	if t, ok = s.text(c.This); ok {
		c.This = t
	}
	return t, ok
}

func repeat(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		t, ok := s.this(&c)
		if !ok || len(c.Arguments) == 0 {
			return own(c)
		}
		n := s.number(&c, 0)
		if size := int64(t.Length()) * width(t); size > 0 && n > 0 {
			if n*float64(size) > float64(s.meter.limit()) && n < 1e300 {
				s.throwRange(textString)
			}
			if n < 1e300 {
				s.chargeSmall(size * int64(n))
				if total := size * int64(n); total > ordinary && width(t) == 1 {
					return asciiText(strings.Repeat(t.String(), int(n))) // goja's own goes piece by piece
				}
			}
		}
		return own(c)
	}
}

// asciiText makes a value of ASCII text.
func asciiText(s string) goja.Value {
	if inner != nil {
		return inner.asciiValue(s)
	}
	var b goja.StringBuilder
	b.WriteUTF8String(s)
	return b.String()
}

func pad(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		t, ok := s.this(&c)
		if !ok || len(c.Arguments) == 0 {
			return own(c)
		}
		if n := s.number(&c, 0); n > float64(t.Length()) {
			if filler, ok := c.Argument(1).(goja.String); ok && filler.Length() == 0 {
				return own(c)
			}
			if n > float64(s.meter.limit()/2) {
				s.throwRange(textString)
			}
			s.chargeSmall(int64(n) * 2)
		}
		return own(c)
	}
}

func concatText(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		t, ok := s.this(&c)
		if !ok {
			return own(c)
		}
		sum, wide := int64(t.Length()), width(t)
		for i, a := range c.Arguments {
			u, ok := a.(goja.String)
			if !ok {
				if u, ok = s.text(a); !ok {
					continue // undefined and null, or refused
				}
				set(&c, i, u)
			}
			sum, wide = sum+int64(u.Length()), max(wide, width(u))
		}
		s.chargeText(sum * wide)
		return own(c)
	}
}

// chargeText charges a string of n bytes.
func (s *state) chargeText(n int64) {
	s.fits(n, 1, textString)
	s.chargeSmall(n)
}

// grows bounds methods whose result may be as much as factor times as long as the text, unless it is ASCII.
func grows(factor int64) rule {
	return func(s *state, own native) native {
		return func(c goja.FunctionCall) goja.Value {
			t, ok := s.this(&c)
			if ok && int64(t.Length()) > ordinary {
				if w := width(t); w > 1 {
					s.fits(int64(t.Length())*2, factor, textString)
				}
				s.chargeText(int64(t.Length()) * 2)
			}
			return own(c)
		}
	}
}

func argumentGrows(factor int64) rule {
	return func(s *state, own native) native {
		return func(c goja.FunctionCall) goja.Value {
			if len(c.Arguments) == 0 {
				return own(c)
			}
			t, ok := c.Arguments[0].(goja.String)
			if !ok {
				if t, ok = s.text(c.Arguments[0]); !ok {
					return own(c)
				}
				set(&c, 0, t)
			}
			if int64(t.Length()) > ordinary {
				s.fits(int64(t.Length()), min(factor, 3*width(t)*2), textString)
				s.chargeText(int64(t.Length()))
			}
			return own(c)
		}
	}
}

func collate(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		t, ok := s.this(&c)
		if !ok || len(c.Arguments) == 0 {
			return own(c)
		}
		u, ok := s.text(c.Arguments[0])
		if !ok {
			return own(c)
		}
		set(&c, 0, u)
		if n := int64(t.Length() + u.Length()); n > ordinary {
			s.fits(n, 64, textString)
			s.chargeText(n * 2)
		}
		return own(c)
	}
}

// rawText is String.raw. An object may say that it has any number of segments.
func rawText(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		cooked, ok := c.Argument(0).(*goja.Object)
		if !ok {
			return own(c)
		}
		raw, ok := cooked.Get("raw").(*goja.Object)
		if !ok {
			return own(c)
		}
		if n, _, ok := inner.elements(raw); ok && n <= 64 {
			return own(c)
		}
		n := lengthOf(raw)
		b := s.builder()
		for i := range n {
			b.add(s.mustText(orUndefined(raw.Get(index(i)))))
			if i+1 < n && i+1 < int64(len(c.Arguments)) {
				b.add(s.mustText(c.Arguments[i+1]))
			}
		}
		return b.text()
	}
}

// builder grows a string within bounds. Long pieces are kept as they are until all are known.
type builder struct {
	s      *state
	pieces []goja.String
	b      goja.StringBuilder // what was written since the last of them
	fresh  int                // how long that is
	units  int64
	wide   int64
	steps  int
}

// longPiece is how long a text is that a builder keeps.
const longPiece = 1 << 12

func (s *state) builder() *builder { return &builder{s: s, wide: 1} }

func (b *builder) add(t goja.String) {
	if b.steps++; b.steps&0xFF == 0 || t.Length() > longText {
		b.s.poll()
	}
	n := t.Length()
	b.units, b.wide = b.units+int64(n), max(b.wide, width(t))
	b.s.fits(b.units, b.wide, textString)
	if n < longPiece {
		b.s.chargeSmall(int64(n) * b.wide)
		b.b.WriteString(t)
		b.fresh += n
		return
	}
	b.s.chargeSmall(bytesPiece)
	b.flush()
	b.pieces = append(b.pieces, t)
}

func (b *builder) flush() {
	if b.fresh > 0 {
		b.pieces = append(b.pieces, b.b.String())
		b.b, b.fresh = goja.StringBuilder{}, 0
	}
}

func (b *builder) text() goja.Value {
	if b.pieces == nil {
		return b.b.String()
	}
	b.flush()
	if len(b.pieces) == 1 {
		return b.pieces[0]
	}
	b.s.charge(b.units*b.wide, textString)
	var whole goja.StringBuilder
	if b.wide > 1 {
		whole.LikelyUnicode(int(b.units))
	}
	whole.Grow(int(b.units))
	for i, p := range b.pieces {
		if i&0xFFF == 0 {
			b.s.poll()
		}
		whole.WriteString(p)
	}
	return whole.String()
}

// mustText is ToString.
func (s *state) mustText(v goja.Value) goja.String {
	if t, ok := s.text(v); ok {
		return t
	}
	if _, ok := v.(*goja.Symbol); ok {
		panic(s.rt.NewTypeError("Cannot convert a Symbol value to a string"))
	}
	return s.rt.ToValue(v.String()).(goja.String)
}

func orUndefined(v goja.Value) goja.Value {
	if v == nil {
		return goja.Undefined()
	}
	return v
}

// dateText answers what is too long to be a date without looking at it.
func dateText(_ *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		c.Arguments = shortDate(c.Arguments)
		return own(c)
	}
}

func shortDate(args []goja.Value) []goja.Value {
	if len(args) == 1 {
		if t, ok := args[0].(goja.String); ok && t.Length() > maxDateText {
			return []goja.Value{t.Substring(0, 0)}
		}
	}
	return args
}

// jsonParse reckons what a long text becomes before it is read: an array of three bytes of text takes a hundred times that.
func jsonParse(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		if len(c.Arguments) == 0 {
			return own(c)
		}
		t, ok := c.Arguments[0].(goja.String)
		if !ok {
			if t, ok = s.text(c.Arguments[0]); !ok {
				return own(c)
			}
			set(&c, 0, t)
		}
		text := ""
		if int64(t.Length()) > s.meter.limit()/bytesObject {
			text = t.String()
		}
		s.chargeJSON(text, int64(t.Length()))
		return own(c)
	}
}

// chargeJSON charges what a text of length n becomes. The text itself is needed only if it is long.
func (s *state) chargeJSON(text string, n int64) {
	if n < 1024 {
		s.chargeSmall(n * 8)
		return
	}
	if n > s.meter.limit()/bytesObject {
		containers := int64(strings.Count(text, "[") + strings.Count(text, "{"))
		n = n + containers*bytesObject + int64(strings.Count(text, ","))*bytesPiece
	}
	s.charge(n, textAllocation)
}

// charged charges the string that a built-in with bounds of its own gives.
func charged(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		v := own(c)
		if t, ok := v.(goja.String); ok {
			s.chargeSmall(int64(t.Length()))
		}
		return v
	}
}

// maxTextLength is how many UTF-16 code units a text of V8's may have.
const maxTextLength = 1<<29 - 24

// Concatenation gives what native code that does + on texts for a runtime calls first: it charges what is written, right, or both where whole
// says that left is copied, and throws RangeError (panics as native functions do) if the text gets too long. Nothing is charged in a runtime
// that is no realm. right may be nil.
func Concatenation(rt *goja.Runtime) func(left, right goja.String, whole bool) {
	s := of(rt)
	if s == nil {
		s = &state{rt: rt}
	}
	return func(left, right goja.String, whole bool) {
		length, wide := int64(left.Length()), width(left)
		if right != nil {
			length += int64(right.Length())
			wide = max(wide, width(right))
		}
		if length > maxTextLength {
			s.throwRange(textString)
		}
		s.fits(length, wide, textString)
		if !whole {
			length = int64(right.Length())
		}
		s.chargeSmall(length * wide)
	}
}
