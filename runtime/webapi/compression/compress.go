package compression

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// CompressionStream is https://compression.spec.whatwg.org/#compressionstream. Its methods must be called on the strand.
type CompressionStream struct {
	format    *format
	encoder   *encoder // nil before the first chunk
	transform *streams.TransformStream
}

// CompressionClass is the class CompressionStream.
var CompressionClass = webidl.NewClass[*CompressionStream]("CompressionStream")

func init() {
	CompressionClass.Constructor(1, newCompressionStream).
		Getter("readable", func(s *CompressionStream, _ *webidl.Realm) goja.Value { return s.transform.Readable() }).
		Getter("writable", func(s *CompressionStream, _ *webidl.Realm) goja.Value { return s.transform.Writable() })
}

// newCompressionStream is https://compression.spec.whatwg.org/#dom-compressionstream-compressionstream.
func newCompressionStream(c webidl.Call) *CompressionStream {
	s, r := &CompressionStream{format: formatOf(c)}, c.Realm
	s.transform = streams.NewTransform(r, nil, func(t *streams.TransformController, chunk goja.Value) goja.Value {
		b, ok := r.BufferBytes(chunk)
		if !ok {
			panic(r.TypeError(noBytes))
		}
		_, err := s.open().Write(b)
		s.enqueue(r, t, err)
		return nil
	}, func(t *streams.TransformController) goja.Value {
		e := s.open()
		s.enqueue(r, t, e.Close())
		e.Reset(&e.out)
		s.format.encoders.Put(e)
		s.encoder = nil
		return nil
	})
	return s
}

// noBytes is workerd's text for a chunk that is no BufferSource.
const noBytes = "This TransformStream is being used as a byte stream, but received an object of non-ArrayBuffer/ArrayBufferView type on its writable side."

func (s *CompressionStream) open() *encoder {
	if s.encoder == nil {
		s.encoder = s.format.encoders.Get().(*encoder)
	}
	return s.encoder
}

func (s *CompressionStream) enqueue(r *webidl.Realm, t *streams.TransformController, err error) {
	if err != nil {
		panic(r.TypeError("Compression failed."))
	}
	if b := s.encoder.take(); len(b) > 0 {
		t.EnqueueBytes(b)
	}
}
