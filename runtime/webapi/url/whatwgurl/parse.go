package whatwgurl

import (
	"strings"

	"github.com/bindery/bindery/runtime/webapi/encoding/codec"
)

// Parse is the URL parser (https://url.spec.whatwg.org/#concept-url-parser) over input and an optional base, without
// encoding override. The error is a *[ParseError]. base isn't changed or kept.
//
// The standard's state machine is laid out here as one method a component: each takes what is left of the input and
// hands the rest on. Method comments name the states they stand for.
func Parse(input string, base *URL) (*URL, error) {
	if u := parsePlain(input); u != nil {
		return u, nil
	}
	u := &URL{port: noPort}
	if err := u.parse(removeTabAndNewline(trimControlAndSpace(codec.DecodeUTF8(input))), base); err != nil {
		return nil, err
	}
	u.serialise()
	return u, nil
}

// CanParse tells whether Parse would succeed (https://url.spec.whatwg.org/#dom-url-canparse).
func CanParse(input string, base *URL) bool {
	_, err := Parse(input, base)
	return err == nil
}

func trimControlAndSpace(s string) string {
	for s != "" && s[0] <= ' ' {
		s = s[1:]
	}
	for s != "" && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	return s
}

func removeTabAndNewline(s string) string {
	if !strings.ContainsAny(s, "\t\n\r") {
		return s
	}
	return strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
}

// splitScheme reads a scheme and its ":"; ok is false when there is none. (scheme start state, scheme state)
func splitScheme(input string) (scheme, rest string, ok bool) {
	for i := range len(input) {
		c := input[i]
		switch {
		case c == ':' && i > 0:
			return asciiLower(input[:i]), input[i+1:], true
		case members[c]&schemeChar == 0, i == 0 && (c|0x20 < 'a' || c|0x20 > 'z'):
			return "", input, false
		}
	}
	return "", input, false
}

// parse goes by the scheme of input, or that of base. (scheme state from its end, no scheme state)
func (u *URL) parse(input string, base *URL) error {
	scheme, rest, ok := splitScheme(input)
	if !ok {
		return u.parseWithoutScheme(input, base)
	}
	u.scheme = scheme
	switch {
	case scheme == "file":
		return u.parseFile(rest, base)
	case isSpecial(scheme):
		if base != nil && base.scheme == scheme && !strings.HasPrefix(rest, "//") {
			return u.parseRelative(rest, base) // special relative or authority state
		}
		return u.parseAuthority(strings.TrimLeft(rest, "/\\"))
	case strings.HasPrefix(rest, "//"): // path or authority state
		return u.parseAuthority(rest[2:])
	case strings.HasPrefix(rest, "/"):
		return u.parsePath(rest[1:])
	}
	return u.parseOpaquePath(rest)
}

func (u *URL) parseWithoutScheme(input string, base *URL) error {
	if base == nil {
		return failure("relative URL without a base", input)
	}
	if base.opaque {
		if !strings.HasPrefix(input, "#") {
			return failure("base "+base.scheme+": can't have relative URLs", input)
		}
		*u = *base
		u.setFragment(input)
		return nil
	}
	u.scheme = base.scheme
	if base.scheme == "file" {
		return u.parseFile(input, base)
	}
	return u.parseRelative(input, base)
}

// isSlash reports whether rest begins with "/", or "\" in a special URL.
func (u *URL) isSlash(rest string) bool {
	return rest != "" && (rest[0] == '/' || rest[0] == '\\' && u.IsSpecial())
}

// parseRelative resolves what follows against base. (relative state, relative slash state)
func (u *URL) parseRelative(rest string, base *URL) error {
	u.username, u.password = base.username, base.password
	u.host, u.hasHost, u.port = base.host, base.hasHost, base.port
	if u.isSlash(rest) {
		rest = rest[1:]
		if !u.isSlash(rest) {
			return u.parsePath(rest)
		}
		u.username, u.password = "", ""
		u.host, u.hasHost, u.port = "", false, noPort
		if u.IsSpecial() {
			return u.parseAuthority(strings.TrimLeft(rest, "/\\"))
		}
		return u.parseAuthority(rest[1:])
	}
	u.path, u.query = base.path, base.query
	return u.parseRelativePath(rest)
}

// parseRelativePath ends the relative and file states: path and query are those of the base.
func (u *URL) parseRelativePath(rest string) error {
	switch {
	case rest == "":
		return nil
	case rest[0] == '?' || rest[0] == '#':
		u.parseTail(rest)
		return nil
	}
	u.query = ""
	if u.scheme == "file" && startsWithDriveLetter(rest) {
		u.path = ""
	} else {
		u.shortenPath()
	}
	return u.parsePath(rest)
}

