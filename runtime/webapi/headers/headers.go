package headers

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Class is the class Headers.
var Class = webidl.NewClass[*Headers]("Headers")

// API is what this package adds to the global object.
var API = webidl.API{Classes: []webidl.Declared{Class}}

// Headers is what one Headers object of one realm carries. The zero value is ready for use: empty, and open to changes.
type Headers struct {
	list      *List
	immutable bool
	sorted    []Pair // of list, nil when not known
}

// Make makes a Headers of a list; immutable ones (https://fetch.spec.whatwg.org/#headers-guard) throw at changes. The list may be
// frozen: the first change makes a copy.
func Make(l *List, immutable bool) Headers { return Headers{list: l, immutable: immutable} }

// List is the list as it is now: to be read, cloned or frozen.
func (h *Headers) List() *List {
	if h.list == nil {
		h.list = &List{}
	}
	return h.list
}

// Copy is an independent Headers with the same guard. It shares the list itself where script can't change it.
func (h *Headers) Copy() Headers {
	if h.immutable {
		return Headers{list: h.list.Freeze(), immutable: true}
	}
	return Headers{list: h.list.Clone()}
}

// Immutable reports whether script can't change it.
func (h *Headers) Immutable() bool { return h.immutable }

// writable is the list, made ready for a change.
func (h *Headers) writable() *List {
	h.sorted = nil
	if h.list == nil || h.list.frozen {
		h.list = h.list.Clone()
	}
	return h.list
}

// SetDefault sets a header that isn't there, whatever the guard.
func (h *Headers) SetDefault(name, value string) {
	if !h.list.Has(name) {
		h.writable().Append(name, value)
	}
}

func init() {
	Class.Constructor(0, func(c webidl.Call) *Headers {
		if !c.Has(0) {
			return &Headers{}
		}
		return &Headers{list: Fill(c.Realm, c.Arg(0))}
	}).
		Method("append", 2, func(h *Headers, c webidl.Call) goja.Value {
			name, value := c.Bytes(0), c.Bytes(1)
			value = checkPair(c.Realm, name, value)
			h.checkGuard(c)
			h.writable().Append(name, value)
			return goja.Undefined()
		}).
		Method("set", 2, func(h *Headers, c webidl.Call) goja.Value {
			name, value := c.Bytes(0), c.Bytes(1)
			value = checkPair(c.Realm, name, value)
			h.checkGuard(c)
			h.writable().Set(name, value)
			return goja.Undefined()
		}).
		Method("delete", 1, func(h *Headers, c webidl.Call) goja.Value {
			name := c.Bytes(0)
			checkName(c.Realm, name)
			h.checkGuard(c)
			if h.list.Has(name) {
				h.writable().Delete(name)
			}
			return goja.Undefined()
		}).
		Method("get", 1, func(h *Headers, c webidl.Call) goja.Value {
			name := c.Bytes(0)
			value, ok := h.list.Get(name)
			if !ok { // a name that was found is a valid one
				checkName(c.Realm, name)
				return goja.Null()
			}
			return Text(c.Realm, value)
		}).
		Method("has", 1, func(h *Headers, c webidl.Call) goja.Value {
			name := c.Bytes(0)
			if h.list.Has(name) {
				return c.ToValue(true)
			}
			checkName(c.Realm, name)
			return c.ToValue(false)
		}).
		Method("getSetCookie", 0, func(h *Headers, c webidl.Call) goja.Value { return h.cookies(c.Realm) }).
		// getAll is Cloudflare's own, older than getSetCookie: https://developers.cloudflare.com/workers/runtime-apis/headers/
		Method("getAll", 1, func(h *Headers, c webidl.Call) goja.Value {
			if name := c.Bytes(0); !equalFold(setCookie, name) {
				panic(c.TypeError(`getAll() can only be used with the header name "Set-Cookie".`))
			}
			return h.cookies(c.Realm)
		}).
		Iterable(func(h *Headers, r *webidl.Realm, i int) (key, value goja.Value, ok bool) {
			if h.sorted == nil {
				h.sorted = h.list.Sorted()
			}
			if i >= len(h.sorted) {
				return nil, nil, false
			}
			return r.Str(h.sorted[i].Name), Text(r, h.sorted[i].Value), true
		})
}

func (h *Headers) cookies(r *webidl.Realm) goja.Value {
	values := h.list.Values(setCookie)
	items := make([]goja.Value, len(values))
	for i, v := range values {
		items[i] = Text(r, v)
	}
	return r.Array(items...)
}

func (h *Headers) checkGuard(c webidl.Call) {
	if h.immutable {
		panic(c.TypeError("Can't modify immutable headers."))
	}
}

func checkName(r *webidl.Realm, name string) {
	if !ValidName(name) {
		panic(r.TypeError("Invalid header name."))
	}
}

// checkPair throws unless both are valid, and returns the value normalised.
func checkPair(r *webidl.Realm, name, value string) string {
	checkName(r, name)
	value = NormalizeValue(value)
	if !ValidValue(value) {
		panic(r.TypeError("Invalid header value."))
	}
	return value
}

// Text makes a script string of a value, a code unit a byte (https://infra.spec.whatwg.org/#isomorphic-decode).
func Text(r *webidl.Realm, value string) goja.Value {
	for i := range len(value) {
		if value[i] >= 0x80 {
			var b strings.Builder
			for j := range len(value) {
				b.WriteRune(rune(value[j]))
			}
			return r.Str(b.String())
		}
	}
	return r.Str(value)
}

// Fill makes a list of a HeadersInit (https://fetch.spec.whatwg.org/#concept-headers-fill): a Headers, whose list is shared
// until it changes, a sequence of pairs or a record. Anything else, and invalid headers, throw. It may run script.
func Fill(r *webidl.Realm, init goja.Value) *List {
	obj, ok := init.(*goja.Object)
	if !ok {
		panic(r.TypeError("Headers can only be made of a Headers object, a sequence of pairs or a record of strings"))
	}
	if h, ok := Class.From(obj); ok && len(obj.Symbols()) == 0 { // a symbol of its own may be another iterator
		return h.List().Clone()
	}
	if r.IsIterable(obj) {
		return fillSequence(r, obj)
	}
	return fillRecord(r, obj)
}

func fillSequence(r *webidl.Realm, obj *goja.Object) *List {
	outer := r.Sequence(obj)
	pairs := make([][]string, len(outer))
	for i, v := range outer { // all conversions come before the first check
		for _, item := range r.Sequence(v) {
			pairs[i] = append(pairs[i], r.ByteString(item))
		}
	}
	l := &List{pairs: make([]Pair, 0, len(pairs)+1)}
	for _, p := range pairs {
		if len(p) != 2 {
			panic(r.TypeError("To initialize a Headers object from a sequence, each inner sequence must have exactly two elements."))
		}
		l.Append(p[0], checkPair(r, p[0], p[1]))
	}
	return l
}

func fillRecord(r *webidl.Realm, obj *goja.Object) *List {
	if len(obj.Symbols()) > 0 {
		panic(r.TypeError("Cannot convert a Symbol value to a string"))
	}
	keys := obj.Keys()
	l := &List{pairs: make([]Pair, 0, len(keys)+1)} // room for a Content-Type
	for _, key := range keys {
		v := obj.Get(key)
		if v == nil {
			v = goja.Undefined()
		}
		l.pairs = append(l.pairs, Pair{key, r.ByteString(v)})
	}
	for i := range l.pairs {
		p := &l.pairs[i]
		p.Value = checkPair(r, p.Name, p.Value)
		p.Name = Lower(p.Name)
	}
	return l
}
