package encoding

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// TextDecoderStream is https://encoding.spec.whatwg.org/#interface-textdecoderstream.
type TextDecoderStream struct {
	decoder   *TextDecoder
	transform *streams.TransformStream
}

// DecoderStreamClass is the class TextDecoderStream.
var DecoderStreamClass = webidl.NewClass[*TextDecoderStream]("TextDecoderStream")

func init() {
	DecoderStreamClass.Constructor(0, newTextDecoderStream).
		Getter("encoding", func(s *TextDecoderStream, r *webidl.Realm) goja.Value { return r.Str(s.decoder.encoding()) }).
		Getter("fatal", func(s *TextDecoderStream, r *webidl.Realm) goja.Value { return r.ToValue(s.decoder.fatal) }).
		Getter("ignoreBOM", func(s *TextDecoderStream, r *webidl.Realm) goja.Value { return r.ToValue(s.decoder.ignoreBOM) }).
		Getter("readable", func(s *TextDecoderStream, _ *webidl.Realm) goja.Value { return s.transform.Readable() }).
		Getter("writable", func(s *TextDecoderStream, _ *webidl.Realm) goja.Value { return s.transform.Writable() })
}

// newTextDecoderStream is https://encoding.spec.whatwg.org/#dom-textdecoderstream.
func newTextDecoderStream(c webidl.Call) *TextDecoderStream {
	s, r := &TextDecoderStream{decoder: newTextDecoder(c)}, c.Realm
	s.transform = streams.NewTransform(r, nil, func(t *streams.TransformController, chunk goja.Value) goja.Value {
		b, ok := r.BufferBytes(chunk)
		if !ok {
			panic(r.TypeError("Failed to decode a chunk: it is not of type 'ArrayBuffer' or 'ArrayBufferView'."))
		}
		s.decode(r, t, b, true)
		return nil
	}, func(t *streams.TransformController) goja.Value {
		s.decode(r, t, nil, false)
		return nil
	})
	return s
}

// decode is https://encoding.spec.whatwg.org/#decode-and-enqueue-a-chunk, and without more
// https://encoding.spec.whatwg.org/#flush-and-enqueue.
func (s *TextDecoderStream) decode(r *webidl.Realm, t *streams.TransformController, b []byte, more bool) {
	text, err := s.decoder.decoder.Decode(b, more)
	if err != nil {
		panic(r.TypeError("Failed to decode input."))
	}
	if text != "" {
		t.Enqueue(r.Str(text))
	}
}
