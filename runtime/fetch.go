package runtime

import (
	"encoding/json"
	"sync"

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
		f.Invocation.OnEnd(func() { iso.Post(nil, func() { q.Abandon(invocation.ErrEnded) }) })
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
	d, err := response.Take(iso.Realm)
	if err != nil {
		f.Failed(err)
		return
	}
	if d.Body.IsLive() && f.Invocation.Hold() {
		d.Body = body.Live(&heldStream{Stream: d.Body.Stream(), inv: f.Invocation}, d.Body.Size())
	}
	f.Done(d, nil)
}

// Failed implements Job.
func (f *Fetch) Failed(err error) { f.Done(nil, err) }

// heldStream keeps an invocation alive while its response body is under way.
type heldStream struct {
	body.Stream
	inv  *invocation.Invocation
	once sync.Once
}

func (s *heldStream) Pull(deliver func([]byte, error)) {
	s.Stream.Pull(func(chunk []byte, err error) {
		deliver(chunk, err)
		if err != nil {
			s.once.Do(s.inv.Release)
		}
	})
}

func (s *heldStream) Cancel(reason error) {
	s.Stream.Cancel(reason)
	s.once.Do(s.inv.Release)
}
