package whatwgurl

import "strings"

// Pair is a tuple of application/x-www-form-urlencoded, of URLSearchParams and of form data.
type Pair struct {
	Name, Value string
}

// ParseForm is the application/x-www-form-urlencoded parser (https://url.spec.whatwg.org/#concept-urlencoded-parser).
// input may be any bytes: a body as it came or a query without its "?".
func ParseForm(input string) []Pair {
	if input == "" {
		return nil
	}
	pairs := make([]Pair, 0, 1+strings.Count(input, "&"))
	for input != "" {
		var sequence string
		sequence, input, _ = strings.Cut(input, "&")
		if sequence == "" {
			continue
		}
		name, value, _ := strings.Cut(sequence, "=")
		pairs = append(pairs, Pair{formText(name), formText(value)})
	}
	return pairs
}

func formText(s string) string {
	if strings.IndexByte(s, '+') >= 0 {
		s = strings.ReplaceAll(s, "+", " ")
	}
	return decodeText(s)
}

// SerializeForm is the application/x-www-form-urlencoded serialiser
// (https://url.spec.whatwg.org/#concept-urlencoded-serializer) with UTF-8.
func SerializeForm(pairs []Pair) string {
	if len(pairs) == 0 {
		return ""
	}
	size := 0
	for _, p := range pairs {
		size += len(p.Name) + len(p.Value) + len("=&")
	}
	out := make([]byte, 0, size+size/4)
	for i, p := range pairs {
		if i > 0 {
			out = append(out, '&')
		}
		out = appendForm(out, p.Name)
		out = append(out, '=')
		out = appendForm(out, p.Value)
	}
	return string(out)
}

func appendForm(out []byte, s string) []byte {
	for i := range len(s) {
		b := s[i]
		switch {
		case b == ' ':
			out = append(out, '+')
		case members[b]&FormSet != 0:
			out = append(out, '%', upperHex[b>>4], upperHex[b&15])
		default:
			out = append(out, b)
		}
	}
	return out
}
