package ingress

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
)

// eagerBody is up to which length a body is read before the Worker is called: one that is whole costs its reader neither a
// goroutine nor a turn of its own (see BenchmarkBody).
const eagerBody = 64 << 10

// origin is what the URLs of requests with one Host header begin with.
type origin struct{ scheme, host, text string }

// hopByHop are the headers that are between client and server only (RFC 9110, section 7.6.1). Upgrade is left to the Worker, which may
// want to refuse it with words of its own.
var hopByHop = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding"}

func scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// target is the path and query as sent.
func (x *exchange) target() string {
	if t := x.r.RequestURI; strings.HasPrefix(t, "/") {
		return t
	}
	return x.r.URL.RequestURI() // absolute, or an asterisk
}

// request makes what the Worker gets. ok is false if the client broke off.
func (x *exchange) request(url string) (d *fetch.RequestData, ok bool) {
	b, ok := x.body()
	if !ok {
		return nil, false
	}
	return &fetch.RequestData{Method: x.r.Method, URL: url, Headers: x.headers(), Body: b, CF: connection(x.r)}, true
}

// url makes the absolute URL of a request, serialised as script expects it. path is what comes after the host in it: routes must match
// what the Worker sees, not what was sent with "/../" in it.
func (h *Handler) url(scheme, host, target string) (url, path string, ok bool) {
	o := h.origin.Load()
	if o == nil || o.host != host || o.scheme != scheme {
		if host == "" {
			host = "localhost" // HTTP/1.0
		}
		u, err := whatwgurl.Parse(scheme+"://"+host+"/", nil)
		if err != nil || u.HasCredentials() || u.Pathname() != "/" || u.Search() != "" || u.Hash() != "" {
			return "", "", false
		}
		o = &origin{scheme: scheme, host: host, text: strings.TrimSuffix(u.Href(), "/")}
		h.origin.Store(o)
	}
	if isPlain(target) {
		return o.text + target, target, true
	}
	u, err := whatwgurl.Parse(o.text+target, nil)
	if err != nil {
		return "", "", false
	}
	url = u.WithoutFragment()
	return url, url[len(o.text):], true
}

// isPlain reports whether a URL parser would leave target as it is: no dot segments, nothing to encode.
func isPlain(target string) bool {
	for i := range len(target) {
		c := target[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '/':
			if i+1 < len(target) && (target[i+1] == '.' || target[i+1] == '%') {
				return false
			}
		case strings.IndexByte("-._~%!$&()*+,;=:@?", c) < 0:
			return false
		}
	}
	return true
}

// headers makes the Worker's list of the request's headers, at once in its final size.
func (x *exchange) headers() *headers.List {
	r := x.r
	for _, names := range r.Header["Connection"] {
		for name := range strings.SplitSeq(names, ",") {
			if name = strings.TrimSpace(name); !strings.EqualFold(name, "upgrade") {
				r.Header.Del(name)
			}
		}
	}
	for _, name := range hopByHop {
		delete(r.Header, name)
	}
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	forwarded := address
	if sent := r.Header["X-Forwarded-For"]; len(sent) > 0 {
		forwarded = strings.Join(sent, ", ") + ", " + address
	}
	n := 4
	for _, values := range r.Header {
		n += len(values)
	}
	pairs := append(make([]headers.Pair, 0, n),
		headers.Pair{Name: "cf-connecting-ip", Value: address},
		headers.Pair{Name: "x-forwarded-for", Value: forwarded},
		headers.Pair{Name: "x-forwarded-proto", Value: scheme(r)},
	)
	if r.Host != "" {
		pairs = append(pairs, headers.Pair{Name: "host", Value: r.Host})
	}
	for name, values := range r.Header {
		name = headers.Lower(name)
		switch name {
		case "cf-connecting-ip", "x-forwarded-for", "x-forwarded-proto":
			continue // the client's own word
		}
		for _, value := range values {
			pairs = append(pairs, headers.Pair{Name: name, Value: value})
		}
	}
	return headers.New(pairs...)
}

// connection is request.cf: what is known of the connection.
func connection(r *http.Request) string {
	switch {
	case r.TLS != nil:
		return `{"httpProtocol":"` + r.Proto + `","tlsVersion":"` + strings.Replace(tls.VersionName(r.TLS.Version), "TLS 1", "TLSv1", 1) +
			`","tlsCipher":"` + tls.CipherSuiteName(r.TLS.CipherSuite) + `"}`
	case r.ProtoMajor == 1 && r.ProtoMinor == 1:
		return `{"httpProtocol":"HTTP/1.1"}`
	}
	return `{"httpProtocol":"` + r.Proto + `"}`
}

// body makes the request's body, nil for none. ok is false if the client broke off.
func (x *exchange) body() (b *body.Body, ok bool) {
	r := x.r
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return nil, true
	}
	if n := r.ContentLength; n > 0 && n <= eagerBody && r.Header.Get("Expect") == "" {
		whole := make([]byte, n)
		if _, err := io.ReadFull(r.Body, whole); err != nil {
			return nil, false
		}
		return body.Bytes(whole), true
	}
	x.up = newUpload(x.w, r.Body)
	return body.Live(x.up, r.ContentLength), true
}
