package console

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Limits of what is shown of a value. They are Node's, but for the last.
const (
	defaultDepth  = 2
	maxItems      = 100    // of an array, Map, Set or view
	maxString     = 10_000 // characters of a string within an object
	maxBytes      = 50     // of an ArrayBuffer
	maxListed     = 10_000 // length of a list whose other properties are looked for
	lineWidth     = 80
	maxText       = 64 << 10 // bytes of a whole message
	maxReentrance = 3        // an inspected error's getter may log
)

// Inspect words a value as the console shows it within an object, as Node's util.inspect does in the main. It runs no getter, no trap of a
// Proxy and no method of the value, with one exception: goja words an error's stack when it is first read, and asks name and message for
// that. Whatever these do, Inspect returns, with at most some 64 KB.
func Inspect(r *webidl.Realm, v goja.Value) string { return newPrinter(r, defaultDepth).value(v, 0) }

// printer is one walk over values.
type printer struct {
	r         *webidl.Realm
	depth     int // how deep objects are shown
	left      int // bytes that may still be written
	indent    int
	last      int                  // depth of the object that was begun last
	open      []*goja.Object       // being walked
	circular  map[*goja.Object]int // numbers of those that were met within themselves
	ownString goja.Callable
}

func newPrinter(r *webidl.Realm, depth int) *printer {
	return &printer{r: r, depth: depth, left: maxText}
}

// put counts text against the limit.
func (p *printer) put(s string) string {
	p.left -= len(s) + 2
	if p.left < 0 {
		return "..."
	}
	return s
}

func (p *printer) full() bool { return p.left < 0 }

func (p *printer) value(v goja.Value, depth int) string {
	switch v := v.(type) {
	case nil:
		return p.put("undefined")
	case *goja.Object:
		return p.object(v, depth)
	case *goja.Symbol:
		return p.put("Symbol(" + v.String() + ")")
	case goja.String:
		return p.put(quoteLong(v))
	default:
		return p.put(primitive(v))
	}
}

// primitive words what is neither object, string nor symbol.
func primitive(v goja.Value) string {
	if goja.IsBigInt(v) {
		return v.String() + "n"
	}
	if f := v.ToFloat(); goja.IsNumber(v) && f == 0 && math.Signbit(f) {
		return "-0"
	}
	return v.String()
}

func quoteLong(s goja.String) string {
	n := s.Length()
	if n <= maxString {
		return quote(s.String())
	}
	return quote(s.Substring(0, maxString).String()) + "... " + more(n-maxString, "character")
}

// more is "1 more item", "5 more items".
func more(n int, what string) string {
	if n == 1 {
		return "1 more " + what
	}
	return strconv.Itoa(n) + " more " + what + "s"
}

// quote puts a string between single quotes, or the kind of quotes that it doesn't hold.
func quote(s string) string {
	q := "'"
	if strings.Contains(s, "'") {
		if !strings.Contains(s, `"`) {
			q = `"`
		} else if !strings.Contains(s, "`") && !strings.Contains(s, "${") {
			q = "`"
		}
	}
	var b strings.Builder
	b.WriteString(q)
	for _, c := range s {
		switch {
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\b':
			b.WriteString(`\b`)
		case c == '\f':
			b.WriteString(`\f`)
		case c == '\v':
			b.WriteString(`\v`)
		case c == '\\' || string(c) == q:
			b.WriteByte('\\')
			b.WriteRune(c)
		case c < 0x20 || c >= 0x7F && c <= 0x9F:
			b.WriteString(`\x` + strings.ToUpper(hex.EncodeToString([]byte{byte(c)})))
		default:
			b.WriteRune(c)
		}
	}
	return b.String() + q
}

