package fetch

import (
	"errors"
	"fmt"

	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
)

// MaxRedirects is how many redirects one fetch follows (https://fetch.spec.whatwg.org/#http-redirect-fetch, step 7).
const MaxRedirects = 20

// ErrRedirect is what a redirect is where the request's redirect mode is "error".
var ErrRedirect = errors.New("the response is a redirect, and the request's redirect mode is \"error\"")

// Redirected gives the request that d, the answer to q, redirects to, as https://fetch.spec.whatwg.org/#http-redirect-fetch makes it:
// nil if d is no redirect or q does not follow them. Errors: ErrRedirect, a location that can't be parsed, a body that can't be sent
// twice.
func Redirected(q *RequestData, d *ResponseData) (*RequestData, error) {
	switch d.Status {
	case 301, 302, 303, 307, 308:
	default:
		return nil, nil
	}
	location, ok := d.Headers.Get("location")
	if !ok || q.Redirect == RedirectManual {
		return nil, nil
	}
	if q.Redirect == RedirectError {
		return nil, ErrRedirect
	}
	from, err := whatwgurl.Parse(q.URL, nil)
	if err != nil {
		return nil, fmt.Errorf("redirect from %s: %w", q.URL, err)
	}
	to, err := whatwgurl.Parse(location, from)
	if err != nil {
		return nil, fmt.Errorf("redirect to %q: %w", location, err)
	}
	next := new(*q)
	next.URL = to.Href()
	drop := func(names ...string) {
		for _, name := range names {
			if next.Headers.Has(name) {
				next.Headers = next.Headers.Clone()
				next.Headers.Delete(name)
			}
		}
	}
	if (d.Status == 301 || d.Status == 302) && q.Method == "POST" || d.Status == 303 && q.Method != "GET" && q.Method != "HEAD" {
		next.Method, next.Body = "GET", nil
		drop("content-encoding", "content-language", "content-location", "content-type", "content-length")
	} else if q.Body.IsLive() {
		return nil, fmt.Errorf("redirect %d to %s: the request's body is a stream, which can't be sent twice", d.Status, next.URL)
	}
	if from.Origin() != to.Origin() {
		drop("authorization", "proxy-authorization", "cookie")
	}
	return next, nil
}
