package runtime

import (
	"encoding/json"
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// DefaultEntrypoint is the name under which a module exports the handlers that a binding without an entrypoint calls.
const DefaultEntrypoint = "default"

// handlers are the entrypoints of a loaded script.
type handlers struct {
	exports  *goja.Object           // nil for classic syntax
	byName   map[string]*entrypoint // all but the default one
	fallback *entrypoint            // the default one
}

// entrypoint is what a binding, or the outside, calls: an object with handlers, or a class of which each call makes an instance.
type entrypoint struct {
	name      string
	this      *goja.Object
	construct goja.Constructor // set for a class
	fetch     *engine.Function // set for an object that has the handler
	takes     int              // how many of (request, env, ctx) fetch asks for
}

// find looks at the exports once the script is loaded.
func (h *handlers) find(iso *Isolate, exports goja.Value) {
	if iso.Script.ServiceWorker {
		return
	}
	obj, ok := exports.(*goja.Object)
	if !ok {
		panic(iso.Realm.TypeError("the module has no exports"))
	}
	h.exports = obj
	h.fallback = h.entrypoint(iso, DefaultEntrypoint)
}

// entrypoint gives the entrypoint of that name, nil if the script exports none.
func (h *handlers) entrypoint(iso *Isolate, name string) *entrypoint {
	if name == "" || name == DefaultEntrypoint {
		if h.fallback != nil {
			return h.fallback
		}
		name = DefaultEntrypoint
	}
	if e, ok := h.byName[name]; ok {
		return e
	}
	if h.exports == nil {
		return nil
	}
	obj, ok := h.exports.Get(name).(*goja.Object)
	if !ok {
		return nil
	}
	e := &entrypoint{name: name, this: obj}
	if construct, ok := goja.AssertConstructor(obj); ok && isClass(iso.Realm, obj) {
		e.construct = construct
	} else if v, ok := obj.Get("fetch").(*goja.Object); ok {
		e.fetch = engine.NewFunctionOf(iso.Realm.VM, v)
		e.takes = iso.Script.takes(iso.Realm, name, v)
	}
	if name != DefaultEntrypoint {
		if h.byName == nil {
			h.byName = make(map[string]*entrypoint)
		}
		h.byName[name] = e
	}
	return e
}

// isClass tells a class from a plain function that happens to be constructible.
func isClass(r *webidl.Realm, obj *goja.Object) bool {
	return strings.HasPrefix(source(r, obj), "class")
}

// source is a function's text, "" for what is no function. It runs no script: neither a toString of the function's own nor what script has put
// in the place of Function.prototype.toString.
func source(r *webidl.Realm, fn *goja.Object) (text string) {
	toString := engine.Original(r.VM, "Function.prototype.toString")
	if toString == nil { // goja's public API has no other way
		toString, _ = r.Global("Function").Get("prototype").(*goja.Object).Get("toString").(*goja.Object)
	}
	call, ok := goja.AssertFunction(toString)
	if !ok {
		return ""
	}
	_ = r.Try(func() { text = r.Invoke(call, fn).String() })
	return text
}

// takes is wants, asked once for each entrypoint of a script: all its isolates have the same source.
func (s *Script) takes(r *webidl.Realm, name string, fn *goja.Object) int {
	if n, ok := s.arities.Load(name); ok {
		return n.(int)
	}
	n := wants(source(r, fn))
	s.arities.Store(name, n)
	return n
}

// wants is how many of its three arguments a handler of that source asks for. Making those that it ignores costs allocations; where its
// parameters are not all plain, or it may read arguments, it gets everything.
func wants(source string) int {
	if strings.Contains(source, "arguments") || strings.Contains(source, "[native code]") {
		return 3
	}
	head, _, found := strings.Cut(source, ")")
	_, params, opened := strings.Cut(head, "(")
	if !found || !opened || strings.Contains(head, "=>") || strings.ContainsAny(params, "=.{[(/") {
		return 3
	}
	n := 0
	for name := range strings.SplitSeq(params, ",") {
		if strings.TrimSpace(name) != "" {
			n++
		}
	}
	return n
}

// callFetch calls the fetch handler of entrypoint name; it panics with what script throws.
func (iso *Isolate) callFetch(name string, inv *invocation.Invocation, request *goja.Object, props json.RawMessage) goja.Value {
	r := iso.Realm
	if iso.Script.ServiceWorker {
		if name != "" && name != DefaultEntrypoint {
			panic(noEntrypoint(r, iso, name))
		}
		return iso.dispatchFetch(inv, request)
	}
	e := iso.handlers.entrypoint(iso, name)
	if e == nil {
		panic(noEntrypoint(r, iso, name))
	}
	if e.construct != nil {
		return iso.callClass(e, inv, request, props)
	}
	if e.fetch == nil {
		panic(noFetch(r, e.name))
	}
	switch e.takes {
	case 0, 1:
		return e.fetch.Call(e.this, request)
	case 2:
		return e.fetch.Call(e.this, request, iso.env)
	}
	return e.fetch.Call(e.this, request, iso.env, iso.newContext(inv, props))
}

// callClass makes an instance for this one call: instance state never carries over.
func (iso *Isolate) callClass(e *entrypoint, inv *invocation.Invocation, request *goja.Object, props json.RawMessage) goja.Value {
	r := iso.Realm
	instance, err := e.construct(nil, iso.newContext(inv, props), iso.env)
	if err != nil {
		panic(err)
	}
	fetch, ok := goja.AssertFunction(instance.Get("fetch"))
	if !ok {
		panic(noFetch(r, e.name))
	}
	return r.Invoke(fetch, instance, request)
}

func noEntrypoint(r *webidl.Realm, iso *Isolate, name string) *goja.Object {
	if name == "" || name == DefaultEntrypoint {
		return r.TypeError("Worker %q has no default export: export an object or a class with a fetch() handler", iso.Script.Worker)
	}
	return r.TypeError("Worker %q exports no entrypoint named %q", iso.Script.Worker, name)
}

func noFetch(r *webidl.Realm, name string) *goja.Object {
	if name == DefaultEntrypoint {
		return r.TypeError("Handler does not export a fetch() function.")
	}
	return r.TypeError("Entrypoint %q has no fetch() function.", name)
}
