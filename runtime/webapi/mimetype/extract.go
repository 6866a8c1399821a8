package mimetype

import "strings"

// Extract is "extract a MIME type" (https://fetch.spec.whatwg.org/#concept-header-extract-mime-type) from the value of
// Content-Type; several header fields are one value, joined by ", ". The last type counts and inherits the charset of
// those before it with the same essence. ok is false when no part of the value is a MIME type.
func Extract(value string) (t *Type, ok bool) {
	charset, hasCharset, essence := "", false, ""
	for more := true; more; {
		var part string
		part, value, more = splitValue(value)
		parsed, valid := Parse(part)
		if !valid || parsed.essence == "*/*" {
			continue
		}
		t = parsed
		own, found := t.Parameter("charset")
		switch {
		case t.essence != essence:
			charset, hasCharset, essence = own, found, t.essence
		case !found && hasCharset:
			t.Parameters = append(t.Parameters, Parameter{"charset", charset})
		}
	}
	return t, t != nil
}

// splitValue takes the part before the first comma that isn't quoted; more is false when there is no such comma. It is
// one round of "get, decode, and split" (https://fetch.spec.whatwg.org/#header-value-get-decode-and-split).
func splitValue(value string) (part, rest string, more bool) {
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case ',':
			return strings.Trim(value[:i], "\t "), value[i+1:], true
		case '"':
			i += quotedEnd(value[i:]) - 1
		}
	}
	return strings.Trim(value, "\t "), "", false
}
