package whatwgurl

import "strings"

// parsePlain parses what nearly every request carries: an absolute http or https URL that is its own serialisation. All
// components are substrings of input, so the record is the only allocation. It returns nil for anything that may need
// a change or a closer look, which the parser proper then takes.
func parsePlain(input string) *URL {
	scheme, rest := "", ""
	switch {
	case strings.HasPrefix(input, "https://"):
		scheme, rest = input[:5], input[8:]
	case strings.HasPrefix(input, "http://"):
		scheme, rest = input[:4], input[7:]
	default:
		return nil
	}
	hostEnd := plainHostEnd(rest)
	if hostEnd == 0 {
		return nil
	}
	host, port := rest[:hostEnd], int32(noPort)
	rest = rest[hostEnd:]
	if strings.HasPrefix(rest, ":") {
		var n int
		port, n = plainPort(rest[1:])
		if standard, _ := defaultPort(scheme); n == 0 || port == standard {
			return nil
		}
		rest = rest[1+n:]
	}
	if !strings.HasPrefix(rest, "/") {
		return nil
	}
	pathEnd := plainPathEnd(rest)
	if pathEnd == 0 {
		return nil
	}
	path, query, fragment := rest[:pathEnd], "", ""
	rest = rest[pathEnd:]
	if strings.HasPrefix(rest, "?") {
		end := 1 + firstIn(rest[1:], SpecialQuerySet)
		query, rest = rest[:end], rest[end:]
	}
	if strings.HasPrefix(rest, "#") {
		end := 1 + firstIn(rest[1:], FragmentSet)
		fragment, rest = rest[:end], rest[end:]
	}
	if rest != "" {
		return nil
	}
	return &URL{
		href: input, scheme: scheme, host: host, hasHost: true, port: port, path: path, query: query,
		fragment: fragment,
	}
}

// plainHostEnd returns how long the host is that rest begins with, or 0 when it isn't plain: a label that begins with a
// digit might be part of an IPv4 address, one that begins with "xn--" needs a check.
func plainHostEnd(rest string) int {
	labelStart := 0
	i := 0
	for ; i < len(rest) && members[rest[i]]&plainHost != 0; i++ {
		if rest[i] != '.' {
			continue
		}
		if strings.HasPrefix(rest[labelStart:], "xn--") {
			return 0
		}
		labelStart = i + 1
	}
	if labelStart == i || '0' <= rest[labelStart] && rest[labelStart] <= '9' ||
		strings.HasPrefix(rest[labelStart:], "xn--") {
		return 0
	}
	return i
}

// plainPort reads a port without leading zeroes; n is 0 when there is none.
func plainPort(rest string) (port int32, n int) {
	for n < len(rest) && '0' <= rest[n] && rest[n] <= '9' {
		port = port*10 + int32(rest[n]-'0')
		n++
		if port == 0 || port > 65535 {
			return noPort, 0
		}
	}
	return port, n
}

// plainPathEnd returns where the path ends that rest begins with, or 0 when a segment might be a dot segment or
// something needs encoding.
func plainPathEnd(rest string) int {
	for i := 0; i < len(rest); i++ {
		c := rest[i]
		switch {
		case c == '/':
			if i+1 < len(rest) && (rest[i+1] == '.' || rest[i+1] == '%') {
				return 0
			}
		case c == '?' || c == '#':
			return i
		case c == '\\' || members[c]&PathSet != 0:
			return 0
		}
	}
	return len(rest)
}