// object words an object: as a reference to itself, by its name alone where it lies too deep, or in full.
func (p *printer) object(obj *goja.Object, depth int) string {
	for _, o := range p.open {
		if o == obj {
			if p.circular == nil {
				p.circular = make(map[*goja.Object]int)
			}
			if p.circular[obj] == 0 {
				p.circular[obj] = len(p.circular) + 1
			}
			return p.put("[Circular *" + strconv.Itoa(p.circular[obj]) + "]")
		}
	}
	if p.full() {
		return "..."
	}
	p.open = append(p.open, obj)
	open, indent, text := len(p.open), p.indent, ""
	if thrown := p.r.Try(func() { text = p.shape(obj, depth) }); thrown != nil { // script has replaced built-ins that are used here
		p.open, p.indent, text = p.open[:open], indent, "[cannot be shown]"
	}
	p.open = p.open[:len(p.open)-1]
	if n := p.circular[obj]; n > 0 {
		text = "<ref *" + strconv.Itoa(n) + "> " + text
	}
	return text
}

// shown is an object on the way to text: base { entries }.
type shown struct {
	base        string   // what comes before the braces
	open, close string   // braces; none for what is shown by base alone unless it has entries
	entries     []string // items, then properties
	list        bool     // entries may be set in columns
	numbers     bool     // and are aligned to the right
	bare        bool     // without entries, base is all there is
}

func (p *printer) shape(obj *goja.Object, depth int) string {
	kind := p.r.KindOf(obj)
	if kind == webidl.KindProxy {
		target := webidl.ProxyTarget(obj)
		if target == nil {
			return p.put("<Revoked Proxy>")
		}
		return p.object(target, depth) // what Node shows of a Proxy
	}
	s := p.head(obj, kind)
	if !s.bare && depth > p.depth {
		name := strings.TrimSpace(s.base)
		if kind == webidl.KindArray {
			name = "Array"
		} else if name == "" {
			name = "Object"
		}
		return p.put("[" + name + "]")
	}
	p.last = depth
	p.left -= len(s.base)
	p.indent += 2
	p.fill(s, obj, kind, depth+1)
	p.indent -= 2
	if len(s.entries) == 0 {
		if s.bare {
			return s.base
		}
		return join(s.base, s.open+s.close)
	}
	return p.layout(s, depth)
}

func join(base, rest string) string {
	if base == "" {
		return rest
	}
	return base + " " + rest
}

// fill adds the entries of an object to s.
func (p *printer) fill(s *shown, obj *goja.Object, kind webidl.Kind, depth int) {
	switch kind {
	case webidl.KindArray, webidl.KindArguments:
		p.array(s, obj, depth)
		return
	case webidl.KindTypedArray:
		p.typedArray(s, obj)
		return
	case webidl.KindMap:
		p.entries(s, obj, depth, true)
	case webidl.KindSet:
		p.entries(s, obj, depth, false)
	case webidl.KindArrayBuffer:
		p.buffer(s, obj)
	case webidl.KindDataView:
		_, buffer, offset, length := p.r.View(obj)
		s.entries = append(s.entries, "byteLength: "+strconv.Itoa(length), "byteOffset: "+strconv.Itoa(offset), "buffer: "+p.object(buffer, depth))
	case webidl.KindPromise:
		p.promise(s, obj, depth)
	case webidl.KindPlatform:
		p.platform(s, obj, depth)
		return
	case webidl.KindString:
		p.properties(s, obj, depth, func(key string) bool { return isIndex(key) })
		return
	case webidl.KindError:
		p.errorProperties(s, obj, depth)
		return
	case webidl.KindOrdinary:
		if s.base == "WeakMap" || s.base == "WeakSet" || s.base == "WeakRef" {
			if p.inherits(obj, s.base) {
				s.entries = append(s.entries, "<items unknown>")
			}
		}
	}
	p.properties(s, obj, depth, nil)
}

func isIndex(key string) bool {
	_, err := strconv.ParseUint(key, 10, 32)
	return err == nil
}

func (p *printer) inherits(obj *goja.Object, class string) bool {
	c := p.r.Global(class)
	if c == nil {
		return false
	}
	proto, ok := c.Get("prototype").(*goja.Object)
	return ok && webidl.Inherits(obj, proto)
}

