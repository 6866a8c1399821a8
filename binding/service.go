package binding

import (
	"encoding/json"
	"sync/atomic"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// fetcher is a service binding as script holds it
// (https://developers.cloudflare.com/workers/runtime-apis/bindings/service-bindings/).
type fetcher struct {
	target     *member
	entrypoint string
	props      json.RawMessage
	self       bool // bound to its own Worker: same isolate, never entered from within itself
}

var fetcherClass = webidl.NewClass[*fetcher]("Fetcher")

func init() {
	fetcherClass.AsyncMethod("fetch", 1, func(f *fetcher, c webidl.Call) goja.Value {
		return f.fetch(c)
	})
	webidl.Install(webidl.API{Classes: []webidl.Declared{fetcherClass}})
}

// fetch calls the bound Worker's fetch handler. It runs on this goroutine if the target has a free isolate.
func (f *fetcher) fetch(c webidl.Call) goja.Value {
	if c.Invocation() == nil {
		panic(c.Error("%s", webidl.GlobalScope))
	}
	request := fetch.BuildRequest(c.Realm, c.Arg(0), c.Arg(1))
	signal := request.Signal()
	if signal != nil && signal.Aborted() {
		panic(signal.Reason())
	}
	data, err := request.Take(c.Realm)
	if err != nil {
		panic(c.FromError(err))
	}
	return f.call(c.Realm, data, signal, 0)
}

// call sends one request, which signal aborts if it is not nil; redirects is how many came before it.
func (f *fetcher) call(r *webidl.Realm, data *fetch.RequestData, signal *event.Signal, redirects int) goja.Value {
	inv := r.Invocation()
	child, err := inv.Child(f.target.Name)
	if err != nil {
		panic(r.Error("%s", err))
	}
	s := &serviceCall{fetcher: f, r: r, parent: inv, child: child, request: data, signal: signal, redirects: redirects}
	if data.Redirect != fetch.RedirectManual {
		// Redirects are followed here: to the callee it is a request like one from outside, which follows none if passed on.
		data = new(*data)
		data.Redirect = fetch.RedirectManual
	}
	s.job = runtime.Fetch{Invocation: child, Entrypoint: f.entrypoint, Props: f.props, Request: data, Done: s.done}
	if iso := runtime.IsolateOf(r); f.self && iso != nil {
		f.target.pool.DoIn(iso, child, &s.job)
	} else {
		f.target.pool.DoFrom(iso, child, &s.job)
	}
	return s.result()
}

// States of a serviceCall: who came first, the answer or the caller's look for it.
const (
	undecided int32 = iota
	answered
	awaited
)

// serviceCall is one call of a bound Worker, between two realms.
type serviceCall struct {
	*fetcher
	job           runtime.Fetch
	r             *webidl.Realm // of the caller
	parent, child *invocation.Invocation
	request       *fetch.RequestData // as the caller made it
	signal        *event.Signal
	redirects     int

	state    atomic.Int32
	response *fetch.ResponseData
	err      error

	*wait // set before state becomes awaited
}

// wait is what a call needs that has not been answered when the caller looks.
type wait struct {
	deferred *webidl.Deferred
	settle   func(func())
	unabort  func()
	unend    func()
	unsignal func()
	cut      bool // by the signal: the answer is nobody's any more
}

// done takes the answer, on any goroutine.
func (s *serviceCall) done(d *fetch.ResponseData, err error) {
	s.response, s.err = d, err
	if s.state.CompareAndSwap(undecided, answered) {
		return
	}
	s.unabort()
	s.unend()
	// A caller whose isolate is lost runs no task any more.
	unread := func() {}
	if err == nil && d.Body.IsLive() {
		unread = s.parent.OnEnd(s.discard)
	}
	s.settle(func() {
		unread()
		s.unsignal()
		if s.cut {
			s.discard()
			return
		}
		s.r.Then(s.r.Promised(s.settled), s.deferred.Resolve, s.deferred.Reject)
	})
}

// discard lets go of an answer that nobody will read.
func (s *serviceCall) discard() {
	if s.err == nil && s.response.Body.IsLive() {
		s.response.Body.Stream().Cancel(invocation.ErrDisconnected)
	}
}

// follow has the caller's signal reject its promise and abort the callee. It runs on the caller's strand.
func (s *serviceCall) follow() (stop func()) {
	if s.signal == nil {
		return func() {}
	}
	return s.signal.OnAbort(func() {
		s.cut = true
		s.child.Abort(nil)
		s.deferred.Reject(s.signal.Reason())
	})
}

// result is the caller's promise: settled if the answer is there.
func (s *serviceCall) result() goja.Value {
	if s.state.Load() == answered {
		return s.settled()
	}
	s.wait = &wait{deferred: s.r.NewDeferred(), settle: s.r.Pending()}
	// A caller that is gone, or that ends without waiting, cuts the callee off.
	s.unabort = s.parent.OnAbort(s.child.Abort)
	s.unend = s.parent.OnEnd(func() { s.child.Abort(invocation.ErrEnded) })
	s.unsignal = s.follow()
	if !s.state.CompareAndSwap(undecided, awaited) {
		s.unabort()
		s.unend()
		s.unsignal()
		s.settle(func() {})
		return s.settled()
	}
	return s.deferred.Value()
}

// leaveWithCaller has a live body that the caller does not read, nor passes on, cancelled when the caller's invocation ends.
func (s *serviceCall) leaveWithCaller() {
	if s.response.Body.IsLive() {
		stream := s.response.Body.Stream()
		s.parent.OnEnd(func() { stream.Cancel(invocation.ErrEnded) })
	}
}

// settled is a promise for the answer, in the caller's realm and turn. A redirect goes to the same Worker.
func (s *serviceCall) settled() goja.Value {
	if s.err != nil {
		return s.r.Rejected(s.r.FromError(s.err))
	}
	location, _ := s.response.Headers.Get("location")
	next, err := fetch.Redirected(s.request, s.response.Status, location, s.redirects)
	switch {
	case err != nil:
		return s.r.Rejected(s.r.TypeError("%s", err))
	case next == nil:
		s.leaveWithCaller()
		return s.r.Resolved(fetch.NewFetchedResponse(s.r, s.response, s.request.URL, s.redirects > 0, s.signal))
	}
	s.discard()
	return s.call(s.r, next, s.signal, s.redirects+1)
}
