package fetch

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Texts of errors, as workerd words them.
const (
	textUsed      = "Body has already been used. It can only be used once. Use tee() first if you need to read it twice."
	textLocked    = "This ReadableStream is currently locked to a reader."
	textDisturbed = "This ReadableStream is disturbed (has already been read from), and cannot be used as a body."
)

// message is what Request and Response have in common: headers and a body (https://fetch.spec.whatwg.org/#body-mixin), as
// one realm sees them.
type message struct {
	hdr    headers.Headers
	hdrObj *goja.Object // of hdr, made at first touch

	// A null body has neither body nor stream. stream is there once script has seen it, or if the body came as one; body is nil if it came as
	// one. Two messages may have the same stream, and then the same body.
	body   *body.Body
	stream *streams.ReadableStream
	used   bool          // body was read or handed over
	signal *event.Signal // ends the body while it is unused; nil for none
}

// spent stands for a body that is gone, so that its memory is not kept.
var spent = body.Bytes(nil)

func (m *message) null() bool { return m.body == nil && m.stream == nil }

// disturbed is bodyUsed, https://fetch.spec.whatwg.org/#dom-body-bodyused.
func (m *message) disturbed() bool {
	return m.used || m.stream != nil && m.stream.Disturbed()
}

// unusable gives why the body can't be read (https://fetch.spec.whatwg.org/#body-unusable), "" if it can.
func (m *message) unusable() string {
	switch {
	case m.disturbed():
		return textUsed
	case m.stream != nil && m.stream.Locked():
		return textLocked
	}
	return ""
}

// headersObject is the Headers that script sees.
func (m *message) headersObject(r *webidl.Realm) goja.Value {
	if m.hdrObj == nil {
		m.hdrObj = headers.Class.New(r, &m.hdr)
	}
	return m.hdrObj
}

// bodyObject is the ReadableStream that script sees, null for a null body.
func (m *message) bodyObject(r *webidl.Realm) goja.Value {
	if m.null() {
		return goja.Null()
	}
	return m.streamOf(r).Object()
}

// streamOf is the stream of a body that is not null.
func (m *message) streamOf(r *webidl.Realm) *streams.ReadableStream {
	if m.stream == nil {
		m.stream = newStream(r, m.body, m.signal)
		if m.used { // by a reader that script did not see: the stream must look as if it was read
			_, _ = takeStream(r, m.stream) // can't fail: nobody has locked it
		}
	}
	return m.stream
}

// take hands the body over, nil for a null one, and marks it used. Errors are for FromReason.
func (m *message) take(r *webidl.Realm) (*body.Body, error) {
	if m.null() {
		return nil, nil
	}
	if why := m.unusable(); why != "" {
		return nil, &webidl.Thrown{Class: "TypeError", Message: why}
	}
	if err := m.aborted(r); err != nil {
		return nil, err
	}
	b := m.body
	if m.stream != nil {
		taken, err := takeStream(r, m.stream)
		if err != nil {
			return nil, err
		}
		if b == nil || b.IsLive() {
			b = taken
		}
	}
	m.used = true
	if m.body != nil {
		m.body = spent
	}
	return b, nil
}

// clone splits the body in two (https://fetch.spec.whatwg.org/#concept-body-clone): one stays, the other goes to copied. A whole one is
// shared. It throws if the body was used.
func (m *message) clone(r *webidl.Realm, copied *message) {
	if m.null() {
		return
	}
	if why := m.unusable(); why != "" {
		panic(r.TypeError("%s", why))
	}
	copied.signal = m.signal
	switch {
	case m.body != nil && !m.body.IsLive(): // an untouched stream of it that is there is of no matter
		copied.body = m.body
	case m.stream == nil:
		m.body, copied.body = m.body.Tee()
	default:
		a, b := streams.Tee(r, m.stream)
		m.stream, _ = streams.Of(a)
		copied.stream, _ = streams.Of(b)
		m.body = nil
	}
}

// describeBody adds the mixin's members to a class.
func describeBody[T any](class *webidl.Class[T], of func(T) *message) {
	class.
		Getter("headers", func(t T, r *webidl.Realm) goja.Value { return of(t).headersObject(r) }).
		Getter("body", func(t T, r *webidl.Realm) goja.Value { return of(t).bodyObject(r) }).
		Getter("bodyUsed", func(t T, r *webidl.Realm) goja.Value { return r.ToValue(of(t).disturbed()) })
	for _, method := range []struct {
		name string
		as   conversion
	}{{"text", asText}, {"json", asJSON}, {"arrayBuffer", asArrayBuffer}, {"bytes", asBytes}, {"blob", asBlob}, {"formData", asFormData}} {
		class.AsyncMethod(method.name, 0, func(t T, c webidl.Call) goja.Value { return of(t).consume(c.Realm, method.as) })
	}
}
