package console

import (
	"strconv"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// descriptor is an own property as it lies there: nothing has been called to get it.
type descriptor struct {
	value    goja.Value // nil for an accessor
	get, set *goja.Object
}

// own reads an own property. obj must be no Proxy.
func (p *printer) own(obj *goja.Object, key string) (descriptor, bool) {
	return p.describe(obj, p.r.Str(key))
}

func (p *printer) describe(obj *goja.Object, key goja.Value) (descriptor, bool) {
	if p.ownString == nil {
		p.ownString = p.r.Intrinsic("Object.getOwnPropertyDescriptor")
	}
	desc, ok := p.r.Invoke(p.ownString, goja.Undefined(), obj, key).(*goja.Object)
	if !ok {
		return descriptor{}, false
	}
	// The descriptor is a fresh object, but what it lacks would be looked for in Object.prototype, where script may have put accessors.
	if err := desc.SetPrototype(nil); err != nil {
		panic(err)
	}
	d := descriptor{value: desc.Get("value")}
	if d.value == nil {
		d.get, _ = desc.Get("get").(*goja.Object)
		d.set, _ = desc.Get("set").(*goja.Object)
	}
	return d, true
}

// maxName is how much of a name is shown, in UTF-16 units.
const maxName = 1000

// maxChain bounds the walk along prototypes.
const maxChain = 100

// lookup finds a property of obj or of its prototypes, and where it is. It ends at a Proxy.
func (p *printer) lookup(obj *goja.Object, key goja.Value) (d descriptor, at *goja.Object) {
	for range maxChain {
		if obj == nil || p.r.KindOf(obj) == webidl.KindProxy {
			return descriptor{}, nil
		}
		if d, ok := p.describe(obj, key); ok {
			return d, obj
		}
		obj = obj.Prototype()
	}
	return descriptor{}, nil
}

// described words a property's value.
func (p *printer) described(d descriptor, depth int) string {
	switch {
	case d.value != nil:
		return p.value(d.value, depth)
	case d.get != nil && d.set != nil:
		return p.put("[Getter/Setter]")
	case d.get != nil:
		return p.put("[Getter]")
	case d.set != nil:
		return p.put("[Setter]")
	}
	return p.put("undefined")
}

// properties adds the own enumerable properties to s, but those that skip names.
func (p *printer) properties(s *shown, obj *goja.Object, depth int, skip func(key string) bool) {
	keys := obj.Keys()
	for i, key := range keys {
		if skip != nil && skip(key) {
			continue
		}
		if p.full() {
			s.entries = append(s.entries, "... "+more(len(keys)-i, "key"))
			return
		}
		if d, ok := p.own(obj, key); ok {
			s.entries = append(s.entries, p.put(keyText(key))+": "+p.described(d, depth))
		}
	}
	for _, sym := range obj.Symbols() {
		if p.full() {
			return
		}
		if d, ok := p.describe(obj, sym); ok {
			s.entries = append(s.entries, p.put("[Symbol("+sym.String()+")]")+": "+p.described(d, depth))
		}
	}
}

// keyText is a key as an object literal would have it.
func keyText(key string) string {
	if isIdentifier(key) {
		return key
	}
	return quote(key)
}

func isIdentifier(s string) bool {
	if s == "" {
		return false
	}
	for i, c := range s {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == '$':
		case c >= '0' && c <= '9' && i > 0:
		default:
			_, err := strconv.ParseUint(s, 10, 32)
			return err == nil && (s == "0" || s[0] != '0')
		}
	}
	return true
}

// constructorName is the name of the class that obj is an instance of, by the prototypes' own constructor properties; "" if there is none.
func (p *printer) constructorName(obj *goja.Object) string {
	for range maxChain {
		if obj == nil || p.r.KindOf(obj) == webidl.KindProxy {
			return ""
		}
		if d, ok := p.own(obj, "constructor"); ok {
			if c, ok := d.value.(*goja.Object); ok && p.r.KindOf(c) == webidl.KindFunction {
				if name := p.functionName(c); name != "" {
					return name
				}
			}
		}
		obj = obj.Prototype()
	}
	return ""
}

func (p *printer) functionName(fn *goja.Object) string {
	if d, ok := p.own(fn, "name"); ok {
		if s, ok := d.value.(goja.String); ok {
			return webidl.Clip(s, maxName)
		}
	}
	return ""
}

// tag is Symbol.toStringTag where it is a plain string.
func (p *printer) tag(obj *goja.Object) string {
	d, _ := p.lookup(obj, goja.SymToStringTag)
	if s, ok := d.value.(goja.String); ok {
		return webidl.Clip(s, maxName)
	}
	return ""
}
