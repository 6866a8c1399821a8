package fetch

import (
	"context"
	"errors"
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Outbound takes requests out of the process. Package outbound has the one for production.
type Outbound interface {
	// Fetch sends a request and returns when the head of the response is there, redirects followed as req.Redirect says. It may be
	// called by many goroutines. The ResponseData belongs to the caller. ctx is done when nobody wants the response any more, its body included; until the body has ended or
	// was cancelled it stays alive. req must not be changed; its body, if live, is for Fetch alone to read or cancel. An error becomes a
	// TypeError unless it is a *webidl.Thrown.
	Fetch(ctx context.Context, req *RequestData) (*ResponseData, error)
}

type outboundKey struct{}

// SetOutbound tells where the global fetch of a realm leads. A realm without one can't fetch.
func SetOutbound(r *webidl.Realm, o Outbound) { r.SetSlot(outboundKey{}, o) }

// globalFetch is https://fetch.spec.whatwg.org/#dom-global-fetch.
func globalFetch(c webidl.Call) goja.Value {
	r := c.Realm
	inv := r.Invocation()
	if inv == nil {
		panic(r.Error("%s", webidl.GlobalScope))
	}
	q := BuildRequest(r, c.Arg(0), c.Arg(1))
	if url := q.URL(); !strings.HasPrefix(url, "http:") && !strings.HasPrefix(url, "https:") {
		panic(r.TypeError("Fetch API cannot load: %s", url))
	}
	signal := q.Signal()
	if signal != nil && signal.Aborted() {
		return r.Rejected(signal.Reason())
	}
	out, _ := r.Slot(outboundKey{}).(Outbound)
	if out == nil {
		panic(r.TypeError("fetch failed: this Worker has no way out to the network"))
	}
	if err := inv.Subrequest(); err != nil {
		panic(r.FromError(err))
	}
	d, err := q.Take(r)
	if err != nil {
		panic(r.FromError(err))
	}
	f := &fetching{r: r, signal: signal, deferred: r.NewDeferred(), back: r.Pending()}
	f.ctx, f.cancel = context.WithCancelCause(inv.Context())
	if signal != nil {
		f.unwatch = signal.OnAbort(func() { f.abort(signal.Reason()) })
	}
	go func() {
		response, err := out.Fetch(f.ctx, d)
		f.back(func() { f.arrive(response, err) })
	}()
	return f.deferred.Value()
}

// fetching is one fetch under way.
type fetching struct {
	r        *webidl.Realm
	deferred *webidl.Deferred
	back     func(func())
	ctx      context.Context
	cancel   context.CancelCauseFunc
	signal   *event.Signal // nil if there is none
	aborted  bool          // by its signal, before the response was there
	unwatch  func()        // stops watching the signal; nil if there is none
}

// abort is what the signal does before the response is there.
func (f *fetching) abort(reason goja.Value) {
	f.aborted = true
	f.deferred.Reject(reason)
	f.cancel(streams.ReasonOf(f.r, reason))
}

// arrive settles the promise, on the strand.
func (f *fetching) arrive(response *ResponseData, err error) {
	if f.unwatch != nil {
		f.unwatch()
	}
	switch {
	case f.aborted:
		if err == nil && response.Body.IsLive() {
			response.Body.Stream().Cancel(context.Cause(f.ctx))
		}
	case err != nil:
		f.cancel(nil)
		f.deferred.Reject(f.failure(err))
	default:
		p := NewResponse(response)
		p.watch(f.r, f.signal, f.cancel)
		if !response.Body.IsLive() {
			f.cancel(nil)
		}
		f.deferred.Resolve(ResponseClass.New(f.r, p))
	}
}

// failure is the TypeError that a network error becomes (https://fetch.spec.whatwg.org/#fetch-method).
func (f *fetching) failure(err error) goja.Value {
	var thrown *webidl.Thrown
	if errors.As(err, &thrown) {
		return f.r.FromError(thrown)
	}
	return f.r.TypeError("%s", err)
}
