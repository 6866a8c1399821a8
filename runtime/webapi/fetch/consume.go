package fetch

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/builtins"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/blob"
	"github.com/bindery/bindery/runtime/webapi/formdata"
	"github.com/bindery/bindery/runtime/webapi/mimetype"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// conversion makes what script gets of the bytes of a body, which nobody changes, and its Content-Type, "" for none. It may throw.
type conversion func(r *webidl.Realm, data []byte, contentType string) goja.Value

func asText(r *webidl.Realm, data []byte, _ string) goja.Value {
	bounds.ChargeText(r, data)
	return r.Str(blob.Text(data))
}

func asJSON(r *webidl.Realm, data []byte, _ string) goja.Value {
	bounds.ChargeText(r, data)
	bounds.ChargeJSON(r, data)
	return builtins.ParseJSONText(r.VM, blob.Text(data))
}

func asArrayBuffer(r *webidl.Realm, data []byte, _ string) goja.Value {
	bounds.Charge(r, int64(len(data)))
	return r.ArrayBuffer(append(make([]byte, 0, len(data)), data...))
}

func asBytes(r *webidl.Realm, data []byte, _ string) goja.Value {
	bounds.Charge(r, int64(len(data)))
	return r.Uint8Array(append(make([]byte, 0, len(data)), data...))
}

func asBlob(r *webidl.Realm, data []byte, contentType string) goja.Value {
	typ := ""
	if t, ok := mimetype.Extract(contentType); ok {
		typ = t.String()
	}
	return blob.Class.New(r, blob.New(data, typ))
}

func asFormData(r *webidl.Realm, data []byte, contentType string) goja.Value {
	bounds.Charge(r, formdata.Cost(data))
	f, err := formdata.Decode(data, contentType)
	if err != nil {
		panic(r.TypeError("%s", err))
	}
	return formdata.Class.New(r, f)
}

// consume is https://fetch.spec.whatwg.org/#concept-body-consume-body. For a whole body the promise it returns is settled already. It may
// throw.
func (m *message) consume(r *webidl.Realm, as conversion) goja.Value {
	contentType, _ := m.hdr.List().Get("content-type")
	if m.null() {
		return r.Resolved(as(r, nil, contentType))
	}
	if why := m.unusable(); why != "" {
		panic(r.TypeError("%s", why))
	}
	if m.stream != nil && m.body == nil {
		m.used = true
		d := r.NewDeferred()
		streams.Consume(r, m.stream, func(chunks [][]byte, thrown goja.Value) {
			var data []byte
			if thrown == nil {
				if thrown = r.Try(func() { bounds.Charge(r, copies(chunks)) }); thrown == nil {
					data = join(chunks)
				}
			}
			settle(r, d, as, data, contentType, thrown)
		})
		return d.Value()
	}
	b, err := m.take(r)
	if err != nil {
		panic(streams.FromReason(r, err))
	}
	bounds.Charge(r, b.Copies())
	if data, whole := b.Whole(); whole {
		return r.Resolved(as(r, data, contentType))
	}
	return gather(r, b, as, contentType)
}

func settle(r *webidl.Realm, d *webidl.Deferred, as conversion, data []byte, contentType string, thrown goja.Value) {
	if thrown == nil {
		thrown = r.Try(func() { d.Resolve(as(r, data, contentType)) })
	}
	if thrown != nil {
		d.Reject(thrown)
	}
}

// gather reads a live body to its end.
func gather(r *webidl.Realm, b *body.Body, as conversion, contentType string) goja.Value {
	g := &gatherer{src: b.Stream()}
	if inv := r.Invocation(); inv != nil {
		stop := inv.OnEnd(func() { g.abandon(invocation.ErrEnded) })
		g.whenDone(stop)
	}
	g.run()
	d := r.NewDeferred()
	finish := func() {
		var thrown goja.Value
		if g.err != nil {
			thrown = streams.FromReason(r, g.err)
		}
		settle(r, d, as, g.data, contentType, thrown)
	}
	if g.isDone() {
		finish()
		return d.Value()
	}
	back := r.Pending()
	g.whenDone(func() { back(finish) })
	return d.Value()
}
