package console

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// quiet are attributes of Web API objects that are not read: it would make a stream, a signal or a promise that nobody asked for.
var quiet = map[string]bool{"body": true, "signal": true, "closed": true, "ready": true, "readable": true, "writable": true, "currentTarget": true, "srcElement": true}

// platform adds what can be seen of a Web API object: its entries if it is a collection (Headers, URLSearchParams, FormData), else the
// attributes of its class, which are Go's own getters; then its own properties.
func (p *printer) platform(s *shown, obj *goja.Object, depth int) {
	if _, ok := webidl.DOMExceptionClass.From(obj); ok || p.pairs(s, obj, depth) {
		p.properties(s, obj, depth, nil)
		return
	}
	objectPrototype := engine.ObjectPrototype(p.r.VM)
	seen := make(map[string]bool)
	for at, n := obj.Prototype(), 0; at != nil && at != objectPrototype && n < maxChain && p.r.KindOf(at) != webidl.KindProxy; at, n = at.Prototype(), n+1 {
		for _, key := range at.GetOwnPropertyNames() {
			if seen[key] || p.full() {
				continue
			}
			seen[key] = true
			d, ok := p.own(at, key)
			if !ok || d.get == nil || quiet[key] || !p.isNative(d.get) {
				continue
			}
			p.attribute(s, obj, key, d.get, depth)
		}
	}
	p.properties(s, obj, depth, nil)
}

func (p *printer) attribute(s *shown, obj *goja.Object, key string, get *goja.Object, depth int) {
	fn, _ := goja.AssertFunction(get)
	var v goja.Value
	if thrown := p.r.Try(func() { v = p.r.Invoke(fn, obj) }); thrown != nil {
		return
	}
	if o, ok := v.(*goja.Object); ok && p.r.KindOf(o) == webidl.KindFunction && strings.HasPrefix(key, "on") {
		v = goja.Null() // an event handler
	}
	s.entries = append(s.entries, keyText(key)+": "+p.value(v, depth))
}

// isNative reports whether fn is a getter made in Go: script's own have a source, and bound ones another name.
func (p *printer) isNative(fn *goja.Object) bool {
	source := p.r.Invoke(p.r.Intrinsic("Function.prototype.toString"), fn).String()
	return strings.HasPrefix(source, "function get ") && strings.HasSuffix(source, "() { [native code] }") ||
		strings.HasPrefix(source, "function forEach") && strings.HasSuffix(source, "() { [native code] }")
}

// pairs adds the entries of a pair iterable of Web IDL, and reports whether obj is one.
func (p *printer) pairs(s *shown, obj *goja.Object, depth int) bool {
	d, at := p.lookup(obj, p.r.Str("forEach"))
	fn, ok := d.value.(*goja.Object)
	if !ok || at == obj || p.r.KindOf(fn) != webidl.KindFunction || !p.isNative(fn) {
		return false
	}
	forEach, _ := goja.AssertFunction(fn)
	total := 0
	collect := p.r.VM.ToValue(func(c goja.FunctionCall) goja.Value {
		total++
		if total <= maxItems && !p.full() {
			s.entries = append(s.entries, p.value(c.Argument(1), depth)+" => "+p.value(c.Argument(0), depth))
		}
		return goja.Undefined()
	})
	if thrown := p.r.Try(func() { p.r.Invoke(forEach, obj, collect) }); thrown != nil {
		return false
	}
	if n := total - len(s.entries); n > 0 {
		s.entries = append(s.entries, "... "+more(n, "item"))
	}
	return true
}
