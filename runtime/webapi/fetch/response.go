package fetch

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// ResponseClass is the class Response.
var ResponseClass = webidl.NewClass[*Response]("Response")

// API is what this package adds to the global object.
var API = webidl.API{
	Classes: []webidl.Declared{RequestClass, ResponseClass},
	Globals: []engine.Member{webidl.AsyncFunction("fetch", 1, "fetch", globalFetch)},
}

// ResponseData is a response on its way: what all isolates that it passes share. Once it was handed to anybody nobody may change it, but its
// Body, if live, is taken by one of them.
type ResponseData struct {
	Status     int // 200 to 599; 0 for a network error
	StatusText string
	Headers    *headers.List // frozen once it is shared
	Body       *body.Body    // nil for none
	URL        string        // where it came from, without fragment; "" for one that script made
	Redirected bool
	Error      bool   // a network error: Response.error()
	CF         string // JSON of the cf property, "" for none
	// ManualBody says that the body is encoded already as Content-Encoding says (encodeBody: "manual"). Otherwise whoever writes
	// it to the network encodes it.
	ManualBody bool
}

// Response is what a Response object of one realm carries. Its methods must be called on the strand.
type Response struct {
	message
	data *ResponseData
	own  bool // data was handed to nobody
	cf   cfProperty

	url        string // set: it came from there, whatever data says
	redirected bool
}

// NewFetchedResponse is NewResponseObject for the answer to a request to url, which may have a fragment: script sees that it came from
// there. signal, if it is not nil, aborts its body.
func NewFetchedResponse(r *webidl.Realm, d *ResponseData, url string, redirected bool, signal *event.Signal) *goja.Object {
	p := NewResponse(d)
	p.url, p.redirected = url, redirected
	if signal != nil {
		p.watch(r, signal, nil)
	}
	return ResponseClass.New(r, p)
}

// from is where the response came from, without fragment; "" for one that script made.
func (p *Response) from() (url string, redirected bool) {
	if p.url != "" {
		url, _, _ = strings.Cut(p.url, "#")
		return url, p.redirected
	}
	return p.data.URL, p.data.Redirected
}

// NewResponseObject wraps a response that comes into this realm from the network or from another Worker; its headers are immutable. d and
// d.Headers belong to all from now on.
func NewResponseObject(r *webidl.Realm, d *ResponseData) *goja.Object {
	return ResponseClass.New(r, NewResponse(d))
}

// NewResponse is NewResponseObject without the object.
func NewResponse(d *ResponseData) *Response {
	return &Response{
		message: message{hdr: headers.Make(d.Headers.Freeze(), true), body: d.Body}, data: d, cf: cfProperty{json: d.CF},
	}
}

// ResponseOf gives the Response that v is.
func ResponseOf(v goja.Value) (*Response, bool) { return ResponseClass.From(v) }

// Status is the status code, 0 for a network error.
func (p *Response) Status() int { return p.data.Status }

// Headers is the list as it is now: to be read, cloned or frozen.
func (p *Response) Headers() *headers.List { return p.hdr.List() }

// Take hands the response over, to another realm or to the network: its body counts as used. Nothing is copied; a body that script
// made as a stream becomes a live one. A response that nothing was changed of gives the ResponseData that it came as. Errors are for
// FromError: the body was used, or what script put in cf is no JSON.
func (p *Response) Take(r *webidl.Realm) (*ResponseData, error) {
	b, err := p.take(r)
	if err != nil {
		return nil, err
	}
	cf := p.cf.json
	if thrown := r.Try(func() { cf = p.cf.text() }); thrown != nil {
		return nil, r.Describe(thrown)
	}
	list := p.hdr.List().Freeze()
	d := p.data
	if d.Body == b && d.Headers == list && d.CF == cf {
		p.own = false
		return d, nil
	}
	if !p.own {
		d = new(*p.data)
		p.data = d
	}
	d.Body, d.Headers, d.CF = b, list, cf
	p.own = false
	return d, nil
}

// clone is https://fetch.spec.whatwg.org/#dom-response-clone, constant in the body's size.
func (p *Response) clone(r *webidl.Realm) *Response {
	c := &Response{data: p.data, cf: cfProperty{json: p.cf.text()}, url: p.url, redirected: p.redirected}
	p.own = false
	p.message.clone(r, &c.message)
	c.hdr = p.hdr.Copy()
	return c
}

func (p *Response) typ() string {
	if p.data.Error {
		return "error"
	}
	return "default"
}

func init() {
	ResponseClass.Constructor(0, constructResponse).
		Getter("status", func(p *Response, r *webidl.Realm) goja.Value { return r.ToValue(p.data.Status) }).
		Getter("statusText", func(p *Response, r *webidl.Realm) goja.Value { return headers.Text(r, p.data.StatusText) }).
		Getter("ok", func(p *Response, r *webidl.Realm) goja.Value {
			return r.ToValue(p.data.Status >= 200 && p.data.Status <= 299)
		}).
		Getter("url", func(p *Response, r *webidl.Realm) goja.Value {
			url, _ := p.from()
			return r.Str(url)
		}).
		Getter("redirected", func(p *Response, r *webidl.Realm) goja.Value {
			_, redirected := p.from()
			return r.ToValue(redirected)
		}).
		Getter("type", func(p *Response, r *webidl.Realm) goja.Value { return r.Str(p.typ()) }).
		Getter("webSocket", func(*Response, *webidl.Realm) goja.Value { return goja.Null() }).
		Getter("cf", func(p *Response, r *webidl.Realm) goja.Value { return p.cf.value(r) }).
		Method("clone", 0, func(p *Response, c webidl.Call) goja.Value { return ResponseClass.New(c.Realm, p.clone(c.Realm)) }).
		Static("error", 0, func(c webidl.Call) goja.Value {
			return NewResponseObject(c.Realm, &ResponseData{Error: true, Headers: headers.New()})
		}).
		Static("redirect", 1, redirect).
		Static("json", 1, jsonResponse)
	describeBody(ResponseClass, func(p *Response) *message { return &p.message })
}
