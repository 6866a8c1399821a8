// Package route says which Worker a URL belongs to. It owns Cloudflare's route patterns and Custom Domains: their
// syntax, what they match, and which of several that match wins. It knows nothing of Workers, of configuration files
// (node/config reports a pattern's faults with their place in the file) or of HTTP (the ingress asks a Table).
//
// The rules are those of https://developers.cloudflare.com/workers/configuration/routing/routes/ and
// https://developers.cloudflare.com/workers/configuration/routing/custom-domains/.
package route

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Pattern is a route pattern, [http[s]://][*]host[/path][*], or a Custom Domain. The zero Pattern matches nothing.
type Pattern struct {
	text   string // as it was written
	scheme string // "", "http" or "https"
	star   bool   // the host began with "*": any characters may come before host
	host   string // lower-case ASCII, without "*"
	path   string // begins with "/", percent-encoded as a URL parser would, without the trailing "*"
	open   bool   // the path ended with "*": anything may follow
	domain bool   // a Custom Domain: every path of host
}

// SyntaxError is a pattern that can't be a route. Offset and Length are the bytes of the pattern at fault.
type SyntaxError struct {
	Pattern        string
	Offset, Length int
	Reason         string
	// Suggestion is a whole pattern that is valid and probably meant, or "".
	Suggestion string
}

func (e *SyntaxError) Error() string {
	msg := fmt.Sprintf("invalid route %q: %s", e.Pattern, e.Reason)
	if e.Suggestion != "" {
		msg += fmt.Sprintf(" (did you mean %q?)", e.Suggestion)
	}
	return msg
}

// maxPattern bounds a pattern's length in bytes; a longer one is a mistake.
const maxPattern = 4096

// ParsePattern reads a route pattern. A pattern without a path has the path "/", so "example.com" matches the root of
// example.com and nothing else. The host is case-insensitive and may be an internationalised name; the path is
// case-sensitive.
//
// Errors: *SyntaxError, always.
func ParsePattern(s string) (Pattern, error) {
	p := Pattern{text: s}
	if len(s) > maxPattern {
		return Pattern{}, &SyntaxError{Pattern: s[:40] + "...", Reason: fmt.Sprintf("a route has at most %d bytes", maxPattern)}
	}
	if err := p.checkCharacters(); err != nil {
		return Pattern{}, err
	}
	rest, offset := s, 0
	if scheme, after, ok := strings.Cut(s, "://"); ok {
		switch strings.ToLower(scheme) {
		case "http", "https":
			p.scheme = strings.ToLower(scheme)
		default:
			return Pattern{}, p.fault(0, len(scheme), `the scheme of a route is "http" or "https"; without one it matches both`, after)
		}
		rest, offset = after, len(scheme)+3
	}
	host, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	if err := p.setHost(host, offset); err != nil {
		return Pattern{}, err
	}
	if err := p.setPath(path, offset+len(host)); err != nil {
		return Pattern{}, err
	}
	return p, nil
}

// ParseDomain reads a Custom Domain: a host name alone, without scheme, wildcard or path. It matches every path of
// that host, and only where no route matches, since a Worker on a Custom Domain stands where the origin server would.
//
// Errors: *SyntaxError, always.
func ParseDomain(s string) (Pattern, error) {
	p := Pattern{text: s, path: "/", open: true, domain: true}
	if len(s) > maxPattern {
		return Pattern{}, &SyntaxError{Pattern: s[:40] + "...", Reason: "a host name has at most 253 characters"}
	}
	if i := strings.Index(s, "://"); i >= 0 {
		return Pattern{}, p.fault(0, i+3, "a Custom Domain has no scheme", hostOf(s))
	}
	if i := strings.IndexByte(s, '/'); i >= 0 {
		return Pattern{}, p.fault(i, len(s)-i, "a Custom Domain has no path: it takes every path of its host", hostOf(s))
	}
	if i := strings.IndexByte(s, '*'); i >= 0 {
		return Pattern{}, p.fault(i, 1, "a Custom Domain has no wildcard; use a route for many hosts", "")
	}
	if err := p.checkCharacters(); err != nil {
		return Pattern{}, err
	}
	if err := p.setHost(s, 0); err != nil {
		return Pattern{}, err
	}
	return p, nil
}

// String returns the pattern as it was written.
func (p Pattern) String() string { return p.text }

// Domain reports whether p is a Custom Domain.
func (p Pattern) Domain() bool { return p.domain }

// Host returns the literal part of the pattern's host, in lower-case ASCII, and whether anything may come before it.
// It is "", true for a pattern of every host.
func (p Pattern) Host() (host string, wildcard bool) { return p.host, p.star }

// Key is the same for two patterns that match the same URLs, however they are written.
func (p Pattern) Key() string {
	var b strings.Builder
	if p.domain {
		b.WriteString("domain:")
	}
	if p.scheme != "" {
		b.WriteString(p.scheme + "://")
	}
	if p.star {
		b.WriteByte('*')
	}
	b.WriteString(p.host + p.path)
	if p.open {
		b.WriteByte('*')
	}
	return b.String()
}

// Match reports whether p matches a request. scheme is "http" or "https" in lower case; host may carry a port, which
// is ignored; target is the request target: the percent-encoded path, with "?" and the query if the query is to be
// considered. Cloudflare considers it: "example.com/a" doesn't match example.com/a?b=c, "example.com/a*" does. A
// caller that leaves the query out matches on the path alone.
func (p Pattern) Match(scheme, host, target string) bool {
	host = normalHost(host)
	switch {
	case p.path == "":
		return false
	case p.scheme != "" && p.scheme != scheme:
		return false
	case p.star && !strings.HasSuffix(host, p.host), !p.star && host != p.host:
		return false
	}
	target = normalTarget(target)
	if p.open {
		return strings.HasPrefix(target, p.path)
	}
	return target == p.path
}

// Compare orders patterns by precedence: it is negative if a wins over b where both match. The more specific wins:
// a route before a Custom Domain, then a whole host before one with a wildcard and the longer host before the
// shorter, then a whole path before one with a wildcard and the longer path before the shorter, then one that names a
// scheme. Zero means that a and b match the same URLs, or never the same URL.
//
// It differs from Cloudflare in one point that Cloudflare lists as a known issue: there example.com/images* wins over
// example.com/images/* for example.com/images/a; here the longer one does.
func Compare(a, b Pattern) int {
	if a.domain != b.domain {
		return before(b.domain)
	}
	if a.star != b.star {
		return before(b.star)
	}
	if d := len(b.host) - len(a.host); d != 0 {
		return d
	}
	if a.open != b.open {
		return before(b.open)
	}
	if d := len(b.path) - len(a.path); d != 0 {
		return d
	}
	if (a.scheme == "") != (b.scheme == "") {
		return before(b.scheme == "")
	}
	return 0
}

func before(yes bool) int {
	if yes {
		return -1
	}
	return 1
}

func (p *Pattern) fault(offset, length int, reason, suggestion string) *SyntaxError {
	if suggestion != "" {
		// A suggestion is only made where it is valid itself.
		parse := ParsePattern
		if p.domain {
			parse = ParseDomain
		}
		if len(suggestion) >= len(p.text) {
			suggestion = ""
		} else if _, err := parse(suggestion); err != nil {
			suggestion = ""
		}
	}
	return &SyntaxError{Pattern: p.text, Offset: offset, Length: length, Reason: reason, Suggestion: suggestion}
}

// checkCharacters refuses what can stand in no part of a pattern.
func (p *Pattern) checkCharacters() error {
	if p.text == "" {
		return p.fault(0, 0, `a route needs a host, as in "example.com/*"`, "")
	}
	for i := 0; i < len(p.text); {
		r, size := utf8.DecodeRuneInString(p.text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return p.fault(i, 1, "it is not UTF-8", "")
		case r == '?':
			return p.fault(i, len(p.text)-i, "a route has no query parameters; end its path with * to match URLs that have some", p.text[:i]+"*")
		case r == '#':
			return p.fault(i, len(p.text)-i, "a route has no fragment: browsers don't send it", p.text[:i])
		case r <= ' ' || r == 0x7f || strings.ContainsRune("\"<>\\^`{|}", r):
			return p.fault(i, size, fmt.Sprintf("%q is not allowed in a URL", r), "")
		}
		i += size
	}
	return nil
}

func (p *Pattern) setHost(host string, offset int) error {
	name := host
	if strings.HasPrefix(name, "*") {
		p.star = true
		name = name[1:]
		offset++
	}
	switch i := strings.IndexByte(name, '*'); {
	case i >= 0:
		return p.fault(offset+i, 1, "a wildcard in the host stands at its beginning only", "")
	case name == "" && !p.star:
		return p.fault(offset, 0, `a route needs a host; "*/*" matches every host`, "")
	case strings.ContainsRune(name, '@'):
		return p.fault(offset, len(name), "a route has no user name or password", "")
	}
	if strings.HasPrefix(name, "[") {
		return p.setAddress(name, offset)
	}
	if i := strings.IndexByte(name, ':'); i >= 0 {
		end := len(name)
		text := p.text[:offset+i] + p.text[offset+end:]
		return p.fault(offset+i, end-i, "a route has no port: it matches its host on every port", text)
	}
	if name == "" {
		return nil
	}
	ascii, reason := asciiHost(name, p.star)
	if reason != "" {
		return p.fault(offset, len(name), reason, "")
	}
	p.host = ascii
	return nil
}

// setAddress takes an IPv6 address in brackets.
func (p *Pattern) setAddress(name string, offset int) error {
	end := strings.IndexByte(name, ']')
	if end < 0 {
		return p.fault(offset, len(name), `an IPv6 address ends with "]"`, "")
	}
	if end+1 < len(name) {
		text := p.text[:offset+end+1] + p.text[offset+len(name):]
		return p.fault(offset+end+1, len(name)-end-1, "a route has no port: it matches its host on every port", text)
	}
	addr, err := netip.ParseAddr(name[1:end])
	if err != nil || !addr.Is6() || addr.Zone() != "" || p.star {
		return p.fault(offset, len(name), fmt.Sprintf("%q is not an IPv6 address", name[1:end]), "")
	}
	p.host = "[" + addr.String() + "]"
	return nil
}

// hostProfile is what the URL standard calls "domain to ASCII" with beStrict false: names such as _a are allowed.
var hostProfile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false))

