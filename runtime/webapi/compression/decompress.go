package compression

import (
	"bytes"
	"io"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// DecompressionStream is https://compression.spec.whatwg.org/#decompressionstream. Its methods must be called on the strand.
//
// The standard enqueues all that a chunk stands for at once, a thousand times its size at worst. Here the readable side has a source of
// its own, which is asked for each piece, and a write ends when all of its chunk has been asked for. A transform stream whose readable side is
// never enqueued to serves as the sink.
type DecompressionStream struct {
	r        *webidl.Realm
	inflater inflater
	readable *streams.Pulled
	sink     *streams.TransformStream
	control  *streams.TransformController

	wanted    bool             // the reader waits for a piece
	producing bool             // produce is on the stack
	ahead     []byte           // the piece that comes next; nil if none was made yet
	writing   *webidl.Deferred // the write whose chunk is not used up, nil if there is none
	over      bool             // readable is closed or in error
}

// DecompressionClass is the class DecompressionStream.
var DecompressionClass = webidl.NewClass[*DecompressionStream]("DecompressionStream")

func init() {
	DecompressionClass.Constructor(1, newDecompressionStream).
		Getter("readable", func(s *DecompressionStream, _ *webidl.Realm) goja.Value { return s.readable.Object() }).
		Getter("writable", func(s *DecompressionStream, _ *webidl.Realm) goja.Value { return s.sink.Writable() })
}

// newDecompressionStream is https://compression.spec.whatwg.org/#dom-decompressionstream-decompressionstream.
func newDecompressionStream(c webidl.Call) *DecompressionStream {
	s := &DecompressionStream{r: c.Realm}
	s.inflater.format, s.inflater.hungry = formatOf(c), true
	s.readable = streams.NewPulled(s.r, s.pull, s.cancel)
	s.sink = streams.NewTransform(s.r, func(t *streams.TransformController) goja.Value {
		s.control = t
		return nil
	}, func(_ *streams.TransformController, chunk goja.Value) goja.Value { return s.write(chunk) }, s.flush)
	inner, _ := streams.Of(s.sink.Readable())
	streams.Consume(s.r, inner, func(_ [][]byte, err goja.Value) {
		if err != nil { // the writable side was aborted, or this stream has failed
			s.end(err)
		}
	})
	return s
}

// write takes a chunk and gives a promise that is fulfilled when it is used up, or nil when it is already.
func (s *DecompressionStream) write(chunk goja.Value) goja.Value {
	b, ok := s.r.BufferBytes(chunk)
	if !ok {
		e := s.r.TypeError(noBytes)
		s.end(e)
		panic(e)
	}
	s.inflater.feed(bytes.Clone(b), s.r.Invocation())
	if e := s.produce(); e != nil {
		panic(e)
	}
	if s.inflater.hungry {
		return nil
	}
	s.writing = s.r.NewDeferred()
	return s.writing.Value()
}

// pull answers the reader.
func (s *DecompressionStream) pull() {
	s.wanted = true
	if s.producing {
		return
	}
	e := s.produce()
	switch {
	case e != nil:
		s.written(func(d *webidl.Deferred) { d.Reject(e) })
	case s.inflater.hungry:
		s.written(func(d *webidl.Deferred) { d.Resolve(goja.Undefined()) })
	}
}

// written ends the write under way, if there is one.
func (s *DecompressionStream) written(settle func(d *webidl.Deferred)) {
	if d := s.writing; d != nil {
		s.writing = nil
		settle(d)
	}
}

// produce gives the reader what it wants as long as there is input. It gives the error that ended both sides, nil if there was none.
func (s *DecompressionStream) produce() (thrown goja.Value) {
	s.producing = true
	defer func() { s.producing = false }()
	for s.wanted && !s.inflater.hungry && !s.over {
		if s.ahead != nil {
			s.wanted = false
			s.give()
		}
		if e := s.advance(); e != nil {
			return e
		}
	}
	return nil
}

// advance decompresses one piece ahead of the reader, which tells whether the chunk of a write is used up. Once it is there, it does nothing.
func (s *DecompressionStream) advance() (thrown goja.Value) {
	if s.ahead != nil || s.over {
		return nil
	}
	piece, err := s.inflater.step()
	if err != nil && err != io.EOF {
		e := s.r.TypeError("%s", err.Error())
		s.end(e)
		return e
	}
	s.ahead = piece
	return nil
}

// give enqueues the piece that is there.
func (s *DecompressionStream) give() {
	piece := s.ahead
	s.ahead = nil
	s.readable.Enqueue(s.r.Uint8Array(piece))
}

// flush is https://compression.spec.whatwg.org/#decompress-flush-and-enqueue. All chunks have been used up, so that no more than the window is
// left: it doesn't wait for the reader.
func (s *DecompressionStream) flush(*streams.TransformController) goja.Value {
	s.inflater.finish(s.r.Invocation())
	for !s.inflater.ended && !s.over {
		if e := s.advance(); e != nil {
			panic(e)
		}
		if s.ahead != nil {
			s.give()
		}
	}
	if !s.over {
		s.over = true
		s.inflater.close()
		s.readable.Close()
	}
	return nil
}

// end puts the readable side in error.
func (s *DecompressionStream) end(e goja.Value) {
	if s.over {
		return
	}
	s.over = true
	s.inflater.close()
	s.readable.Error(e)
}

// cancel ends both sides since the reader doesn't want more.
func (s *DecompressionStream) cancel(reason goja.Value) {
	s.over = true
	s.inflater.close()
	s.control.Error(reason)
	s.written(func(d *webidl.Deferred) { d.Resolve(goja.Undefined()) })
}
