package fetch

import (
	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// bodySource is the source of the ReadableStream that stands for a body. Whoever gets it back out of an untouched stream gets
// the body itself.
type bodySource struct {
	body.Stream
	of     *body.Body
	signal *event.Signal // ends a whole body; nil for none
}

// newStream makes the ReadableStream of a body that a signal, if not nil, ends: a live one must be abortable already.
func newStream(r *webidl.Realm, b *body.Body, signal *event.Signal) *streams.ReadableStream {
	source := &bodySource{b.Stream(), b, nil}
	if signal != nil && !b.IsLive() {
		source.Stream, source.signal = newAbortable(r, source.Stream, signal, nil), signal
	}
	s, _ := streams.Of(streams.FromSource(r, source))
	return s
}

// takeStream takes a stream over as a body. Errors are for FromReason.
func takeStream(r *webidl.Realm, stream *streams.ReadableStream) (*body.Body, error) {
	s, err := streams.ToSource(r, stream)
	if err != nil {
		return nil, err
	}
	b, ok := s.(*bodySource)
	switch {
	case !ok:
		return body.Live(s, -1), nil
	case b.signal != nil && b.signal.Aborted():
		return nil, streams.ReasonOf(r, b.signal.Reason())
	}
	return b.of, nil
}
