// Package body carries the bytes of HTTP messages between ingress, Workers and streams without copying them.
//
// It owns [Stream], a source of byte chunks that may be pulled from any goroutine, and [Body], which is either an immutable
// run of chunks or a live stream handed over as it is. It knows neither JavaScript nor HTTP.
package body

import (
	"context"
	"io"
	"sync"
)

// Stream is a source of byte chunks. Chunks are immutable from the moment they are delivered, for both sides.
type Stream interface {
	// Pull asks for the next chunk. deliver is called exactly once, from any goroutine, perhaps before Pull returns: with a chunk
	// and nil, or with nil and io.EOF at the end, or with nil and what went wrong; after an error there are no more pulls. Only one
	// pull is under way at a time.
	Pull(deliver func(chunk []byte, err error))
	// Cancel says that nobody will pull any more; a pull under way may still be delivered, or fail with reason. Safe to call
	// from any goroutine, more than once, and after the end.
	Cancel(reason error)
}

// readSize is how much is read from an io.Reader at once: what one chunk holds at most.
const readSize = 32 << 10

// FromReader makes a stream of r. Each pull reads on a goroutine of its own; r is closed at the end, at the first error, and by
// Cancel, which must make a Read under way return.
func FromReader(r io.ReadCloser) Stream { return &readerStream{r: r} }

type readerStream struct {
	r    io.ReadCloser
	once sync.Once
}

func (s *readerStream) Pull(deliver func([]byte, error)) {
	go func() {
		buf := make([]byte, readSize)
		n, err := s.r.Read(buf)
		for n == 0 && err == nil {
			n, err = s.r.Read(buf)
		}
		if n > 0 {
			deliver(buf[:n:n], nil) // an error that came with data comes again at the next read
			return
		}
		s.close()
		deliver(nil, err)
	}()
}

func (s *readerStream) Cancel(error) { s.close() }

func (s *readerStream) close() { s.once.Do(func() { _ = s.r.Close() }) }

// NewReader reads a stream in Go. Close cancels it with reason io.ErrClosedPipe. A read ends early with ctx's cause when ctx is done.
func NewReader(ctx context.Context, s Stream) io.ReadCloser {
	return &reader{ctx: ctx, s: s, got: make(chan delivery, 1)}
}

type delivery struct {
	chunk []byte
	err   error
}

type reader struct {
	ctx  context.Context
	s    Stream
	got  chan delivery
	rest []byte
	err  error
}

// Next gives the next chunk as it is, without a copy.
func (r *reader) Next() ([]byte, error) {
	if len(r.rest) > 0 {
		chunk := r.rest
		r.rest = nil
		return chunk, nil
	}
	if r.err != nil {
		return nil, r.err
	}
	r.s.Pull(func(chunk []byte, err error) { r.got <- delivery{chunk, err} })
	select {
	case d := <-r.got:
		r.err = d.err
		return d.chunk, d.err
	case <-r.ctx.Done():
		r.err = context.Cause(r.ctx)
		r.s.Cancel(r.err)
		return nil, r.err
	}
}

func (r *reader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		chunk, err := r.Next()
		if err != nil {
			return 0, err
		}
		r.rest = chunk
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// WriteTo writes chunk by chunk, flushing nothing.
func (r *reader) WriteTo(w io.Writer) (int64, error) {
	var total int64
	for {
		chunk, err := r.Next()
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
		n, err := w.Write(chunk)
		total += int64(n)
		if err != nil {
			return total, err
		}
	}
}

func (r *reader) Close() error {
	if r.err == nil {
		r.err = io.ErrClosedPipe
	}
	r.s.Cancel(io.ErrClosedPipe)
	return nil
}
