// Package forgivingbase64 is the forgiving-base64 of the Infra Standard, on which atob, btoa and data: URLs stand. It
// works on byte strings; what script gives as a string is the caller's to convert: btoa throws InvalidCharacterError
// for a code point above U+00FF before it comes here, atob may pass the string on as it is.
//
// See https://infra.spec.whatwg.org/#forgiving-base64.
package forgivingbase64

import (
	"encoding/base64"
	"errors"
	"strings"
)

// ErrInvalid is what Decode returns for a string that is not base64. atob throws InvalidCharacterError for it
// (https://html.spec.whatwg.org/multipage/webappapis.html#dom-atob).
var ErrInvalid = errors.New("decode base64: the string is not correctly encoded")

// The bits that the last character has too many are not looked at: the encodings of this package aren't strict.
var unpadded = base64.RawStdEncoding

// Encode is "forgiving-base64 encode" (https://infra.spec.whatwg.org/#forgiving-base64-encode).
func Encode(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

// Decode is "forgiving-base64 decode" (https://infra.spec.whatwg.org/#forgiving-base64-decode): ASCII whitespace is
// ignored, padding may be missing, but must be right where it is. The error is [ErrInvalid].
func Decode(s string) ([]byte, error) {
	s = removeWhitespace(s)
	if len(s)%4 == 0 {
		s = strings.TrimSuffix(s, "=")
		if len(s)%4 == 3 {
			s = strings.TrimSuffix(s, "=")
		}
	}
	if len(s)%4 == 1 || strings.IndexByte(s, '=') >= 0 {
		return nil, ErrInvalid
	}
	data := make([]byte, unpadded.DecodedLen(len(s)))
	n, err := unpadded.Decode(data, []byte(s))
	if err != nil {
		return nil, ErrInvalid
	}
	return data[:n], nil
}

// removeWhitespace removes ASCII whitespace (https://infra.spec.whatwg.org/#ascii-whitespace). A string without any is
// returned as it is.
func removeWhitespace(s string) string {
	if !strings.ContainsAny(s, "\t\n\f\r ") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		switch s[i] {
		case '\t', '\n', '\f', '\r', ' ':
		default:
			out = append(out, s[i])
		}
	}
	return string(out)
}
