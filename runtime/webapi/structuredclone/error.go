package structuredclone

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// errorNames are the names that an error keeps; any other becomes Error.
var errorNames = map[string]bool{
	"Error": true, "EvalError": true, "RangeError": true, "ReferenceError": true, "SyntaxError": true, "TypeError": true, "URIError": true,
	"AggregateError": true,
}

// error is the part of StructuredSerializeInternal for errors. Beyond the standard, and as V8 does, it keeps the cause.
func (s *serializer) error(n *node, obj *goja.Object) {
	e := &errorNode{}
	n.err = e
	n.class = s.errorClass(obj)
	own := s.own(obj)
	if v, ok := own("message"); ok {
		e.message = s.r.DOMString(v)
		s.tree.size += sizeOf(e.message)
	}
	if !s.o.OmitStacks {
		// goja words the stack when it is first looked at, and reads name and message for that: their getters may throw.
		_ = s.r.Try(func() {
			v, _ := own("stack")
			e.stack, _ = v.(goja.String)
		})
		if e.stack != nil {
			s.tree.size += sizeOf(e.stack)
		}
	}
	if v, ok := own("cause"); ok {
		cause := s.value(v)
		e.cause = &cause
	}
	if n.class == "AggregateError" {
		if v, ok := own("errors"); ok {
			errors := s.value(v)
			e.errors = &errors
		}
	}
	if !s.o.ErrorProperties {
		return
	}
	if v, ok := own("name"); ok {
		if text, ok := v.(goja.String); ok {
			e.name = text
			s.tree.size += sizeOf(text)
		}
	}
	s.errorProperties(n, obj)
}

// errorProperties reads an error's own enumerable properties. If one cannot be cloned, all are dropped: the error still arrives.
func (s *serializer) errorProperties(n *node, obj *goja.Object) {
	thrown := s.r.Try(func() {
		for _, key := range obj.Keys() {
			switch key {
			case "name", "message", "stack", "cause", "errors":
				continue
			}
			n.entries = append(n.entries, property{key, s.value(obj.Get(key))})
		}
	})
	if thrown == nil {
		return
	}
	if _, ok := webidl.DOMExceptionClass.From(thrown); !ok {
		panic(thrown)
	}
	n.entries = nil
}

// errorClass is the class of ECMAScript that the error's name property claims, as the standard has it; with ErrorProperties the nearest one
// that it inherits from, since the name is kept apart.
func (s *serializer) errorClass(obj *goja.Object) string {
	if s.o.ErrorProperties {
		for class := range errorNames {
			if class == "Error" {
				continue
			}
			if proto, ok := s.r.Global(class).Get("prototype").(*goja.Object); ok && webidl.Inherits(obj, proto) {
				return class
			}
		}
		return "Error"
	}
	if v := obj.Get("name"); v != nil && !goja.IsUndefined(v) {
		if name := s.r.DOMString(v).String(); errorNames[name] {
			return name
		}
	}
	return "Error"
}

// own gives a reader of own data properties that runs no getter.
func (s *serializer) own(obj *goja.Object) func(name string) (goja.Value, bool) {
	describe := s.r.Intrinsic("Object.getOwnPropertyDescriptor")
	return func(name string) (goja.Value, bool) {
		desc, ok := s.r.Invoke(describe, goja.Undefined(), obj, s.r.Str(name)).(*goja.Object)
		if !ok {
			return nil, false
		}
		if err := desc.SetPrototype(nil); err != nil { // what an accessor lacks would be looked for in Object.prototype
			panic(err)
		}
		v := desc.Get("value")
		return v, v != nil
	}
}

// domException stands for a DOMException, which is serializable
// (https://webidl.spec.whatwg.org/#ref-for-serialization-steps).
type domException struct {
	webidl.DOMException
	stack goja.String
}

// Decode implements External.
func (d *domException) Decode(r *webidl.Realm) goja.Value {
	obj := r.DOMException(d.Name, "%s", d.Message)
	if d.stack != nil {
		define(obj, "stack", d.stack, false)
	}
	return obj
}
