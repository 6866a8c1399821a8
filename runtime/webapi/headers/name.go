package headers

import "strings"

// names lists the headers that are met often. Their lower-case forms and those of net/http are found without an allocation.
var names = strings.Fields(`
	Accept Accept-Charset Accept-Encoding Accept-Language Accept-Ranges Access-Control-Allow-Credentials Access-Control-Allow-Headers
	Access-Control-Allow-Methods Access-Control-Allow-Origin Access-Control-Expose-Headers Access-Control-Max-Age
	Access-Control-Request-Headers Access-Control-Request-Method Age Allow Alt-Svc Authorization Cache-Control Cdn-Loop
	Cf-Connecting-Ip Cf-Ipcountry Cf-Ray Cf-Visitor Connection Content-Disposition Content-Encoding Content-Language Content-Length
	Content-Location Content-Range Content-Security-Policy Content-Type Cookie Date Dnt Etag Expect Expires Forwarded From Host If-Match
	If-Modified-Since If-None-Match If-Range If-Unmodified-Since Keep-Alive Last-Modified Link Location Max-Forwards Origin Pragma
	Priority Proxy-Authenticate Proxy-Authorization Range Referer Referrer-Policy Refresh Retry-After Sec-Ch-Ua Sec-Ch-Ua-Mobile
	Sec-Ch-Ua-Platform Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-User Sec-Websocket-Accept Sec-Websocket-Key
	Sec-Websocket-Protocol Sec-Websocket-Version Server Server-Timing Set-Cookie Strict-Transport-Security Te Trailer
	Transfer-Encoding Traceparent Tracestate Upgrade Upgrade-Insecure-Requests User-Agent Vary Via Www-Authenticate
	X-Content-Type-Options X-Correlation-Id X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto X-Frame-Options X-Powered-By X-Real-Ip
	X-Request-Id X-Requested-With X-Xss-Protection
`)

// lowered and canonical map both forms of each of names to one of them.
var lowered, canonical = func() (lower, canon map[string]string) {
	lower, canon = make(map[string]string, 2*len(names)), make(map[string]string, len(names))
	for _, name := range names {
		l := strings.ToLower(name)
		lower[name], lower[l], canon[l] = l, l, name
	}
	return lower, canon
}()

// Lower is name in lower case, without an allocation for the usual ones.
func Lower(name string) string {
	for i := range len(name) {
		if c := name[i]; 'A' <= c && c <= 'Z' {
			if l, ok := lowered[name]; ok {
				return l
			}
			return strings.ToLower(name)
		}
	}
	return name
}

// ValidName reports whether name is a header name (https://fetch.spec.whatwg.org/#header-name): one token character or more.
func ValidName(name string) bool {
	for i := range len(name) {
		if !token[name[i]] {
			return false
		}
	}
	return name != ""
}

var token = func() (table [256]bool) {
	for _, c := range []byte("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		table[c] = true
	}
	return table
}()

// NormalizeValue strips HTTP whitespace from both ends (https://fetch.spec.whatwg.org/#concept-header-value-normalize).
func NormalizeValue(value string) string { return strings.Trim(value, "\t\n\r ") }

// ValidValue reports whether a normalised value is a header value (https://fetch.spec.whatwg.org/#header-value): no NUL, no line break.
func ValidValue(value string) bool {
	for i := range len(value) {
		if c := value[i]; c == 0 || c == '\n' || c == '\r' {
			return false
		}
	}
	return true
}
