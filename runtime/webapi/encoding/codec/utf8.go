package codec

import (
	"strings"
	"unicode/utf8"
)

const replacementText = "\uFFFD"

// utf8Sequence looks at the sequence b begins with, as the UTF-8 decoder of the standard does
// (https://encoding.spec.whatwg.org/#utf-8-decoder). It returns how many bytes belong to it and whether they are one
// well-formed character. When they are not, size is the length of the maximal subpart, which becomes a single U+FFFD,
// and short tells that b merely ended too early. b is not empty.
func utf8Sequence[T string | []byte](b T) (size int, ok, short bool) {
	lead := b[0]
	needed, lower, upper := 0, byte(0x80), byte(0xBF)
	switch {
	case lead < 0x80:
		return 1, true, false
	case 0xC2 <= lead && lead <= 0xDF:
		needed = 1
	case 0xE0 <= lead && lead <= 0xEF:
		needed = 2
		switch lead {
		case 0xE0:
			lower = 0xA0
		case 0xED:
			upper = 0x9F
		}
	case 0xF0 <= lead && lead <= 0xF4:
		needed = 3
		switch lead {
		case 0xF0:
			lower = 0x90
		case 0xF4:
			upper = 0x8F
		}
	default:
		return 1, false, false
	}
	for i := 1; i <= needed; i++ {
		if i == len(b) {
			return i, false, true
		}
		if b[i] < lower || b[i] > upper {
			return i, false, false
		}
		lower, upper = 0x80, 0xBF
	}
	return needed + 1, true, false
}

// incompleteTail returns the length (0 to 3) of a character that b ends in the middle of.
func incompleteTail(b []byte) int {
	for back := 1; back <= 3 && back <= len(b); back++ {
		c := b[len(b)-back]
		if c < 0x80 {
			return 0
		}
		if c >= 0xC0 {
			if size, _, short := utf8Sequence(b[len(b)-back:]); short && size == back {
				return back
			}
			return 0
		}
	}
	return 0
}

// DecodeUTF8 is "UTF-8 decode without BOM" (https://encoding.spec.whatwg.org/#utf-8-decode-without-bom): every maximal
// subpart that is not UTF-8 becomes one U+FFFD, a leading U+FEFF stays. A string that is UTF-8 already is returned as
// it is, without an allocation.
func DecodeUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s) + 16)
	appendReplaced(&out, s)
	return out.String()
}

// appendReplaced writes s to out with U+FFFD in place of what is not UTF-8.
func appendReplaced[T string | []byte](out *strings.Builder, s T) {
	start := 0
	for i := 0; i < len(s); {
		size, ok, _ := utf8Sequence(s[i:])
		if !ok {
			out.WriteString(string(s[start:i]))
			out.WriteString(replacementText)
			start = i + size
		}
		i += size
	}
	out.WriteString(string(s[start:]))
}

// utf8Decoder is the streaming UTF-8 decoder: the bytes of a character that the last chunk ended in wait in pending.
type utf8Decoder struct {
	pending [3]byte
	n       int
}

func (d *utf8Decoder) reset() { d.n = 0 }

func (d *utf8Decoder) decode(chunk []byte, flush, fatal bool) (string, error) {
	if d.n > 0 {
		joined := make([]byte, 0, d.n+len(chunk))
		joined = append(joined, d.pending[:d.n]...)
		chunk = append(joined, chunk...)
		d.n = 0
	}
	if !flush {
		if tail := incompleteTail(chunk); tail > 0 {
			d.n = copy(d.pending[:], chunk[len(chunk)-tail:])
			chunk = chunk[:len(chunk)-tail]
		}
	}
	if utf8.Valid(chunk) {
		return string(chunk), nil
	}
	if fatal {
		return "", ErrInvalid
	}
	var out strings.Builder
	out.Grow(len(chunk) + 16)
	appendReplaced(&out, chunk)
	return out.String(), nil
}
