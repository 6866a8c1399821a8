package fetch_test

import (
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func incoming() *fetch.RequestData {
	l := headers.New()
	for _, name := range []string{"host", "user-agent", "accept", "accept-encoding", "content-type", "cookie", "x-request-id", "authorization"} {
		l.Append(name, "value of "+name)
	}
	return &fetch.RequestData{Method: "POST", URL: "https://example.com/a/b?c=d", Headers: l, Body: body.Bytes([]byte(`{"a":1,"b":[1,2,3]}`))}
}

// bench calls a script's function with a fresh request each time.
func bench(b *testing.B, src string) {
	rt := runtimetest.New(b)
	d := incoming()
	rt.Do(func(r *webidl.Realm) {
		v, err := r.VM.RunString(src)
		if err != nil {
			b.Fatal(err)
		}
		fn, _ := goja.AssertFunction(v)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := fn(goja.Undefined(), fetch.NewRequestObject(r, d, fetch.Options{Immutable: true})); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRequest(b *testing.B) {
	for _, c := range []struct{ name, src string }{
		{"wrap", `(q) => 0`},
		{"headers.get", `(q) => q.headers.get("Authorization")`},
		{"text", `(q) => q.text()`},
		{"json", `(q) => q.json()`},
		{"clone", `(q) => q.clone()`},
		{"new Response", `(q) => new Response("x")`},
		{"new Response with headers", `(q) => new Response("x", { status: 201, headers: { "Content-Type": "text/html", "X-A": "b" } })`},
		{"Response.json", `(q) => Response.json({ a: 1, b: [1, 2, 3] })`},
		{"new Request", `(q) => new Request("https://example.com/a", q)`},
	} {
		b.Run(c.name, func(b *testing.B) { bench(b, c.src) })
	}
}

// BenchmarkHop is what a request costs that goes on to another realm untouched, and its response on the way back.
func BenchmarkHop(b *testing.B) {
	rt, other := runtimetest.New(b), runtimetest.New(b)
	d := incoming()
	rt.Do(func(r *webidl.Realm) {
		other.Do(func(s *webidl.Realm) {
			b.ReportAllocs()
			for b.Loop() {
				q, _ := fetch.RequestOf(fetch.NewRequestObject(r, d, fetch.Options{Immutable: true}))
				taken, err := q.Take(r)
				if err != nil {
					b.Fatal(err)
				}
				fetch.NewRequestObject(s, taken, fetch.Options{Immutable: true})
				p := fetch.NewResponse(&fetch.ResponseData{Status: 200, Headers: d.Headers, Body: d.Body})
				back, err := p.Take(s)
				if err != nil {
					b.Fatal(err)
				}
				fetch.NewResponseObject(r, back)
			}
		})
	})
}
