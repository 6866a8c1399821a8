package streams

import (
	"io"
	"sync/atomic"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// nativeSource is the underlying source of a stream that FromSource made.
type nativeSource struct {
	r      *webidl.Realm
	src    body.Stream
	c      *byteController
	pulled bool
}

// FromSource makes a ReadableStream of type 'bytes' over a source in Go, which is the stream's alone from now on. Nothing is pulled before
// script reads. Cancelling the stream cancels the source.
func FromSource(r *webidl.Realm, src body.Stream) *goja.Object {
	return readableStreamFromSource(r, src).Object()
}

func readableStreamFromSource(r *webidl.Realm, src body.Stream) *ReadableStream {
	n := &nativeSource{r: r, src: src}
	n.c = &byteController{r: r, pulling: pulling{started: true, pullAlgorithm: n.pull, cancelAlgorithm: n.cancel}}
	s := &ReadableStream{r: r, controller: n.c, native: n}
	n.c.stream = s
	return s
}

// takeNative locks a stream that FromSource made and that nobody touched, and gives its source.
func (s *ReadableStream) takeNative() (*nativeSource, bool) {
	if s.native == nil || s.native.pulled || s.disturbed || s.reader != nil || s.state != open {
		return nil, false
	}
	acquireReadableStreamDefaultReader(s)
	return s.native, true
}

func (n *nativeSource) tee(r *webidl.Realm) (a, b *ReadableStream) {
	x, y := body.TeeStream(n.src)
	return readableStreamFromSource(r, x), readableStreamFromSource(r, y)
}

func (n *nativeSource) pull(goja.Value) *promise {
	n.pulled = true
	p := newPromise(n.r)
	pullSource(n.r, n.src, func(chunk []byte, err error) { n.deliver(chunk, err, p) })
	return p
}

// deliver takes what the source gave, on the strand.
func (n *nativeSource) deliver(chunk []byte, err error, p *promise) {
	if n.c.stream.state != open {
		return
	}
	switch {
	case err == io.EOF:
		n.c.end()
	case err != nil:
		readableByteStreamControllerError(n.c, FromReason(n.r, err))
	case len(chunk) == 0:
		n.c.pullAgain = true
	default:
		n.c.enqueueBytes(chunk, true)
	}
	p.resolveUndefined()
}

func (n *nativeSource) cancel(reason goja.Value) *promise {
	n.src.Cancel(ReasonOf(n.r, reason))
	return resolvedUndefined(n.r)
}

// pullSource pulls src once and calls done on the strand: at once if the source had a chunk ready, else
// as a turn of its own in the name of the invocation that is current now.
func pullSource(r *webidl.Realm, src body.Stream, done func(chunk []byte, err error)) {
	p := &sourcePull{r: r, done: done, inv: r.Grab()}
	src.Pull(p.deliver)
	if p.state.Load() == pullDelivered {
		p.finish()
		return
	}
	r.Host.Pending(1)
	if !p.state.CompareAndSwap(pullUnderWay, pullPosted) {
		r.Host.Pending(-1)
		p.finish()
	}
}

type sourcePull struct {
	r     *webidl.Realm
	inv   any // *invocation.Invocation
	done  func(chunk []byte, err error)
	state atomic.Int32
	chunk []byte // set before state tells that it is there
	err   error
}

const (
	pullUnderWay  = iota
	pullDelivered // before Pull returned: whoever called it goes on
	pullPosted    // Pull has returned: the delivery has to post
)

func (p *sourcePull) deliver(chunk []byte, err error) {
	p.chunk, p.err = chunk, err
	if p.state.CompareAndSwap(pullUnderWay, pullDelivered) {
		return
	}
	post(p.r, p.inv, func() {
		p.r.Host.Pending(-1)
		p.finish()
	})
}

func (p *sourcePull) finish() { p.done(p.chunk, p.err) }
