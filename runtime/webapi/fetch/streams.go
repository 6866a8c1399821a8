package fetch

import (
	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// bodySource is the source of the ReadableStream that stands for a body. Whoever gets it back out of an untouched stream gets
// the body itself.
type bodySource struct {
	body.Stream
	of *body.Body
}

// newStream makes the ReadableStream of a body.
func newStream(r *webidl.Realm, b *body.Body) *streams.ReadableStream {
	s, _ := streams.Of(streams.FromSource(r, &bodySource{b.Stream(), b}))
	return s
}

// takeStream takes a stream over as a body. Errors are Thrown.
func takeStream(r *webidl.Realm, stream *streams.ReadableStream) (*body.Body, error) {
	s, err := streams.ToSource(r, stream)
	if err != nil {
		return nil, err
	}
	if b, ok := s.(*bodySource); ok {
		return b.of, nil
	}
	return body.Live(s, -1), nil
}
