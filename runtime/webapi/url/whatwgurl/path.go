package whatwgurl

import "strings"

// parsePathStart reads what may follow an authority. (path start state)
func (u *URL) parsePathStart(rest string) error {
	if u.isSlash(rest) {
		return u.parsePath(rest[1:])
	}
	if u.IsSpecial() {
		return u.parsePath(rest)
	}
	u.parseTail(rest) // nothing but a query or a fragment can follow here
	return nil
}

// parsePath reads segments up to the query or fragment, then these; rest is behind the slash. (path state)
func (u *URL) parsePath(rest string) error {
	end := strings.IndexAny(rest, "?#")
	if end < 0 {
		end = len(rest)
	}
	u.appendSegments(rest[:end])
	u.parseTail(rest[end:])
	return nil
}

// appendSegments adds the segments of path, which doesn't begin with the slash of the first, to the URL's path.
func (u *URL) appendSegments(path string) {
	special := u.IsSpecial()
	out := make([]byte, 0, len(u.path)+len(path)+len(path)/4+1)
	out = append(out, u.path...)
	for {
		end := strings.IndexByte(path, '/')
		if special {
			end = strings.IndexAny(path, "/\\")
		}
		last := end < 0
		if last {
			end = len(path)
		}
		segment := path[:end]
		switch {
		case isDoubleDot(segment):
			out = out[:shortened(u.scheme, out)]
			if last {
				out = append(out, '/')
			}
		case isSingleDot(segment):
			if last {
				out = append(out, '/')
			}
		default:
			driveLetter := u.scheme == "file" && len(out) == 0 && isDriveLetter(segment)
			out = append(out, '/')
			out = appendEncoded(out, segment, PathSet)
			if driveLetter {
				out[2] = ':'
			}
		}
		if last {
			break
		}
		path = path[end+1:]
	}
	u.path = string(out)
}

// parseOpaquePath reads a path that is no list of segments. (opaque path state)
func (u *URL) parseOpaquePath(rest string) error {
	u.opaque = true
	end := strings.IndexAny(rest, "?#")
	if end < 0 {
		end = len(rest)
	}
	u.path = PercentEncode(rest[:end], C0ControlSet)
	if end < len(rest) && strings.HasSuffix(u.path, " ") {
		u.path = u.path[:len(u.path)-1] + "%20" // so that a removed query doesn't change the path
	}
	u.parseTail(rest[end:])
	return nil
}

// shortenPath is "shorten a URL's path" (https://url.spec.whatwg.org/#shorten-a-urls-path).
func (u *URL) shortenPath() { u.path = u.path[:shortened(u.scheme, u.path)] }

// shortened returns the length of path without its last segment. The drive letter of a file URL stays.
func shortened[T string | []byte](scheme string, path T) int {
	if scheme == "file" && len(path) == 3 && isASCIIAlpha(path[1]) && path[2] == ':' {
		return len(path)
	}
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return i
		}
	}
	return 0
}

// isSingleDot is "single-dot URL path segment" (https://url.spec.whatwg.org/#single-dot-path-segment).
func isSingleDot(segment string) bool {
	return segment == "." || len(segment) == 3 && strings.EqualFold(segment, "%2e")
}

// isDoubleDot is "double-dot URL path segment" (https://url.spec.whatwg.org/#double-dot-path-segment).
func isDoubleDot(segment string) bool {
	switch len(segment) {
	case 2:
		return segment == ".."
	case 4:
		return strings.EqualFold(segment, ".%2e") || strings.EqualFold(segment, "%2e.")
	case 6:
		return strings.EqualFold(segment, "%2e%2e")
	}
	return false
}

func isASCIIAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isDriveLetter is "Windows drive letter" (https://url.spec.whatwg.org/#windows-drive-letter).
func isDriveLetter(s string) bool {
	return len(s) == 2 && isASCIIAlpha(s[0]) && (s[1] == ':' || s[1] == '|')
}

// startsWithDriveLetter is "starts with a Windows drive letter"
// (https://url.spec.whatwg.org/#start-with-a-windows-drive-letter).
func startsWithDriveLetter(s string) bool {
	return len(s) >= 2 && isDriveLetter(s[:2]) && (len(s) == 2 || strings.IndexByte("/\\?#", s[2]) >= 0)
}

// hasDriveLetter reports whether the first segment of path is a normalised Windows drive letter.
func hasDriveLetter(path string) bool {
	return len(path) >= 3 && isASCIIAlpha(path[1]) && path[2] == ':' && (len(path) == 3 || path[3] == '/')
}
