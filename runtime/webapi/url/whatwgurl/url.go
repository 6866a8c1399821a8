package whatwgurl

import (
	"strconv"
	"strings"
)

// URL is a URL record (https://url.spec.whatwg.org/#concept-url) together with its serialisation, which is kept up to
// date by every change. Getters don't write, so a URL that nobody sets anything on may be read by many goroutines.
type URL struct {
	href     string
	scheme   string // without ":"
	username string
	password string
	host     string // serialised; an IPv6 address with its brackets
	path     string // opaque, or each segment with "/" before it; segments never hold a "/"
	query    string // with its "?"; "" is null
	fragment string // with its "#"; "" is null
	port     int32  // noPort is null
	hasHost  bool   // false is the null host
	opaque   bool   // path is opaque
}

const noPort = -1

// defaultPort returns the default port of a special scheme and whether the scheme is special at all
// (https://url.spec.whatwg.org/#special-scheme). "file" has none.
func defaultPort(scheme string) (port int32, special bool) {
	switch scheme {
	case "http", "ws":
		return 80, true
	case "https", "wss":
		return 443, true
	case "ftp":
		return 21, true
	case "file":
		return noPort, true
	}
	return noPort, false
}

func isSpecial(scheme string) bool {
	_, special := defaultPort(scheme)
	return special
}

// IsSpecial reports whether the scheme is one that the standard calls special
// (https://url.spec.whatwg.org/#is-special).
func (u *URL) IsSpecial() bool { return isSpecial(u.scheme) }

// HasOpaquePath reports whether the path is opaque, as that of "mailto:a@b"
// (https://url.spec.whatwg.org/#url-opaque-path).
func (u *URL) HasOpaquePath() bool { return u.opaque }

// HasCredentials reports whether the URL includes credentials (https://url.spec.whatwg.org/#include-credentials).
func (u *URL) HasCredentials() bool { return u.username != "" || u.password != "" }

// Clone returns a copy that can be changed on its own. No text is copied.
func (u *URL) Clone() *URL {
	c := *u
	return &c
}

// String returns the serialised URL (https://url.spec.whatwg.org/#concept-url-serializer).
func (u *URL) String() string { return u.href }

// Href returns the serialised URL (https://url.spec.whatwg.org/#dom-url-href).
func (u *URL) Href() string { return u.href }

// WithoutFragment returns the URL serialised with "exclude fragment" set, as a request is sent
// (https://url.spec.whatwg.org/#url-serializer-exclude-fragment).
func (u *URL) WithoutFragment() string { return u.href[:len(u.href)-len(u.fragment)] }

// Scheme returns the scheme without ":" (https://url.spec.whatwg.org/#concept-url-scheme).
func (u *URL) Scheme() string { return u.scheme }

// Protocol returns the scheme followed by ":" (https://url.spec.whatwg.org/#dom-url-protocol).
func (u *URL) Protocol() string { return u.href[:len(u.scheme)+1] }

// Username returns the percent-encoded username (https://url.spec.whatwg.org/#dom-url-username).
func (u *URL) Username() string { return u.username }

// Password returns the percent-encoded password (https://url.spec.whatwg.org/#dom-url-password).
func (u *URL) Password() string { return u.password }

// Host returns the host, followed by ":" and the port when there is one (https://url.spec.whatwg.org/#dom-url-host).
func (u *URL) Host() string {
	if u.port == noPort {
		return u.host
	}
	return u.host + ":" + strconv.Itoa(int(u.port))
}

// Hostname returns the host without port, "" when there is none (https://url.spec.whatwg.org/#dom-url-hostname).
func (u *URL) Hostname() string { return u.host }

// Port returns the port in decimal, "" for none or the scheme's default (https://url.spec.whatwg.org/#dom-url-port).
func (u *URL) Port() string {
	if u.port == noPort {
		return ""
	}
	return strconv.Itoa(int(u.port))
}

// EffectivePort returns the port to connect to: the URL's own or the default of its scheme; ok is false when there is
// neither.
func (u *URL) EffectivePort() (port uint16, ok bool) {
	p := u.port
	if p == noPort {
		p, _ = defaultPort(u.scheme)
	}
	if p == noPort {
		return 0, false
	}
	return uint16(p), true
}

// Pathname returns the path (https://url.spec.whatwg.org/#dom-url-pathname).
func (u *URL) Pathname() string { return u.path }

// Search returns the query with its "?", "" when it is null or empty (https://url.spec.whatwg.org/#dom-url-search).
func (u *URL) Search() string {
	if len(u.query) <= 1 {
		return ""
	}
	return u.query
}

// Query returns the query without its "?" and whether it is not null (https://url.spec.whatwg.org/#concept-url-query).
func (u *URL) Query() (query string, ok bool) {
	if u.query == "" {
		return "", false
	}
	return u.query[1:], true
}

// Hash returns the fragment with its "#", "" when it is null or empty (https://url.spec.whatwg.org/#dom-url-hash).
func (u *URL) Hash() string {
	if len(u.fragment) <= 1 {
		return ""
	}
	return u.fragment
}

// Origin returns the serialised origin, "null" for an opaque one (https://url.spec.whatwg.org/#concept-url-origin).
func (u *URL) Origin() string {
	switch u.scheme {
	case "http", "https", "ws", "wss", "ftp":
		if !u.HasCredentials() {
			end := len(u.scheme) + len("://") + len(u.host)
			if u.port != noPort {
				end += 1 + len(strconv.Itoa(int(u.port)))
			}
			return u.href[:end]
		}
		return u.scheme + "://" + u.Host()
	case "blob":
		if inner, err := Parse(u.path, nil); err == nil && (inner.scheme == "http" || inner.scheme == "https") {
			return inner.Origin()
		}
	}
	return "null"
}

// serialise recomputes href (https://url.spec.whatwg.org/#concept-url-serializer).
func (u *URL) serialise() {
	var b strings.Builder
	b.Grow(len(u.scheme) + len(u.username) + len(u.password) + len(u.host) + len(u.path) + len(u.query) +
		len(u.fragment) + len("://:@:65535"))
	b.WriteString(u.scheme)
	b.WriteByte(':')
	if u.hasHost {
		b.WriteString("//")
		if u.HasCredentials() {
			b.WriteString(u.username)
			if u.password != "" {
				b.WriteByte(':')
				b.WriteString(u.password)
			}
			b.WriteByte('@')
		}
		b.WriteString(u.host)
		if u.port != noPort {
			var digits [8]byte
			b.WriteByte(':')
			b.Write(strconv.AppendInt(digits[:0], int64(u.port), 10))
		}
	} else if !u.opaque && strings.HasPrefix(u.path, "//") {
		b.WriteString("/.") // else the path would be read as a host
	}
	b.WriteString(u.path)
	b.WriteString(u.query)
	b.WriteString(u.fragment)
	u.href = b.String()
}
