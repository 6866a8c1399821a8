package fetch

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
)

// maxRedirects is how many redirects one fetch follows (https://fetch.spec.whatwg.org/#http-redirect-fetch, step 7).
const maxRedirects = 20

// ErrRedirect is what a redirect is where the request's redirect mode is "error".
var ErrRedirect = errors.New("the response is a redirect, and the request's redirect mode is \"error\"")

// Redirected gives the request that the answer to q redirects to, as https://fetch.spec.whatwg.org/#http-redirect-fetch makes it: nil if the
// answer is no redirect or q does not follow them. location is the value of the answer's header Location, "" for none; followed is how many
// redirects led to q. A body that is not sent again is left out, and stays the caller's to cancel. Errors: ErrRedirect, too many redirects, a
// location that can't be parsed or fetched, a body that can't be sent twice.
func Redirected(q *RequestData, status int, location string, followed int) (*RequestData, error) {
	switch status {
	case 301, 302, 303, 307, 308:
	default:
		return nil, nil
	}
	switch {
	case location == "" || q.Redirect == RedirectManual:
		return nil, nil
	case q.Redirect == RedirectError:
		return nil, ErrRedirect
	case followed >= maxRedirects:
		return nil, fmt.Errorf("too many redirects (more than %d)", maxRedirects)
	}
	from, err := whatwgurl.Parse(q.URL, nil)
	if err != nil {
		return nil, fmt.Errorf("redirect from %s: %w", q.URL, err)
	}
	to, err := locationURL(from, location)
	if err != nil {
		return nil, err
	}
	next := new(*q)
	next.URL = to.Href()
	if (status == 301 || status == 302) && q.Method == "POST" || status == 303 && q.Method != "GET" && q.Method != "HEAD" {
		next.Method, next.Body = "GET", nil
		next.drop("content-encoding", "content-language", "content-location", "content-type", "content-length")
	} else if q.Body.IsLive() {
		return nil, fmt.Errorf("redirect %d to %s: the request's body is a stream, which can't be sent twice", status, next.URL)
	}
	if from.Origin() != to.Origin() {
		next.drop("authorization", "proxy-authorization", "cookie")
	}
	return next, nil
}

// locationURL is https://fetch.spec.whatwg.org/#concept-response-location-url, of a scheme that can be fetched.
func locationURL(from *whatwgurl.URL, location string) (*whatwgurl.URL, error) {
	to, err := whatwgurl.Parse(location, from)
	if err != nil {
		return nil, fmt.Errorf("redirect to %q: %w", location, err)
	}
	if _, fragment, ok := strings.Cut(from.Href(), "#"); ok && !strings.Contains(to.Href(), "#") {
		to.SetHash(fragment)
	}
	if s := to.Protocol(); s != "http:" && s != "https:" {
		return nil, fmt.Errorf("redirect to %s: the scheme %q can't be fetched; http and https can", to.Href(), s)
	}
	return to, nil
}

// drop takes headers away from a request whose list others may have.
func (q *RequestData) drop(names ...string) {
	for _, name := range names {
		if q.Headers.Has(name) {
			q.Headers = q.Headers.Clone()
			q.Headers.Delete(name)
		}
	}
}
