package fetch

import (
	"unsafe"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/webapi/blob"
	"github.com/bindery/bindery/runtime/webapi/formdata"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/url"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// setBody makes v, which is not nullish, the body of a message that has none: "extract a body",
// https://fetch.spec.whatwg.org/#concept-bodyinit-extract. It gives the Content-Type that comes with it, "" for none. It may run script.
func (m *message) setBody(r *webidl.Realm, v goja.Value) (contentType string) {
	if obj, ok := v.(*goja.Object); ok {
		if contentType, ok := m.setObject(r, obj); ok {
			return contentType
		}
	}
	m.body = body.Bytes(stringBytes(r.USVString(v)))
	return "text/plain;charset=UTF-8"
}

// convertBody is the conversion to BodyInit, which comes before what else script is asked for, whereas the body is extracted after it: an object
// that is none of the bodies becomes a text.
func convertBody(r *webidl.Realm, v goja.Value) goja.Value {
	obj, ok := v.(*goja.Object)
	if !ok || isBody(r, obj) {
		return v
	}
	return r.Str(r.USVString(v))
}

// isBody reports whether setObject takes obj.
func isBody(r *webidl.Realm, obj *goja.Object) bool {
	if _, ok := streams.Of(obj); ok {
		return true
	}
	if _, ok := blob.Of(obj); ok {
		return true
	}
	if _, ok := formdata.Of(obj); ok {
		return true
	}
	if _, ok := url.SearchParamsOf(obj); ok {
		return true
	}
	_, ok := r.BufferBytes(obj)
	return ok
}

// stringBytes gives the memory of s, which nobody changes.
func stringBytes(s string) []byte {
	if s == "" {
		return []byte{}
	}
	return unsafe.Slice(unsafe.StringData(s), len(s))
}

func (m *message) setObject(r *webidl.Realm, obj *goja.Object) (contentType string, ok bool) {
	if b, ok := blob.Of(obj); ok {
		m.body = body.Bytes(b.Bytes())
		return b.Type(), true
	}
	if f, ok := formdata.Of(obj); ok {
		m.body, contentType = formdata.Encode(f)
		return contentType, true
	}
	if data, ok := r.BufferBytes(obj); ok { // script may change them later
		m.body = body.Bytes(append(make([]byte, 0, len(data)), data...))
		return "", true
	}
	if p, ok := url.SearchParamsOf(obj); ok {
		m.body = body.Bytes(stringBytes(p.String()))
		return "application/x-www-form-urlencoded;charset=UTF-8", true
	}
	if s, ok := streams.Of(obj); ok {
		m.extract(r, s)
		return "", true
	}
	return "", false
}

// extract makes a stream the body. It throws if that was read or is being read.
func (m *message) extract(r *webidl.Realm, s *streams.ReadableStream) {
	switch {
	case s.Disturbed():
		panic(r.TypeError(textDisturbed))
	case s.Locked():
		panic(r.TypeError(textLocked))
	}
	m.stream = s
}
