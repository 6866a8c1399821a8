package streams

import (
	"errors"
	"io"
	"sync"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// NotBytes is the text of the TypeError for a chunk that is no bytes where only bytes will do, as workerd words it.
const NotBytes = "This ReadableStream did not return bytes."

const lockedText = "This ReadableStream is currently locked to a reader."

// errCancelled is what a pull under way gets when its stream is cancelled without a reason.
var errCancelled = errors.New("the stream was cancelled")

// ToSource locks the stream and gives its bytes as a source in Go, whose methods may be called from any goroutine: a pull comes back to the
// strand in the name of the invocation that is current now, and fails once that has ended. Until the stream has ended, whoever has the
// source must go on pulling, or cancel it: between pulls the isolate takes it that he will. A stream that FromSource made and that nobody has touched
// gives the very source it was made of. Chunks of script are copied. A locked stream is an error: a [*webidl.Thrown].
func ToSource(r *webidl.Realm, s *ReadableStream) (body.Stream, error) {
	if s.Locked() {
		return nil, &webidl.Thrown{Class: "TypeError", Message: lockedText}
	}
	if n, ok := s.takeNative(); ok {
		s.disturbed = true
		return n.src, nil
	}
	src := &scriptSource{r: r, inv: r.Invocation(), reader: acquireReadableStreamDefaultReader(s)}
	s.disturbed = true
	r.Host.Pending(1)
	src.waiting = true
	if src.inv != nil {
		stop := src.inv.OnEnd(func() { src.end(invocation.ErrEnded) })
		src.mu.Lock()
		src.stop = stop
		src.mu.Unlock()
	}
	return src, nil
}

// IsScripted reports whether a source's bytes are made by script, as those of ToSource are unless it gave back what the stream was made of. While a
// pull of such a source is under way and its isolate has nothing pending, nothing will ever come.
func IsScripted(src body.Stream) bool {
	_, ok := src.(*scriptSource)
	return ok
}

// scriptSource is a stream of script as a source in Go, and its read request.
type scriptSource struct {
	r      *webidl.Realm
	inv    *invocation.Invocation
	reader *defaultReader

	mu      sync.Mutex
	deliver func([]byte, error) // guarded by mu: the pull under way
	waiting bool                // guarded by mu: nothing is under way, and a pull or cancel will come; counted as pending
	err     error               // guarded by mu: how it ended
	stop    func()              // guarded by mu
}

// Pull implements body.Stream.
func (s *scriptSource) Pull(deliver func(chunk []byte, err error)) {
	s.mu.Lock()
	if err := s.err; err != nil {
		s.mu.Unlock()
		deliver(nil, err)
		return
	}
	s.deliver = deliver
	s.mu.Unlock()
	post(s.r, s.inv, s.read)
}

func (s *scriptSource) read() {
	s.setWaiting(false)
	readableStreamDefaultReaderRead(s.reader, s)
}

// setWaiting tells the isolate whether a pull will come.
func (s *scriptSource) setWaiting(waiting bool) {
	s.mu.Lock()
	changed := s.waiting != waiting && (s.err == nil || !waiting)
	if changed {
		s.waiting = waiting
	}
	s.mu.Unlock()
	switch {
	case changed && waiting:
		s.r.Host.Pending(1)
	case changed:
		s.r.Host.Pending(-1)
	}
}

// chunkSteps, closeSteps and errorSteps answer the pull under way.
func (s *scriptSource) chunkSteps(chunk goja.Value) {
	b, ok := chunkBytes(s.r, chunk)
	if !ok {
		e := s.r.TypeError(NotBytes)
		s.end(ReasonOf(s.r, e))
		readableStreamReaderGenericCancel(&s.reader.genericReader, e).markHandled()
		return
	}
	if len(b) == 0 { // a chunk of Go's is never empty
		post(s.r, s.inv, s.read)
		return
	}
	s.mu.Lock()
	deliver := s.deliver
	s.deliver = nil
	s.mu.Unlock()
	if deliver != nil {
		s.setWaiting(true)
		deliver(b, nil)
	}
}

func (s *scriptSource) closeSteps() { s.end(io.EOF) }

func (s *scriptSource) errorSteps(e goja.Value) { s.end(ReasonOf(s.r, e)) }

// end answers the pull under way, and all to come, with err. It may be called from any goroutine, and counts once. It reports whether it did.
func (s *scriptSource) end(err error) bool {
	s.mu.Lock()
	if s.err != nil {
		s.mu.Unlock()
		return false
	}
	s.err = err
	deliver, stop := s.deliver, s.stop
	s.deliver, s.stop = nil, nil
	s.mu.Unlock()
	s.setWaiting(false)
	if stop != nil {
		stop()
	}
	if deliver != nil {
		deliver(nil, err)
	}
	return true
}

// Cancel implements body.Stream.
func (s *scriptSource) Cancel(reason error) {
	if reason == nil {
		reason = errCancelled
	}
	s.r.Host.Pending(1)
	ended := s.end(reason)
	if !ended {
		s.r.Host.Pending(-1)
		return
	}
	post(s.r, s.inv, func() {
		s.r.Host.Pending(-1)
		s.r.Framed(func() {
			readableStreamReaderGenericCancel(&s.reader.genericReader, FromReason(s.r, reason)).markHandled()
		})
	})
}

// post has task run on the strand in the name of an invocation, which may be nil.
func post(r *webidl.Realm, inv any, task func()) {
	i, _ := inv.(*invocation.Invocation)
	r.Host.Post(i, task)
}
