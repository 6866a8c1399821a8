package pattern

import (
	"strings"

	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
)

// dummy is a URL whose parts are set to canonicalise them (https://urlpattern.spec.whatwg.org/#create-a-dummy-url).
func dummy(text string) *whatwgurl.URL {
	u, err := whatwgurl.Parse(text, nil)
	if err != nil {
		panic(err)
	}
	return u
}

// changed gives what set makes of two URLs that differ in the attribute, and false if it leaves both alone: it refuses the value.
func changed(a, b string, get func(*whatwgurl.URL) string, set func(*whatwgurl.URL)) (string, bool) {
	for _, text := range []string{a, b} {
		u := dummy(text)
		before := get(u)
		if set(u); get(u) != before {
			return get(u), true
		}
	}
	return "", false
}

func canonicalProtocol(value string) (string, error) {
	if value == "" {
		return "", nil
	}
	u, err := whatwgurl.Parse(value+"://dummy.invalid/", nil)
	if err != nil {
		return "", fault("the protocol is not valid")
	}
	return u.Scheme(), nil
}

func canonicalUsername(value string) (string, error) {
	u := dummy("https://dummy.invalid/")
	u.SetUsername(value)
	return u.Username(), nil
}

func canonicalPassword(value string) (string, error) {
	u := dummy("https://dummy.invalid/")
	u.SetPassword(value)
	return u.Password(), nil
}

func canonicalHostname(value string) (string, error) {
	if value == "" {
		return "", nil
	}
	host, ok := changed("https://a.invalid/", "https://b.invalid/", (*whatwgurl.URL).Hostname, func(u *whatwgurl.URL) { u.SetHostname(value) })
	if !ok {
		return "", fault("the hostname is not valid")
	}
	return host, nil
}

// canonicalIPv6 can't parse a part of an address, so it only looks at its characters.
func canonicalIPv6(value string) (string, error) {
	value = strings.ToLower(value)
	if strings.Trim(value, "0123456789abcdef[]:") != "" {
		return "", fault("the IPv6 address is not valid")
	}
	return value, nil
}

// canonicalPort leaves out the default port of protocol, which may be "".
func canonicalPort(value, protocol string) (string, error) {
	if value == "" {
		return "", nil
	}
	if !isSpecial(protocol) || protocol == "file" {
		protocol = "x" // a scheme without a default port
	}
	port, ok := changed(protocol+"://x:1/", protocol+"://x:2/", (*whatwgurl.URL).Port, func(u *whatwgurl.URL) { u.SetPort(value) })
	if !ok {
		return "", fault("the port is not valid")
	}
	return port, nil
}

func canonicalPathname(value string) (string, error) {
	if value == "" {
		return "", nil
	}
	u := dummy("https://dummy.invalid/")
	if strings.HasPrefix(value, "/") {
		u.SetPathname(value)
		return u.Pathname(), nil
	}
	u.SetPathname("/-" + value) // or a slash would come before it
	return u.Pathname()[len("/-"):], nil
}

// canonicalOpaque is for the path of a URL like "data:text".
func canonicalOpaque(value string) (string, error) {
	value = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(value)
	path := value
	if stop := strings.IndexAny(value, "?#"); stop >= 0 {
		path = value[:stop]
		if text, ok := strings.CutSuffix(path, " "); ok {
			path = text + "%20"
		}
	}
	return whatwgurl.PercentEncode(path, whatwgurl.C0ControlSet), nil
}

func canonicalSearch(value string) (string, error) {
	u := dummy("https://dummy.invalid/")
	u.SetSearch("?" + value)
	query, _ := u.Query()
	return query, nil
}

func canonicalHash(value string) (string, error) {
	u := dummy("https://dummy.invalid/")
	u.SetHash("#" + value)
	return strings.TrimPrefix(u.Hash(), "#"), nil
}

var specialSchemes = []string{"ftp", "file", "http", "https", "ws", "wss"}

func isSpecial(scheme string) bool {
	for _, s := range specialSchemes {
		if s == scheme {
			return true
		}
	}
	return false
}