// parseAuthority reads credentials, host and port, then goes on with the path. (authority, host and port state)
func (u *URL) parseAuthority(rest string) error {
	end := u.authorityEnd(rest)
	authority := rest[:end]
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		name, password, _ := strings.Cut(authority[:at], ":")
		u.username, u.password = PercentEncode(name, UserinfoSet), PercentEncode(password, UserinfoSet)
		authority = authority[at+1:]
		if authority == "" {
			return failure("credentials without a host", rest[:end])
		}
	}
	host, port, hasPort := splitPort(authority)
	if host == "" && (hasPort || u.IsSpecial()) {
		return failure("no host", rest[:end])
	}
	if err := u.parseHostInto(host); err != nil {
		return err
	}
	if hasPort && !u.parsePort(port, false) {
		return failure("malformed port", authority)
	}
	return u.parsePathStart(rest[end:])
}

func (u *URL) authorityEnd(rest string) int {
	delimiters := "/?#"
	if u.IsSpecial() {
		delimiters = "/?#\\"
	}
	if end := strings.IndexAny(rest, delimiters); end >= 0 {
		return end
	}
	return len(rest)
}

// splitPort cuts at the first ":" outside of brackets.
func splitPort(authority string) (host, port string, ok bool) {
	inBrackets := false
	for i := range len(authority) {
		switch authority[i] {
		case '[':
			inBrackets = true
		case ']':
			inBrackets = false
		case ':':
			if !inBrackets {
				return authority[:i], authority[i+1:], true
			}
		}
	}
	return authority, "", false
}

func (u *URL) parseHostInto(host string) error {
	parsed, err := parseHost(host, u.IsSpecial())
	if err != nil {
		return err
	}
	u.host, u.hasHost = parsed, true
	return nil
}

// parsePort sets the port from the digits that s begins with and reports success. Unless prefix is set, there must be
// nothing else in s. (port state; prefix is what a state override means there)
func (u *URL) parsePort(s string, prefix bool) bool {
	port, n := int32(0), 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		port = min(port*10+int32(s[n]-'0'), 1<<16)
		n++
	}
	if n < len(s) && !prefix || n == 0 && prefix || port > 65535 {
		return false
	}
	if standard, _ := defaultPort(u.scheme); n == 0 || port == standard {
		port = noPort
	}
	u.port = port
	return true
}

// parseFile is the file, file slash and file host state.
func (u *URL) parseFile(rest string, base *URL) error {
	u.hasHost = true
	relative := base != nil && base.scheme == "file"
	if !u.isSlash(rest) {
		if relative {
			u.host, u.path, u.query = base.host, base.path, base.query
			return u.parseRelativePath(rest)
		}
		return u.parsePath(rest)
	}
	rest = rest[1:]
	if !u.isSlash(rest) {
		if relative {
			u.host = base.host
			if !startsWithDriveLetter(rest) && hasDriveLetter(base.path) {
				u.path = base.path[:len("/C:")]
			}
		}
		return u.parsePath(rest)
	}
	rest = rest[1:]
	end := u.authorityEnd(rest)
	if isDriveLetter(rest[:end]) {
		return u.parsePath(rest) // a quirk: the host is the first segment of the path
	}
	if err := u.parseFileHost(rest[:end]); err != nil {
		return err
	}
	return u.parsePathStart(rest[end:])
}

func (u *URL) parseFileHost(host string) error {
	if host == "" {
		u.host, u.hasHost = "", true
		return nil
	}
	if err := u.parseHostInto(host); err != nil {
		return err
	}
	if u.host == "localhost" {
		u.host = ""
	}
	return nil
}

// parseTail reads query and fragment; rest is empty or begins with "?" or "#". (query state, fragment state)
func (u *URL) parseTail(rest string) {
	if strings.HasPrefix(rest, "?") {
		end := strings.IndexByte(rest, '#')
		if end < 0 {
			end = len(rest)
		}
		u.setQuery(rest[:end])
		rest = rest[end:]
	}
	if rest != "" {
		u.setFragment(rest)
	}
}

// setQuery encodes a query, which begins with "?".
func (u *URL) setQuery(query string) {
	if u.IsSpecial() {
		u.query = query[:1] + PercentEncode(query[1:], SpecialQuerySet)
		return
	}
	u.query = query[:1] + PercentEncode(query[1:], QuerySet)
}

// setFragment encodes a fragment, which begins with "#".
func (u *URL) setFragment(fragment string) {
	u.fragment = fragment[:1] + PercentEncode(fragment[1:], FragmentSet)
}
