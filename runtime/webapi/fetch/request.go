package fetch

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// RequestClass is the class Request.
var RequestClass = webidl.NewClass[*Request]("Request")

// RedirectMode is https://fetch.spec.whatwg.org/#concept-request-redirect-mode.
type RedirectMode uint8

// The modes. Script can't ask for RedirectError: Workers know none.
const (
	RedirectFollow RedirectMode = iota
	RedirectManual
	RedirectError
)

func (m RedirectMode) String() string {
	return [...]string{"follow", "manual", "error"}[m]
}

// RequestData is a request on its way: what all isolates that it passes share. Once it was handed to anybody nobody may change it, but
// its Body, if live, is taken by one of them.
type RequestData struct {
	Method   string
	URL      string        // serialised (https://url.spec.whatwg.org/#concept-url-serializer), perhaps with a fragment
	Headers  *headers.List // frozen once it is shared
	Body     *body.Body    // nil for none
	Redirect RedirectMode
	Cache    string // "", "no-store", "no-cache" or "reload"
	CF       string // JSON of the cf property, "" for none
}

// Request is what a Request object of one realm carries. Its methods must be called on the strand.
type Request struct {
	message
	data *RequestData
	own  bool // data was handed to nobody
	cf   cfProperty

	// Whence its signal comes: followed once somebody asks for it.
	follows *event.Signal
	inv     *invocation.Invocation
	signal  *event.Signal // made at first touch
}

// Options of NewRequestObject.
type Options struct {
	Immutable  bool                   // its headers throw at changes, as those of an incoming request do
	Invocation *invocation.Invocation // its signal is aborted when this invocation is
}

// NewRequestObject wraps a request that comes into this realm. d and d.Headers belong to all from now on.
func NewRequestObject(r *webidl.Realm, d *RequestData, o Options) *goja.Object {
	return RequestClass.New(r, NewRequest(d, o))
}

// NewRequest is NewRequestObject without the object.
func NewRequest(d *RequestData, o Options) *Request {
	return &Request{
		message: message{hdr: headers.Make(d.Headers.Freeze(), o.Immutable), body: d.Body},
		data:    d, cf: cfProperty{json: d.CF}, inv: o.Invocation,
	}
}

// RequestOf gives the Request that v is.
func RequestOf(v goja.Value) (*Request, bool) { return RequestClass.From(v) }

// Method and URL are those of the request.
func (q *Request) Method() string { return q.data.Method }

// URL is the serialised URL, perhaps with a fragment.
func (q *Request) URL() string { return q.data.URL }

// Headers is the list as it is now: to be read, cloned or frozen.
func (q *Request) Headers() *headers.List { return q.hdr.List() }

// Redirect is what to do with a redirect.
func (q *Request) Redirect() RedirectMode { return q.data.Redirect }

// Take hands the request over, to another realm or to the network: its body counts as used, as after fetch(request). Nothing is
// copied; a body that script made as a stream becomes a live one. A request that nothing was changed of gives the RequestData that it
// came as. Errors are for FromError: the body was used, or what script put in cf is no JSON.
func (q *Request) Take(r *webidl.Realm) (*RequestData, error) {
	b, err := q.take(r)
	if err != nil {
		return nil, err
	}
	cf, err := q.cfText(r)
	if err != nil {
		return nil, err
	}
	list := q.hdr.List().Freeze()
	d := q.data
	if d.Body == b && d.Headers == list && d.CF == cf {
		q.own = false
		return d, nil
	}
	if !q.own {
		d = new(*q.data)
		q.data = d
	}
	d.Body, d.Headers, d.CF = b, list, cf
	q.own = false
	return d, nil
}

func (q *Request) cfText(r *webidl.Realm) (text string, err error) {
	if thrown := r.Try(func() { text = q.cf.text() }); thrown != nil {
		return "", r.Describe(thrown)
	}
	return text, nil
}

// Abandon cancels the body, if it is a stream that came with the request and was not handed on: whoever sends it must not wait for a reader
// that will never come. For the end of the invocation that got the request.
func (q *Request) Abandon(reason error) {
	if b := q.body; b != spent && b.IsLive() {
		b.Stream().Cancel(reason)
	}
}

// Signal is the signal that aborts the request, nil where there is none: to be watched while the request is under way. That of an incoming
// request is none of these, as on Cloudflare without the flag request_signal_passthrough: who passes it on with `signal: request.signal`
// has it abort the subrequest.
func (q *Request) Signal() *event.Signal { return q.follows }

// signalOf is the signal that script sees (https://fetch.spec.whatwg.org/#dom-request-signal), made at first touch.
func (q *Request) signalOf(r *webidl.Realm) *event.Signal {
	if q.signal != nil {
		return q.signal
	}
	switch {
	case q.follows != nil:
		q.signal = event.AnySignal(r, q.follows)
	default:
		q.signal = event.NewSignal(r)
		if q.inv != nil {
			q.followInvocation(r)
		}
	}
	return q.signal
}

// followInvocation aborts the signal when the invocation is aborted, as a turn of its own.
func (q *Request) followInvocation(r *webidl.Realm) {
	signal, host, inv := q.signal, r.Host, q.inv
	abort := func(cause error) {
		signal.Abort(r.DOMException("AbortError", "%s", cause))
	}
	if cause := inv.Aborted(); cause != nil {
		abort(cause)
		return
	}
	inv.OnAbort(func(cause error) {
		host.Post(inv, func() { abort(cause) })
	})
}

// clone is https://fetch.spec.whatwg.org/#dom-request-clone, constant in the body's size.
func (q *Request) clone(r *webidl.Realm) *Request {
	c := &Request{data: q.data, cf: cfProperty{json: q.cf.text()}, follows: q.follows, inv: q.inv}
	q.own = false
	q.message.clone(r, &c.message)
	c.hdr = q.hdr.Copy()
	return c
}

func init() {
	RequestClass.Constructor(1, func(c webidl.Call) *Request { return construct(c.Realm, c.Arg(0), c.Arg(1)) }).
		Getter("method", func(q *Request, r *webidl.Realm) goja.Value { return r.Str(q.data.Method) }).
		Getter("url", func(q *Request, r *webidl.Realm) goja.Value { return r.Str(q.data.URL) }).
		Getter("redirect", func(q *Request, r *webidl.Realm) goja.Value { return r.Str(q.data.Redirect.String()) }).
		Getter("cache", func(q *Request, r *webidl.Realm) goja.Value {
			if q.data.Cache == "" {
				return goja.Undefined() // as on Cloudflare
			}
			return r.Str(q.data.Cache)
		}).
		Getter("integrity", func(*Request, *webidl.Realm) goja.Value { return goja.Undefined() }).
		Getter("keepalive", func(_ *Request, r *webidl.Realm) goja.Value { return r.ToValue(false) }).
		Getter("signal", func(q *Request, r *webidl.Realm) goja.Value { return q.signalOf(r).Object() }).
		Getter("cf", func(q *Request, r *webidl.Realm) goja.Value { return q.cf.value(r) }).
		Method("clone", 0, func(q *Request, c webidl.Call) goja.Value { return RequestClass.New(c.Realm, q.clone(c.Realm)) })
	describeBody(RequestClass, func(q *Request) *message { return &q.message })
}
