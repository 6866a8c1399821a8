package fetch

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

const (
	textStatus    = "Responses may only be constructed with status codes in the range 200 to 599, inclusive."
	textNullBody  = "Response with null body status (101, 204, 205, or 304) cannot have a body."
	textWebSocket = "WebSockets are not supported by this runtime: a Response can't carry one."
)

// ownResponse is a response made by script, in one allocation with its data.
type ownResponse struct {
	Response
	d ResponseData
}

// constructResponse is https://fetch.spec.whatwg.org/#dom-response, with Cloudflare's cf and encodeBody.
func constructResponse(c webidl.Call) *Response {
	p := newOwnResponse()
	typ, v, init := "", c.Arg(0), c.Arg(1)
	if !webidl.IsNullish(init) {
		v = convertBody(c.Realm, v)
		p.initialize(c.Realm, init)
	}
	if !webidl.IsNullish(v) {
		typ = p.setBody(c.Realm, v)
	}
	p.finish(c.Realm, typ)
	return p
}

func newOwnResponse() *Response {
	o := &ownResponse{}
	o.data, o.own = &o.d, true
	o.d.Status = 200
	return &o.Response
}

// initialize reads a ResponseInit (https://fetch.spec.whatwg.org/#responseinit) or, as on Cloudflare, a Response.
func (p *Response) initialize(r *webidl.Realm, init goja.Value) {
	if webidl.IsNullish(init) {
		return
	}
	d := p.data
	if from, ok := ResponseOf(init); ok {
		d.Status, d.StatusText, d.ManualBody = from.data.Status, from.data.StatusText, from.data.ManualBody
		p.hdr = headers.Make(from.hdr.List().Clone(), false)
		p.cf = cfProperty{json: from.cf.text()}
		return
	}
	dict := r.Dictionary(init)
	if v, ok := dict.Get("cf"); ok {
		p.cf.set(r, v)
	}
	if v, ok := dict.Get("encodeBody"); ok {
		switch s := r.USVString(v); s {
		case "manual":
			d.ManualBody = true
		case "automatic":
		default:
			panic(r.TypeError("encodeBody: unexpected value: %s", s))
		}
	}
	if v, ok := dict.Get("headers"); ok {
		p.hdr = headers.Make(headers.Fill(r, v), false)
	}
	if v, ok := dict.Get("status"); ok {
		d.Status = int(r.Integer(v, 16, false))
	}
	if v, ok := dict.Get("statusText"); ok {
		d.StatusText = r.ByteString(v)
	}
	if v, ok := dict.Get("webSocket"); ok && !goja.IsNull(v) {
		panic(r.TypeError(textWebSocket))
	}
}

// finish checks the whole and sets the Content-Type that comes with the body.
func (p *Response) finish(r *webidl.Realm, typ string) {
	d := p.data
	if d.Status < 200 || d.Status > 599 {
		panic(r.RangeError(textStatus))
	}
	for i := range len(d.StatusText) { // https://fetch.spec.whatwg.org/#concept-response-status-message
		if c := d.StatusText[i]; c < ' ' && c != '\t' || c == 0x7F {
			panic(r.TypeError("Invalid statusText"))
		}
	}
	if d.Status == 204 || d.Status == 205 || d.Status == 304 {
		if !p.null() && (p.stream != nil || p.body.Size() != 0) {
			panic(r.TypeError(textNullBody))
		}
		if !p.null() { // as on Cloudflare, an empty one will pass for none
			p.body, typ = nil, ""
		}
	}
	if typ != "" {
		p.hdr.SetDefault("content-type", typ)
	}
}

// redirect is https://fetch.spec.whatwg.org/#dom-response-redirect.
func redirect(c webidl.Call) goja.Value {
	text, status := c.String(0), 302
	u, err := whatwgurl.Parse(text, nil)
	if err != nil {
		panic(c.TypeError("Unable to parse URL: %s", text))
	}
	if c.Has(1) {
		status = int(c.Integer(c.Arg(1), 16, false))
	}
	switch status {
	case 301, 302, 303, 307, 308:
	default:
		panic(c.RangeError("%d is not a redirect status code. It must be one of: 301, 302, 303, 307, or 308.", status))
	}
	return NewResponseObject(c.Realm, &ResponseData{
		Status: status, Headers: headers.New(headers.Pair{Name: "location", Value: u.Href()}),
	})
}

// jsonResponse is https://fetch.spec.whatwg.org/#dom-response-json.
func jsonResponse(c webidl.Call) goja.Value {
	text, ok := stringify(c.Realm, c.Arg(0)).(goja.String)
	if !ok {
		panic(c.TypeError("The data is not JSON serializable"))
	}
	p := newOwnResponse()
	p.body = body.Bytes(stringBytes(text.String()))
	p.initialize(c.Realm, c.Arg(1))
	p.finish(c.Realm, "application/json")
	return ResponseClass.New(c.Realm, p)
}

// stringify is the intrinsic JSON.stringify.
func stringify(r *webidl.Realm, v goja.Value) goja.Value {
	return r.Invoke(r.Intrinsic("JSON.stringify"), goja.Undefined(), v)
}