func (p *printer) array(s *shown, obj *goja.Object, depth int) {
	length := 0
	if v, ok := p.own(obj, "length"); ok && goja.IsNumber(v.value) {
		length = int(min(v.value.ToInteger(), math.MaxUint32))
	}
	s.list, s.numbers = true, true
	holes := 0
	hole := func() {
		switch {
		case holes == 1:
			s.entries = append(s.entries, "<1 empty item>")
		case holes > 1:
			s.entries = append(s.entries, "<"+strconv.Itoa(holes)+" empty items>")
		}
		holes = 0
	}
	i, scanned := 0, 0
	for ; i < length && len(s.entries) < maxItems && scanned < maxItems*100 && !p.full(); i++ {
		d, ok := p.own(obj, strconv.Itoa(i))
		if !ok {
			holes++
			scanned++
			continue
		}
		hole()
		if d.value == nil || !goja.IsNumber(d.value) {
			s.numbers = false
		}
		s.entries = append(s.entries, p.described(d, depth))
	}
	if i == length {
		hole()
	} else if holes > 0 { // a sparse array: nobody wants to wait for its end
		i -= holes
	}
	if i < length {
		s.entries = append(s.entries, "... "+more(length-i, "item"))
	}
	if length <= maxListed { // the keys of an array are its indices too
		p.properties(s, obj, depth, isIndex)
	}
}

func (p *printer) typedArray(s *shown, obj *goja.Object) {
	_, _, _, length := p.r.View(obj)
	at := p.r.Intrinsic("TypedArray.prototype.at")
	s.list, s.numbers = true, true
	n := min(length, maxItems)
	for i := range n {
		s.entries = append(s.entries, p.put(primitive(p.r.Invoke(at, obj, p.r.ToValue(i)))))
	}
	if n < length {
		s.entries = append(s.entries, "... "+more(length-n, "item"))
	}
	if length <= maxListed { // goja lists each index among the keys
		p.properties(s, obj, 1, isIndex)
	}
}

func (p *printer) entries(s *shown, obj *goja.Object, depth int, pairs bool) {
	first, total := p.r.FirstEntries(obj, maxItems)
	for i, e := range first {
		if p.full() {
			s.entries = append(s.entries, "... "+more(total-i, "item"))
			return
		}
		text := p.value(e[0], depth)
		if pairs {
			text += " => " + p.value(e[1], depth)
		}
		s.entries = append(s.entries, text)
	}
	if n := total - len(first); n > 0 {
		s.entries = append(s.entries, "... "+more(n, "item"))
	}
}

func (p *printer) buffer(s *shown, obj *goja.Object) {
	b := obj.Export().(goja.ArrayBuffer)
	if b.Detached() {
		s.entries = append(s.entries, "(detached)", "byteLength: 0")
		return
	}
	data := b.Bytes()
	var text strings.Builder
	for i, x := range data[:min(len(data), maxBytes)] {
		if i > 0 {
			text.WriteByte(' ')
		}
		text.WriteString(hex.EncodeToString([]byte{x}))
	}
	if n := len(data) - maxBytes; n > 0 {
		text.WriteString(" ... " + more(n, "byte"))
	}
	s.entries = append(s.entries, p.put("[Uint8Contents]: <"+text.String()+">"), "byteLength: "+strconv.Itoa(len(data)))
}

func (p *printer) promise(s *shown, obj *goja.Object, depth int) {
	promise := webidl.PromiseOf(obj)
	switch promise.State() {
	case goja.PromiseStateFulfilled:
		s.entries = append(s.entries, p.value(promise.Result(), depth))
	case goja.PromiseStateRejected:
		s.entries = append(s.entries, "<rejected> "+p.value(promise.Result(), depth))
	default:
		s.entries = append(s.entries, "<pending>")
	}
}
