// Package mimetype parses, serialises and extracts MIME types as the MIME Sniffing and Fetch standards do. It guesses no
// type from content, and it neither reads nor writes headers: values come in as strings.
//
// Strings that came from bytes are isomorphic-decoded, so a byte above 0x7F is a code point below U+0100
// (https://infra.spec.whatwg.org/#isomorphic-decode).
//
// See https://mimesniff.spec.whatwg.org/ and https://fetch.spec.whatwg.org/#concept-header-extract-mime-type.
package mimetype

import (
	"strings"

	"github.com/bindery/bindery/runtime/webapi/encoding/codec"
)

// Type is a MIME type record (https://mimesniff.spec.whatwg.org/#mime-type).
type Type struct {
	essence string
	// Parameters in the order they came, names in lower case and unique
	// (https://mimesniff.spec.whatwg.org/#parameters).
	Parameters []Parameter
}

// Parameter is one parameter of a MIME type. Value is without quotes and escapes.
type Parameter struct {
	Name, Value string
}

const whitespace = "\t\n\r " // https://fetch.spec.whatwg.org/#http-whitespace

// Parse is "parse a MIME type" (https://mimesniff.spec.whatwg.org/#parse-a-mime-type). ok is false for failure: a type
// or subtype that is missing or no token. Parameters that are malformed are left out.
func Parse(s string) (t *Type, ok bool) {
	s = strings.Trim(s, whitespace)
	essence, rest, _ := strings.Cut(s, ";")
	essence = strings.TrimRight(essence, whitespace)
	name, subtype, ok := strings.Cut(essence, "/")
	if !ok || !isToken(name) || !isToken(subtype) {
		return nil, false
	}
	t = &Type{essence: strings.ToLower(essence)}
	for rest != "" {
		rest = t.parseParameter(rest)
	}
	return t, true
}

// parseParameter takes the parameter that s, what follows a ";", begins with and returns what follows the next ";".
func (t *Type) parseParameter(s string) string {
	s = strings.TrimLeft(s, whitespace)
	end := strings.IndexAny(s, ";=")
	if end < 0 {
		return ""
	}
	name, rest := s[:end], s[end+1:]
	if s[end] == ';' {
		return rest
	}
	value := ""
	if strings.HasPrefix(rest, "\"") {
		value, rest = unquote(rest)
		_, rest, _ = strings.Cut(rest, ";")
	} else {
		value, rest, _ = strings.Cut(rest, ";")
		value = strings.TrimRight(value, whitespace)
		if value == "" {
			return rest
		}
	}
	if isToken(name) && isQuotable(value) {
		name = strings.ToLower(name)
		if _, found := t.Parameter(name); !found {
			t.Parameters = append(t.Parameters, Parameter{name, value})
		}
	}
	return rest
}

// quotedEnd returns where the quoted string ends that s begins with: behind its closing quote, or at the end of s.
func quotedEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// unquote is "collect an HTTP quoted string" with extract-value
// (https://fetch.spec.whatwg.org/#collect-an-http-quoted-string).
func unquote(s string) (value, rest string) {
	end := quotedEnd(s)
	rest = s[end:]
	var b strings.Builder
	for i := 1; i < end; i++ {
		c := s[i]
		switch {
		case c == '"':
			return b.String(), rest
		case c == '\\' && i+1 < end:
			i++
			c = s[i]
		}
		b.WriteByte(c)
	}
	return b.String(), rest
}

// Essence returns type, "/" and subtype in lower case (https://mimesniff.spec.whatwg.org/#mime-type-essence).
func (t *Type) Essence() string { return t.essence }

// Type returns what is before the "/" (https://mimesniff.spec.whatwg.org/#type).
func (t *Type) Type() string { return t.essence[:strings.IndexByte(t.essence, '/')] }

// Subtype returns what is behind the "/" (https://mimesniff.spec.whatwg.org/#subtype).
func (t *Type) Subtype() string { return t.essence[strings.IndexByte(t.essence, '/')+1:] }

// Parameter returns the value of a parameter, whose name is given in lower case
// (https://mimesniff.spec.whatwg.org/#parameters).
func (t *Type) Parameter(name string) (value string, ok bool) {
	for _, p := range t.Parameters {
		if p.Name == name {
			return p.Value, true
		}
	}
	return "", false
}

// Encoding looks the parameter "charset" up among the encodings; it is nil when there is none or no such encoding.
// With a fallback in place of nil this is "legacy extract an encoding"
// (https://fetch.spec.whatwg.org/#legacy-extract-an-encoding).
func (t *Type) Encoding() *codec.Encoding {
	charset, ok := t.Parameter("charset")
	if !ok {
		return nil
	}
	return codec.Lookup(charset)
}

// String is "serialize a MIME type" (https://mimesniff.spec.whatwg.org/#serialize-a-mime-type).
func (t *Type) String() string {
	if len(t.Parameters) == 0 {
		return t.essence
	}
	var b strings.Builder
	b.WriteString(t.essence)
	for _, p := range t.Parameters {
		b.WriteByte(';')
		b.WriteString(p.Name)
		b.WriteByte('=')
		if isToken(p.Value) {
			b.WriteString(p.Value)
			continue
		}
		b.WriteByte('"')
		for i := range len(p.Value) {
			if c := p.Value[i]; c == '"' || c == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(p.Value[i])
		}
		b.WriteByte('"')
	}
	return b.String()
}

// isToken reports whether s is one or more HTTP token code points
// (https://mimesniff.spec.whatwg.org/#http-token-code-point).
func isToken(s string) bool {
	for i := range len(s) {
		if !tokens[s[i]] {
			return false
		}
	}
	return s != ""
}

var tokens = func() (table [256]bool) {
	const chars = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for i := range len(chars) {
		table[chars[i]] = true
	}
	return table
}()

// isQuotable reports whether s is HTTP quoted-string token code points only
// (https://mimesniff.spec.whatwg.org/#http-quoted-string-token-code-point).
func isQuotable(s string) bool {
	for _, r := range s {
		if r != '\t' && (r < 0x20 || r == 0x7F || r > 0xFF) {
			return false
		}
	}
	return true
}
