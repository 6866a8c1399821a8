package fetch_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
)

func TestRedirected(t *testing.T) {
	whole, live := body.Bytes([]byte("hi")), body.Live(&slowStream{}, -1)
	for _, k := range []struct {
		method   string
		body     *body.Body
		mode     fetch.RedirectMode
		status   int
		location string
		followed int
		want     string // method, URL, headers and whether there is a body; "" for no redirect
	}{
		{"GET", nil, fetch.RedirectFollow, 200, "/x", 0, ""},
		{"GET", nil, fetch.RedirectFollow, 304, "/x", 0, ""},
		{"GET", nil, fetch.RedirectFollow, 302, "", 0, ""},
		{"GET", nil, fetch.RedirectManual, 302, "/x", 0, ""},
		{"GET", nil, fetch.RedirectManual, 302, "nonsense://[", 99, ""},
		{"GET", nil, fetch.RedirectError, 302, "/x", 0, "error: the response is a redirect, and the request's redirect mode is \"error\""},
		{"GET", nil, fetch.RedirectFollow, 302, "x?c", 19, "GET http://a/b/x?c#frag [authorization content-type x-kept] false"},
		{"GET", nil, fetch.RedirectFollow, 302, "x", 20, "error: too many redirects (more than 20)"},
		{"HEAD", nil, fetch.RedirectFollow, 303, "/x#own", 0, "HEAD http://a/x#own [authorization content-type x-kept] false"},
		{"POST", whole, fetch.RedirectFollow, 301, "/x", 0, "GET http://a/x#frag [authorization x-kept] false"},
		{"POST", live, fetch.RedirectFollow, 302, "/x", 0, "GET http://a/x#frag [authorization x-kept] false"},
		{"PUT", live, fetch.RedirectFollow, 303, "/x", 0, "GET http://a/x#frag [authorization x-kept] false"},
		{"PUT", whole, fetch.RedirectFollow, 302, "/x", 0, "PUT http://a/x#frag [authorization content-type x-kept] true"},
		{"POST", whole, fetch.RedirectFollow, 307, "/x", 0, "POST http://a/x#frag [authorization content-type x-kept] true"},
		{"POST", live, fetch.RedirectFollow, 308, "/x", 0, "error: redirect 308 to http://a/x#frag: the request's body is a stream, which can't be sent twice"},
		{"POST", whole, fetch.RedirectFollow, 307, "https://a/x", 0, "POST https://a/x#frag [content-type x-kept] true"},
		{"POST", whole, fetch.RedirectFollow, 307, "http://a:81/", 0, "POST http://a:81/#frag [content-type x-kept] true"},
		{"GET", nil, fetch.RedirectFollow, 302, "http://[::x", 0, `error: redirect to "http://[::x"`},
		{"GET", nil, fetch.RedirectFollow, 302, "file:///etc/passwd", 0, `error: redirect to file:///etc/passwd#frag: the scheme "file:" can't be fetched; http and https can`},
	} {
		t.Run(fmt.Sprint(k.method, k.status, k.location, k.mode), func(t *testing.T) {
			list := headers.New(headers.Pair{Name: "authorization", Value: "s"}, headers.Pair{Name: "content-type", Value: "t"}, headers.Pair{Name: "x-kept", Value: "1"}).Freeze()
			q := &fetch.RequestData{Method: k.method, URL: "http://a/b/c#frag", Headers: list, Body: k.body, Redirect: k.mode}
			before := *q
			next, err := fetch.Redirected(q, k.status, k.location, k.followed)
			if *q != before {
				t.Error("the request was changed")
			}
			got := ""
			switch {
			case err != nil:
				got = "error: " + err.Error()
			case next != nil:
				got = fmt.Sprint(next.Method, " ", next.URL, " ", names(next.Headers), " ", next.Body != nil)
			}
			if got != k.want && (k.want == "" || !strings.HasPrefix(k.want, "error") || !strings.HasPrefix(got, k.want)) {
				t.Errorf("got  %s\nwant %s", got, k.want)
			}
			if (k.mode == fetch.RedirectError) != errors.Is(err, fetch.ErrRedirect) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func names(l *headers.List) (out []string) {
	for _, n := range []string{"authorization", "content-type", "x-kept"} {
		if l.Has(n) {
			out = append(out, n)
		}
	}
	return out
}
