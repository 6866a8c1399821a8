package fetch

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

const (
	textBodyOfGet = "Request with a GET or HEAD method cannot have a body."
	textRedirect  = `Invalid redirect value, must be one of "follow" or "manual" ("error" won't be implemented since it does not ` +
		`make sense at the edge; use "manual" and check the response status code).`
)

// BuildRequest is the request that fetch(input, init) means, here and on a service binding: input itself if it is a Request and there is no
// init. It throws what `new Request(input, init)` throws, and may run script.
func BuildRequest(r *webidl.Realm, input, init goja.Value) *Request {
	if webidl.IsNullish(init) {
		if q, ok := RequestOf(input); ok {
			return q
		}
	}
	return construct(r, input, init)
}

// ownRequest is a request made by script, in one allocation with its data.
type ownRequest struct {
	Request
	d RequestData
}

// building is the state of one construction.
type building struct {
	*Request
	r          *webidl.Realm
	input      *Request // nil if it is a URL
	hasHeaders bool     // init gave some
	hasBody    bool     // init gave one, or null
	hasMethod  bool     // init gave one
	typ        string   // the Content-Type that comes with init's body
}

// construct is https://fetch.spec.whatwg.org/#dom-request, with Cloudflare's cf. What init does not say comes from input.
func construct(r *webidl.Realm, input, init goja.Value) *Request {
	o := &ownRequest{}
	b := building{Request: &o.Request, r: r}
	b.data, b.own = &o.d, true
	if q, ok := RequestOf(input); ok {
		b.input = q
		b.inherit(q)
	} else {
		o.d.Method, o.d.URL = "GET", parseURL(r, r.USVString(input))
	}
	if q, ok := RequestOf(init); ok {
		b.fromRequest(q)
	} else if !webidl.IsNullish(init) {
		b.fromDictionary(r.Dictionary(init))
	}
	b.finish()
	return b.Request
}

func parseURL(r *webidl.Realm, text string) string {
	u, err := whatwgurl.Parse(text, nil)
	if err != nil {
		panic(r.TypeError("Invalid URL: %s", text))
	}
	if u.HasCredentials() {
		panic(r.TypeError("Request cannot be constructed from a URL that includes credentials: %s", text))
	}
	return u.Href()
}

// inherit takes over all of q but its headers and its body.
func (b *building) inherit(q *Request) {
	from := q.data
	b.data.Method, b.data.URL, b.data.Redirect, b.data.Cache = from.Method, from.URL, from.Redirect, from.Cache
	b.cf = cfProperty{json: q.cf.text()}
	b.follows, b.inv = q.follows, q.inv
}

// fromRequest takes a Request as init: as on Cloudflare that is all of it but the URL, and runs no getter. It stands for the dictionary of its
// properties, so its stream becomes the body of both: whoever reads or sends one has used the other too.
func (b *building) fromRequest(q *Request) {
	url := b.data.URL
	b.inherit(q)
	b.data.URL = url
	b.hdr = headers.Make(q.hdr.List().Clone(), false)
	b.hasHeaders, b.hasBody, b.hasMethod = true, true, true
	if !q.null() {
		b.extract(b.r, q.streamOf(b.r))
		b.body = q.body
	}
}

// takeBody moves the body of q here.
func (b *building) takeBody(q *Request) {
	taken, err := q.take(b.r)
	if err != nil {
		panic(b.r.FromError(err))
	}
	b.body = taken
}

// fromDictionary reads a RequestInit (https://fetch.spec.whatwg.org/#requestinit), its members in the order of their names. Those that
// mean nothing outside of a browser are not read.
func (b *building) fromDictionary(d webidl.Dictionary) {
	r := b.r
	var body goja.Value
	if v, ok := d.Get("body"); ok {
		b.hasBody = true
		if !goja.IsNull(v) {
			body = convertBody(r, v)
		}
	}
	if v, ok := d.Get("cache"); ok {
		switch mode := r.USVString(v); mode {
		case "no-store", "no-cache", "reload":
			b.data.Cache = mode
		default:
			panic(r.TypeError("Unsupported cache mode: %s", mode))
		}
	}
	if v, ok := d.Get("cf"); ok {
		b.cf.set(r, v)
	}
	if v, ok := d.Get("headers"); ok {
		b.hdr = headers.Make(headers.Fill(r, v), false)
		b.hasHeaders = true
	}
	if d.String("integrity", "") != "" {
		panic(r.TypeError("Subrequest integrity checking is not implemented. The integrity option must be either undefined or an empty string."))
	}
	if v, ok := d.Get("method"); ok {
		b.hasMethod = true
		b.data.Method = normalizeMethod(r, r.ByteString(v))
	}
	if v, ok := d.Get("redirect"); ok {
		switch mode := r.USVString(v); mode {
		case "follow":
			b.data.Redirect = RedirectFollow
		case "manual":
			b.data.Redirect = RedirectManual
		default:
			panic(r.TypeError(textRedirect))
		}
	}
	if v, ok := d.Get("signal"); ok {
		b.follows, b.inv = nil, nil
		if !goja.IsNull(v) {
			s, ok := event.SignalOf(v)
			if !ok {
				panic(r.TypeError("Failed to construct 'Request': member signal is not of type AbortSignal."))
			}
			b.follows = s
		}
	}
	if body != nil {
		b.typ = b.setBody(r, body)
	}
}

// normalizeMethod is https://fetch.spec.whatwg.org/#concept-method-normalize, but for all methods, as Cloudflare's flag
// upper_case_all_http_methods has it.
func normalizeMethod(r *webidl.Realm, method string) string {
	switch method {
	case "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH":
		return method
	}
	upper := strings.ToUpper(method)
	if !headers.ValidName(method) || upper == "CONNECT" || upper == "TRACE" || upper == "TRACK" {
		panic(r.TypeError("Invalid HTTP method string: %s", method))
	}
	return upper
}

// finish takes from input what init did not give, and checks the whole.
func (b *building) finish() {
	q := b.input
	if q != nil && !b.hasHeaders {
		b.hdr = headers.Make(q.hdr.List().Clone(), false)
	}
	inherits := q != nil && !b.hasBody && !q.null()
	if !b.null() || inherits {
		if m := b.data.Method; (m == "GET" || m == "HEAD") && (b.hasMethod || b.hasBody) {
			panic(b.r.TypeError(textBodyOfGet))
		}
	}
	if inherits {
		if q.disturbed() {
			panic(b.r.TypeError("Cannot reconstruct a Request with a used body."))
		}
		b.takeBody(q)
	}
	if b.typ != "" {
		b.hdr.SetDefault("content-type", b.typ)
	}
}
