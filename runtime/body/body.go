package body

import (
	"errors"
	"io"
	"sync"
)

// Body is the bytes of one message. It is either whole (an immutable run of chunks) or live (a stream). A nil *Body is no body
// at all. A whole body may be shared by any number of messages and goroutines; a live one belongs to one message.
type Body struct {
	chunks [][]byte
	size   int64
	live   Stream
}

// Bytes makes a whole body of b, which nobody may change from now on.
func Bytes(b []byte) *Body { return &Body{chunks: [][]byte{b}, size: int64(len(b))} }

// Chunks makes a whole body of chunks, which nobody may change from now on. Whole copies them together, Stream gives them as they are.
func Chunks(chunks [][]byte) *Body {
	size := int64(0)
	for _, c := range chunks {
		size += int64(len(c))
	}
	return &Body{chunks: chunks, size: size}
}

// Copies is how many bytes Whole has to allocate: 0 for a live body and one that lies in one piece.
func (b *Body) Copies() int64 {
	if b == nil || b.live != nil || len(b.chunks) == 1 {
		return 0
	}
	return b.size
}

// Live makes a body of a stream. size is its length in bytes, -1 if not known.
func Live(s Stream, size int64) *Body { return &Body{live: s, size: size} }

// Size is the length in bytes, -1 if not known.
func (b *Body) Size() int64 {
	if b == nil {
		return 0
	}
	return b.size
}

// Whole gives the bytes of a whole body and true; nil and false for a live one. The caller must not change them.
func (b *Body) Whole() ([]byte, bool) {
	switch {
	case b == nil:
		return nil, true
	case b.live != nil:
		return nil, false
	case len(b.chunks) == 1:
		return b.chunks[0], true
	}
	whole := make([]byte, 0, b.size)
	for _, c := range b.chunks {
		whole = append(whole, c...)
	}
	return whole, true
}

// Stream gives the body as a stream. That of a live body is its own: it can be taken once.
func (b *Body) Stream() Stream {
	if b.live != nil {
		return b.live
	}
	return &chunkStream{chunks: b.chunks}
}

// IsLive reports whether the body is a stream under way.
func (b *Body) IsLive() bool { return b != nil && b.live != nil }

type chunkStream struct {
	mu     sync.Mutex
	chunks [][]byte // guarded by mu
}

func (s *chunkStream) Pull(deliver func([]byte, error)) {
	s.mu.Lock()
	for len(s.chunks) > 0 && len(s.chunks[0]) == 0 {
		s.chunks = s.chunks[1:]
	}
	if len(s.chunks) == 0 {
		s.mu.Unlock()
		deliver(nil, io.EOF)
		return
	}
	c := s.chunks[0]
	s.chunks = s.chunks[1:]
	s.mu.Unlock()
	deliver(c, nil)
}

func (s *chunkStream) Cancel(error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chunks = nil
}

// Tee makes two bodies of b. For a whole body both are b itself. A live one is split: chunks that one side has read wait for
// the other, so a side that is not read must be cancelled; when both are, the source is.
func (b *Body) Tee() (*Body, *Body) {
	if b == nil || b.live == nil {
		return b, b
	}
	s, t := TeeStream(b.live)
	return Live(s, b.size), Live(t, b.size)
}

// TeeStream splits a stream in two, sharing the chunks.
func TeeStream(s Stream) (Stream, Stream) {
	t := &tee{src: s}
	t.sides[0].t, t.sides[1].t = t, t
	return &t.sides[0], &t.sides[1]
}

// tee pulls its source when the side that is ahead wants more.
type tee struct {
	src Stream

	mu      sync.Mutex
	sides   [2]teeSide // guarded by mu
	pulling bool       // guarded by mu
	err     error      // guarded by mu: how the source ended
}

type teeSide struct {
	t         *tee
	queue     [][]byte
	waiting   func([]byte, error)
	cancelled bool
}

// errTeeCancelled is what a pull under way gets when its side is cancelled without a reason.
var errTeeCancelled = errors.New("the stream was cancelled")

func (s *teeSide) Pull(deliver func([]byte, error)) {
	t := s.t
	t.mu.Lock()
	switch {
	case len(s.queue) > 0:
		c := s.queue[0]
		s.queue = s.queue[1:]
		t.mu.Unlock()
		deliver(c, nil)
		return
	case s.cancelled:
		t.mu.Unlock()
		deliver(nil, errTeeCancelled)
		return
	case t.err != nil:
		err := t.err
		t.mu.Unlock()
		deliver(nil, err)
		return
	}
	s.waiting = deliver
	pull := !t.pulling
	t.pulling = true
	t.mu.Unlock()
	if pull {
		t.src.Pull(t.deliver)
	}
}

func (t *tee) deliver(chunk []byte, err error) {
	t.mu.Lock()
	t.pulling = false
	t.err = err
	var calls [2]func([]byte, error)
	for i := range t.sides {
		s := &t.sides[i]
		if s.waiting != nil {
			calls[i], s.waiting = s.waiting, nil
		} else if err == nil && !s.cancelled {
			s.queue = append(s.queue, chunk)
		}
	}
	t.mu.Unlock()
	for _, call := range calls {
		if call != nil {
			call(chunk, err)
		}
	}
}

func (s *teeSide) Cancel(reason error) {
	t := s.t
	if reason == nil {
		reason = errTeeCancelled
	}
	t.mu.Lock()
	if s.cancelled {
		t.mu.Unlock()
		return
	}
	s.cancelled, s.queue = true, nil
	waiting := s.waiting
	s.waiting = nil
	both := t.sides[0].cancelled && t.sides[1].cancelled
	t.mu.Unlock()
	if waiting != nil {
		waiting(nil, reason)
	}
	if both {
		t.src.Cancel(reason)
	}
}
