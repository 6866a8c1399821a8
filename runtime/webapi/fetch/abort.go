package fetch

import (
	"sync"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// watch has a signal, if it is not nil, abort the body of a response that came for a request
// (https://fetch.spec.whatwg.org/#abort-fetch, step 5). ended, if it is not nil, is called once, on any goroutine, when nobody reads a live
// body any more, with why.
func (p *Response) watch(r *webidl.Realm, signal *event.Signal, ended func(why error)) {
	b := p.body
	switch {
	case b.IsLive() && (signal != nil || ended != nil):
		p.body = body.Live(newAbortable(r, b.Stream(), signal, ended), b.Size())
	case b.Size() == 0:
		return // it ends before it could be aborted
	}
	p.signal = signal
}

// aborted gives why the body can't be read although nobody has, nil if it can.
func (m *message) aborted(r *webidl.Realm) error {
	if m.signal == nil || !m.signal.Aborted() {
		return nil
	}
	return streams.ReasonOf(r, m.signal.Reason())
}

// abortable is a stream that a signal ends: reads fail with its reason then, and the source is cancelled. The end of the invocation that
// made it is the end of it too.
type abortable struct {
	src   body.Stream
	ended func(why error)

	mu      sync.Mutex
	stop    func()              // guarded by mu: takes it off the invocation and the signal; nil once it is over
	waiting func([]byte, error) // guarded by mu: the pull under way
	err     error               // guarded by mu: what reads fail with, once aborted
}

// newAbortable is called on the strand; signal and ended may be nil, as for watch.
func newAbortable(r *webidl.Realm, src body.Stream, signal *event.Signal, ended func(error)) *abortable {
	s := &abortable{src: src, ended: ended}
	if signal != nil && signal.Aborted() {
		s.abort(streams.ReasonOf(r, signal.Reason()))
		return s
	}
	inv, host, unwatch := r.Invocation(), r.Host, func() {}
	if signal != nil {
		remove := signal.OnAbort(func() { s.abort(streams.ReasonOf(r, signal.Reason())) })
		unwatch = func() { host.Post(inv, remove) } // only the strand may touch the signal
	}
	s.mu.Lock()
	s.stop = unwatch
	s.mu.Unlock()
	if inv == nil {
		return s
	}
	unend := inv.OnEnd(func() { s.abort(invocation.ErrEnded) })
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		s.stop = func() { unend(); unwatch() }
	}
	return s
}

// Pull implements body.Stream.
func (s *abortable) Pull(deliver func([]byte, error)) {
	s.mu.Lock()
	if err := s.err; err != nil {
		s.mu.Unlock()
		deliver(nil, err)
		return
	}
	s.waiting = deliver
	s.mu.Unlock()
	s.src.Pull(s.deliver)
}

// deliver passes on what the source gave, unless the pull has failed meanwhile.
func (s *abortable) deliver(chunk []byte, err error) {
	s.mu.Lock()
	deliver := s.waiting
	s.waiting = nil
	s.mu.Unlock()
	if deliver == nil {
		return
	}
	if err != nil {
		s.end(nil)
	}
	deliver(chunk, err)
}

// Cancel implements body.Stream.
func (s *abortable) Cancel(reason error) {
	s.src.Cancel(reason)
	s.end(reason)
}

// abort fails the pull under way and those to come.
func (s *abortable) abort(reason error) {
	s.mu.Lock()
	deliver := s.waiting
	s.waiting, s.err = nil, reason
	s.mu.Unlock()
	s.src.Cancel(reason)
	s.end(reason)
	if deliver != nil {
		deliver(nil, reason)
	}
}

func (s *abortable) end(why error) {
	s.mu.Lock()
	stop, ended := s.stop, s.ended
	s.stop, s.ended = nil, nil
	s.mu.Unlock()
	if stop != nil {
		stop()
	}
	if ended != nil {
		ended(why)
	}
}
