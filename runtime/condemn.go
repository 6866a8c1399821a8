package runtime

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/watchdog"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// condemn gives the isolate up: goja's queue of microtasks is gone, so none of its calls can go on. The caller holds the strand.
func (iso *Isolate) condemn(inv *invocation.Invocation, cause error) {
	report, own := verdict(cause)
	iso.lost = fmt.Errorf("%w: %s (in another call of Worker %q, which shared this isolate)", ErrCondemned, own, iso.Script.Worker)
	if o := iso.Script.Observer; o != nil {
		o.Exception(iso.Script.Worker, inv, report)
	}
	for c := iso.open; c != nil; c = iso.open {
		if c.inv == inv || inv == nil { // it is nobody's fault in particular
			c.fail(own)
			continue
		}
		c.fail(iso.lost)
	}
	iso.streams.fail(iso.lost)
	iso.pool.remove(iso) // now: where no call comes any more, nobody would later
}

// verdict is what the log says of what broke an isolate, and what the call that did so ends with.
func verdict(cause error) (report *Uncaught, own error) {
	report = &Uncaught{Thrown: &webidl.Thrown{Class: "Error", Message: cause.Error()}, In: "isolate, which is lost"}
	own = report.Thrown
	var (
		over  *goja.StackOverflowError
		p     *panicError
		limit *watchdog.LimitError
	)
	switch {
	case errors.As(cause, &over):
		report.Class, report.Message = "RangeError", "Maximum call stack size exceeded"
	case errors.As(cause, &p):
		report.GoStack = p.stack
	case errors.As(cause, &limit):
		own = limit
		report.Message = limit.Error()
		if limit.Seen != "" {
			report.Message += " (" + limit.Seen + ")"
		}
	}
	return report, own
}

// liveBodies are the response bodies that a realm is still producing. Its methods may be called from any goroutine.
type liveBodies struct {
	count atomic.Int32

	mu  sync.Mutex
	set map[*heldStream]struct{} // guarded by mu
}

// none reports whether there are none.
func (l *liveBodies) none() bool { return l.count.Load() == 0 }

// failHung ends those that script makes and that somebody waits for, where nothing is left that could go on with them.
func (l *liveBodies) failHung() {
	if l.none() {
		return
	}
	l.mu.Lock()
	var hung []*heldStream
	for s := range l.set {
		if s.awaited() {
			hung = append(hung, s)
		}
	}
	l.mu.Unlock()
	for _, s := range hung {
		s.fail(ErrHung)
	}
}

func (l *liveBodies) add(s *heldStream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.set == nil {
		l.set = make(map[*heldStream]struct{})
	}
	l.set[s] = struct{}{}
	l.count.Store(int32(len(l.set)))
}

func (l *liveBodies) remove(s *heldStream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.set, s)
	l.count.Store(int32(len(l.set)))
}

// fail ends all with cause: the realm will never deliver again.
func (l *liveBodies) fail(cause error) {
	l.mu.Lock()
	set := l.set
	l.set = nil
	l.count.Store(0)
	l.mu.Unlock()
	for s := range set {
		s.fail(cause)
	}
}

// heldStream is a response's body on its way out of an isolate. It keeps the invocation alive until it has ended.
type heldStream struct {
	body.Stream
	iso *Isolate
	inv *invocation.Invocation

	mu      sync.Mutex
	waiting func([]byte, error) // guarded by mu: who pulls
	failed  error               // guarded by mu: the isolate is lost
	ended   bool                // guarded by mu
}

// Pull implements body.Stream.
func (s *heldStream) Pull(deliver func([]byte, error)) {
	s.mu.Lock()
	if s.failed != nil {
		s.mu.Unlock()
		deliver(nil, s.failed)
		return
	}
	s.waiting = deliver
	s.mu.Unlock()
	s.Stream.Pull(s.deliver)
}

func (s *heldStream) deliver(chunk []byte, err error) {
	s.mu.Lock()
	deliver := s.waiting
	s.waiting = nil
	s.mu.Unlock()
	if deliver == nil {
		return // the isolate was lost meanwhile, and who pulls knows
	}
	deliver(chunk, err)
	if err != nil {
		s.end()
	}
}

// Cancel implements body.Stream.
func (s *heldStream) Cancel(reason error) {
	s.Stream.Cancel(reason)
	s.end()
}

// awaited reports whether somebody waits for a chunk that script has to make.
func (s *heldStream) awaited() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting != nil && streams.IsScripted(s.Stream)
}

func (s *heldStream) fail(cause error) {
	s.mu.Lock()
	s.failed = cause
	s.mu.Unlock()
	s.deliver(nil, cause)
	s.end()
}

// end gives back the hold, once.
func (s *heldStream) end() {
	s.mu.Lock()
	again := s.ended
	s.ended = true
	s.mu.Unlock()
	if !again {
		s.iso.streams.remove(s)
		s.inv.Streaming(-1)
		s.iso.release(s.inv)
	}
}
