package runtime

import (
	"encoding/json"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Fetch is a job that calls a fetch handler.
type Fetch struct {
	Invocation *invocation.Invocation
	Entrypoint string          // "" means the default one
	Props      json.RawMessage // ctx.props
	Request    *fetch.RequestData
	// Done is called exactly once, on any goroutine, perhaps before Pool.Do returns. A live body belongs to the receiver, who must
	// read it to its end or cancel it: until then the invocation goes on. It must not run script.
	Done func(*fetch.ResponseData, error)
}

var _ Job = (*Fetch)(nil)

// Start implements Job.
func (f *Fetch) Start(iso *Isolate) goja.Value {
	request := fetch.NewRequestObject(iso.Realm, f.Request, fetch.Options{Immutable: true, Invocation: f.Invocation})
	if f.Request.Body.IsLive() {
		q, _ := fetch.RequestOf(request)
		sent := f.Request.Body.Stream()
		f.Invocation.OnEnd(func() {
			iso.postOr(nil, func() { q.Abandon(invocation.ErrEnded) }, func() { sent.Cancel(invocation.ErrEnded) })
		})
	}
	return iso.callFetch(f.Entrypoint, f.Invocation, request, f.Props)
}

// Fulfilled implements Job.
func (f *Fetch) Fulfilled(iso *Isolate, v goja.Value) {
	response, ok := fetch.ResponseOf(v)
	if !ok {
		f.Failed(&webidl.Thrown{Class: "TypeError", Message: "Incorrect type for Promise: the Promise did not resolve to 'Response'."})
		return
	}
	var d *fetch.ResponseData
	var err error
	// A body that script makes is pulled in the name of this call, whoever's turn it was that answered it.
	iso.Realm.Behalf(f.Invocation, func() { d, err = response.Take(iso.Realm) })
	if err != nil {
		f.Failed(err)
		return
	}
	if d.Body.IsLive() && f.Invocation.Hold() {
		f.Invocation.Streaming(+1)
		held := &heldStream{Stream: d.Body.Stream(), iso: iso, inv: f.Invocation}
		iso.streams.add(held)
		d.Body = body.Live(held, d.Body.Size())
	}
	f.Done(d, nil)
}

// Failed implements Job.
func (f *Fetch) Failed(err error) { f.Done(nil, err) }
