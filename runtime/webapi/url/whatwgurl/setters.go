package whatwgurl

import (
	"strings"

	"github.com/bindery/bindery/runtime/webapi/encoding/codec"
)

// Setters follow those of the URL class: what they can't use they ignore. They leave search params objects to the
// caller, who updates them after SetHref and SetSearch.

// SetHref replaces the whole URL (https://url.spec.whatwg.org/#dom-url-href). On error, a *[ParseError], nothing
// changes.
func (u *URL) SetHref(value string) error {
	parsed, err := Parse(value, nil)
	if err != nil {
		return err
	}
	*u = *parsed
	return nil
}

// SetProtocol changes the scheme (https://url.spec.whatwg.org/#dom-url-protocol), if special stays special.
func (u *URL) SetProtocol(value string) {
	scheme, _, ok := splitScheme(override(value) + ":")
	standard, special := defaultPort(scheme)
	switch {
	case !ok, special != u.IsSpecial():
		return
	case scheme == "file" && (u.HasCredentials() || u.port != noPort):
		return
	case u.scheme == "file" && u.host == "":
		return
	}
	u.scheme = scheme
	if u.port == standard {
		u.port = noPort
	}
	u.serialise()
}

// SetUsername sets the username (https://url.spec.whatwg.org/#dom-url-username).
func (u *URL) SetUsername(value string) {
	if u.cannotHaveCredentials() {
		return
	}
	u.username = PercentEncode(codec.DecodeUTF8(value), UserinfoSet)
	u.serialise()
}

// SetPassword sets the password (https://url.spec.whatwg.org/#dom-url-password).
func (u *URL) SetPassword(value string) {
	if u.cannotHaveCredentials() {
		return
	}
	u.password = PercentEncode(codec.DecodeUTF8(value), UserinfoSet)
	u.serialise()
}

// SetHost sets the host and, when value has one, the port (https://url.spec.whatwg.org/#dom-url-host).
func (u *URL) SetHost(value string) { u.setHost(value, false) }

// SetHostname sets the host alone (https://url.spec.whatwg.org/#dom-url-hostname).
func (u *URL) SetHostname(value string) { u.setHost(value, true) }

// setHost is the host and file host state with a state override.
func (u *URL) setHost(value string, hostnameOnly bool) {
	if u.opaque {
		return
	}
	value = override(value)
	authority := value[:u.authorityEnd(value)]
	if u.scheme == "file" {
		if u.parseFileHost(authority) == nil {
			u.serialise()
		}
		return
	}
	host, port, hasPort := splitPort(authority)
	switch {
	case hasPort && (hostnameOnly || host == ""):
		return
	case host == "" && (u.IsSpecial() || u.HasCredentials() || u.port != noPort):
		return
	case u.parseHostInto(host) != nil:
		return
	}
	if hasPort {
		u.parsePort(port, true)
	}
	u.serialise()
}

// SetPort sets the port (https://url.spec.whatwg.org/#dom-url-port): "" removes it, else the leading digits count.
func (u *URL) SetPort(value string) {
	if u.cannotHaveCredentials() {
		return
	}
	if value == "" {
		u.port = noPort
	} else {
		u.parsePort(override(value), true)
	}
	u.serialise()
}

// SetPathname sets the path (https://url.spec.whatwg.org/#dom-url-pathname).
func (u *URL) SetPathname(value string) {
	if u.opaque {
		return
	}
	value = override(value)
	u.path = ""
	switch {
	case u.isSlash(value):
		u.appendSegments(value[1:])
	case value != "" || u.IsSpecial():
		u.appendSegments(value)
	case !u.hasHost:
		u.path = "/"
	}
	u.serialise()
}

// SetSearch sets the query (https://url.spec.whatwg.org/#dom-url-search): "" removes it, a leading "?" is dropped.
func (u *URL) SetSearch(value string) {
	if value == "" {
		u.query = ""
	} else {
		u.setQuery("?" + override(strings.TrimPrefix(value, "?")))
	}
	u.serialise()
}

// SetQuery puts query in as it is, null if ok is false: how URLSearchParams updates its URL
// (https://url.spec.whatwg.org/#concept-urlsearchparams-update). query must come from [SerializeForm].
func (u *URL) SetQuery(query string, ok bool) {
	u.query = ""
	if ok {
		u.query = "?" + query
	}
	u.serialise()
}

// SetHash sets the fragment (https://url.spec.whatwg.org/#dom-url-hash): "" removes it, a leading "#" is dropped.
func (u *URL) SetHash(value string) {
	if value == "" {
		u.fragment = ""
	} else {
		u.setFragment("#" + override(strings.TrimPrefix(value, "#")))
	}
	u.serialise()
}

// cannotHaveCredentials is "cannot have a username/password/port"
// (https://url.spec.whatwg.org/#cannot-have-a-username-password-port).
func (u *URL) cannotHaveCredentials() bool { return u.host == "" || u.scheme == "file" }

// override prepares a value as the basic URL parser does when it is given a URL and a state.
func override(value string) string { return removeTabAndNewline(codec.DecodeUTF8(value)) }
