package fetch

import (
	"sync/atomic"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Streams is what this package needs of the class ReadableStream. All its functions run on the strand.
type Streams struct {
	// FromSource makes a ReadableStream that pulls s when script reads it.
	FromSource func(r *webidl.Realm, s body.Stream) *goja.Object
	// Is reports whether v is a ReadableStream.
	Is func(v goja.Value) bool
	// ToSource takes the stream over: from then on it is locked and disturbed. For one that FromSource made and nobody touched it
	// gives the very source.
	ToSource func(r *webidl.Realm, stream *goja.Object) body.Stream
	// Consume reads the stream to its end; done runs on the strand with all bytes, or with what went wrong.
	Consume func(r *webidl.Realm, stream *goja.Object, done func(data []byte, thrown goja.Value))
	// Tee is ReadableStream.tee.
	Tee func(r *webidl.Realm, stream *goja.Object) (a, b *goja.Object)
	// Locked and Disturbed tell the state of the stream.
	Locked, Disturbed func(stream *goja.Object) bool
}

var theStreams atomic.Pointer[Streams]

// SetStreams tells what stands behind bodies as streams. Call it while the process starts.
func SetStreams(s Streams) { theStreams.Store(&s) }

// streams gives what SetStreams was given. Nothing that needs it comes before a first stream object, which takes FromSource or Is.
func streams(r *webidl.Realm) *Streams {
	if s := theStreams.Load(); s != nil {
		return s
	}
	panic(r.TypeError("ReadableStream is not available"))
}

// bodySource is the source of the ReadableStream that stands for a body. Whoever gets it back out of an untouched stream gets
// the body itself.
type bodySource struct {
	body.Stream
	of *body.Body
}

// newStream makes the ReadableStream of a body.
func newStream(r *webidl.Realm, b *body.Body) *goja.Object {
	return streams(r).FromSource(r, &bodySource{b.Stream(), b})
}

// takeStream takes a stream over as a body.
func takeStream(r *webidl.Realm, stream *goja.Object) *body.Body {
	s := streams(r).ToSource(r, stream)
	if b, ok := s.(*bodySource); ok {
		return b.of
	}
	return body.Live(s, -1)
}
