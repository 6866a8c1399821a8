package streams

import (
	"io"
	"sync/atomic"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Consume reads a stream to its end: it locks and disturbs it. done is called once, on the strand, perhaps before Consume returns, with all
// bytes, which must not be changed, or with what went wrong. A stream that somebody has locked is a TypeError.
func Consume(r *webidl.Realm, s *ReadableStream, done func(chunks [][]byte, err goja.Value)) {
	if s.Locked() {
		done(nil, r.TypeError(lockedText))
		return
	}
	if n, ok := s.takeNative(); ok {
		s.disturbed = true
		gatherSource(r, n.src, done)
		return
	}
	reader := acquireReadableStreamDefaultReader(s)
	(&consumer{r: r, reader: reader, done: func(chunks [][]byte, err goja.Value) {
		r.Framed(func() { done(chunks, err) })
	}}).read()
}

// consumer reads a stream of script, and is its read request.
type consumer struct {
	r       *webidl.Realm
	reader  *defaultReader
	chunks  [][]byte
	size    int64 // of chunks
	done    func([][]byte, goja.Value)
	reading bool // a read is on the stack
	again   bool // and has been answered
}

// read reads until a chunk is not there yet.
func (c *consumer) read() {
	for c.again = true; c.again; {
		c.again, c.reading = false, true
		readableStreamDefaultReaderRead(c.reader, c)
		c.reading = false
	}
}

func (c *consumer) chunkSteps(chunk goja.Value) {
	b, ok := chunkBytes(c.r, chunk)
	if !ok {
		e := c.r.TypeError(NotBytes)
		readableStreamReaderGenericCancel(&c.reader.genericReader, e).markHandled()
		c.done(nil, e)
		return
	}
	c.size += int64(len(b))
	if e := c.r.Try(func() { bounds.ChargeSum(c.r, int64(len(b)), c.size) }); e != nil {
		readableStreamReaderGenericCancel(&c.reader.genericReader, e).markHandled()
		c.done(nil, e)
		return
	}
	c.chunks = append(c.chunks, b)
	if c.reading {
		c.again = true
		return
	}
	resolvedUndefined(c.r).then(func(goja.Value) { c.read() }, nil) // not inside enqueue() of script
}

func (c *consumer) closeSteps()             { c.done(c.chunks, nil) }
func (c *consumer) errorSteps(e goja.Value) { c.done(nil, e) }

// gatherSource reads a source to its end on whatever goroutine delivers, and comes to the strand once.
func gatherSource(r *webidl.Realm, src body.Stream, done func([][]byte, goja.Value)) {
	g := &gatherer{src: src}
	finish := func() {
		if g.err == io.EOF {
			done(g.chunks, nil)
			return
		}
		done(nil, FromReason(r, g.err))
	}
	inv := r.Invocation()
	var stop func()
	g.finished = func() {
		post(r, inv, func() {
			r.Host.Pending(-1)
			if stop != nil {
				stop()
			}
			r.Framed(finish)
		})
	}
	g.pull()
	if g.state.Load() == pullDelivered {
		finish()
		return
	}
	r.Host.Pending(1)
	if !g.state.CompareAndSwap(pullUnderWay, pullPosted) {
		r.Host.Pending(-1)
		finish()
		return
	}
	if inv != nil {
		stop = inv.OnEnd(func() { src.Cancel(errCancelled) })
	}
}

type gatherer struct {
	src      body.Stream
	chunks   [][]byte
	err      error
	state    atomic.Int32
	finished func()

	turn atomic.Int32 // 1 for each of: the pull has returned, its chunk has come
}

// pull pulls until a chunk is not there yet; its delivery goes on then.
func (g *gatherer) pull() {
	for {
		g.turn.Store(0)
		g.src.Pull(g.deliver)
		if g.turn.Add(1) < 2 {
			return
		}
	}
}

func (g *gatherer) deliver(chunk []byte, err error) {
	if err == nil && len(chunk) > 0 {
		g.chunks = append(g.chunks, chunk)
	}
	g.err = err
	if err != nil {
		if !g.state.CompareAndSwap(pullUnderWay, pullDelivered) {
			g.finished()
		}
		return
	}
	if g.turn.Add(1) == 2 {
		g.pull()
	}
}

// Tee locks a stream and gives two that have what it gives, as tee() does. It throws if the stream is locked. For one that FromSource
// made and nobody has touched it costs nothing and copies nothing.
func Tee(_ *webidl.Realm, s *ReadableStream) (a, b *goja.Object) {
	x, y := readableStreamTee(s)
	return x.Object(), y.Object()
}

// Cancel cancels a stream that is not locked, and gives a promise for its end; for a locked one the promise is rejected.
func Cancel(r *webidl.Realm, s *ReadableStream, reason goja.Value) goja.Value {
	if s.Locked() {
		return r.Rejected(r.TypeError("Cannot cancel a stream that already has a reader"))
	}
	return readableStreamCancel(s, undefinedOr(reason)).Value()
}
