package pattern

import (
	"strings"

	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
)

// process is https://urlpattern.spec.whatwg.org/#process-a-urlpatterninit. With forPattern set it keeps the syntax of patterns; without, the
// values are those of a URL and are canonicalised. values are what result begins with.
func (i *Init) process(forPattern bool, values [components]*string) (Init, error) {
	result := Init{Values: values}
	var base *whatwgurl.URL
	if i.BaseURL != nil {
		var err error
		if base, err = whatwgurl.Parse(*i.BaseURL, nil); err != nil {
			return Init{}, fault("the base URL is not valid")
		}
		i.inherit(&result, base, forPattern)
	}
	protocol := ""
	for _, c := range Components {
		value := i.Values[c]
		if value == nil {
			if c == Protocol && result.Values[c] != nil {
				protocol = *result.Values[c]
			}
			continue
		}
		text := *value
		switch c {
		case Protocol:
			text = strings.TrimSuffix(text, ":")
		case Pathname:
			text = resolve(text, base, forPattern)
		case Search:
			text = strings.TrimPrefix(text, "?")
		case Hash:
			text = strings.TrimPrefix(text, "#")
		}
		if !forPattern {
			var err error
			if text, err = canonicalise(c, text, protocol); err != nil {
				return Init{}, err
			}
		}
		if c == Protocol {
			protocol = text
		}
		result.set(c, text)
	}
	return result, nil
}

// inherit takes from the base URL what comes before the first component that init has. A pattern takes no credentials.
func (i *Init) inherit(result *Init, base *whatwgurl.URL, forPattern bool) {
	query, _ := base.Query()
	parts := [components]string{
		base.Scheme(), base.Username(), base.Password(), base.Hostname(), base.Port(), base.Pathname(), query, strings.TrimPrefix(base.Hash(), "#"),
	}
	has := func(cs ...Component) bool {
		for _, c := range cs {
			if i.Values[c] != nil {
				return true
			}
		}
		return false
	}
	for _, c := range Components {
		var stop bool
		switch c {
		case Protocol:
			stop = has(Protocol)
		case Username:
			stop = forPattern || has(Protocol, Hostname, Port, Username)
		case Password:
			stop = forPattern || has(Protocol, Hostname, Port, Username, Password)
		case Hostname:
			stop = has(Protocol, Hostname)
		case Port:
			stop = has(Protocol, Hostname, Port)
		default:
			stop = has(Protocol, Hostname, Port)
			for earlier := Pathname; earlier <= c; earlier++ {
				stop = stop || has(earlier)
			}
		}
		if stop {
			continue
		}
		text := parts[c]
		if forPattern {
			text = escape(text, patternSpecial)
		}
		result.set(c, text)
	}
}

// resolve puts a relative pathname behind the folder of the base URL's.
func resolve(pathname string, base *whatwgurl.URL, forPattern bool) string {
	if base == nil || base.HasOpaquePath() || isAbsolute(pathname, forPattern) {
		return pathname
	}
	folder := base.Pathname()
	if forPattern {
		folder = escape(folder, patternSpecial)
	}
	return folder[:strings.LastIndexByte(folder, '/')+1] + pathname
}

// isAbsolute is https://urlpattern.spec.whatwg.org/#is-an-absolute-pathname.
func isAbsolute(pathname string, forPattern bool) bool {
	return strings.HasPrefix(pathname, "/") || forPattern && (strings.HasPrefix(pathname, `\/`) || strings.HasPrefix(pathname, "{/"))
}

// canonicalise makes of a component what a URL with that protocol would make of it.
func canonicalise(c Component, value, protocol string) (string, error) {
	switch c {
	case Protocol:
		return canonicalProtocol(value)
	case Username:
		return canonicalUsername(value)
	case Password:
		return canonicalPassword(value)
	case Hostname:
		return canonicalHostname(value)
	case Port:
		return canonicalPort(value, protocol)
	case Pathname:
		if protocol == "" || isSpecial(protocol) {
			return canonicalPathname(value)
		}
		return canonicalOpaque(value)
	case Search:
		return canonicalSearch(value)
	default:
		return canonicalHash(value)
	}
}