// asciiHost returns name as browsers send it, or a reason why it is none. After a wildcard name may begin with a dot,
// or in the middle of a label.
func asciiHost(name string, star bool) (ascii, reason string) {
	dot := ""
	if star && strings.HasPrefix(name, ".") {
		dot, name = ".", name[1:]
	}
	name = strings.TrimSuffix(name, ".")
	if name == "" {
		return "", "the host has no name"
	}
	ascii, err := hostProfile.ToASCII(name)
	if err != nil {
		return "", fmt.Sprintf("%q is not a host name", name)
	}
	if len(ascii) > 253 {
		return "", "a host name has at most 253 characters"
	}
	for label := range strings.SplitSeq(ascii, ".") {
		switch {
		case label == "":
			return "", "the host has two dots with nothing between"
		case len(label) > 63:
			return "", "a part of a host name has at most 63 characters"
		}
		for _, c := range []byte(label) {
			if c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
				return "", fmt.Sprintf("%q is not allowed in a host name", rune(c))
			}
		}
	}
	return dot + ascii, ""
}

func (p *Pattern) setPath(path string, offset int) error {
	if path == "" {
		p.path = "/"
		return nil
	}
	text, open := strings.CutSuffix(path, "*")
	if i := strings.IndexByte(text, '*'); i >= 0 {
		return p.fault(offset+i, 1, "a wildcard in the path stands at its end only: it can't have anything after it", p.text[:offset+i+1])
	}
	for segment := range strings.SplitSeq(text, "/") {
		if segment == "." || segment == ".." {
			return p.fault(offset, len(path), "a path with . or .. never matches: clients resolve it before they send it", "")
		}
	}
	p.path, p.open = encodePath(text), open
	return nil
}

// encodePath percent-encodes what a URL parser would (https://url.spec.whatwg.org/#path-percent-encode-set);
// checkCharacters has refused the rest of that set.
func encodePath(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			var b strings.Builder
			for _, c := range []byte(s) {
				if c >= utf8.RuneSelf {
					fmt.Fprintf(&b, "%%%02X", c)
				} else {
					b.WriteByte(c)
				}
			}
			return b.String()
		}
	}
	return s
}

// normalHost drops the port and a trailing dot, and lowers. It allocates only where there are upper-case letters.
func normalHost(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.IndexByte(host[i:], ']') < 0 && (host[0] == '[' || strings.IndexByte(host, ':') == i) {
		host = host[:i]
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// normalTarget gives a target without a path, such as "" or "?query", the path "/".
func normalTarget(target string) string {
	if target == "" || target[0] != '/' {
		return "/" + target
	}
	return target
}

// hostOf is the host of something that looks like a URL.
func hostOf(s string) string {
	if _, after, ok := strings.Cut(s, "://"); ok {
		s = after
	}
	host, _, _ := strings.Cut(s, "/")
	return host
}
