package codec

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Decoder is the shared UTF-16 decoder (https://encoding.spec.whatwg.org/#shared-utf-16-decoder). What the last
// chunk ended in the middle of, a lead surrogate, half a code unit or both, waits in pending as bytes.
type utf16Decoder struct {
	bigEndian bool
	pending   [3]byte
	n         int
}

func (d *utf16Decoder) reset() { d.n = 0 }

func (d *utf16Decoder) unit(b []byte) uint16 {
	if d.bigEndian {
		return uint16(b[0])<<8 | uint16(b[1])
	}
	return uint16(b[1])<<8 | uint16(b[0])
}

func (d *utf16Decoder) decode(chunk []byte, flush, fatal bool) (string, error) {
	if d.n > 0 {
		joined := make([]byte, 0, d.n+len(chunk))
		joined = append(joined, d.pending[:d.n]...)
		chunk = append(joined, chunk...)
		d.n = 0
	}
	var out strings.Builder
	out.Grow(len(chunk)/2 + 8)
	invalid := false
	for len(chunk) >= 2 {
		unit := rune(d.unit(chunk))
		switch {
		case !utf16.IsSurrogate(unit):
			out.WriteRune(unit)
			chunk = chunk[2:]
		case unit >= 0xDC00:
			out.WriteString(replacementText)
			invalid = true
			chunk = chunk[2:]
		case len(chunk) < 4: // a lead surrogate whose trail has not come yet
			if !flush {
				d.n = copy(d.pending[:], chunk)
			} else { // an odd byte behind it belongs to the same error
				out.WriteString(replacementText)
				invalid = true
			}
			chunk = nil
		default:
			if r := utf16.DecodeRune(unit, rune(d.unit(chunk[2:]))); r != utf8.RuneError {
				out.WriteRune(r)
				chunk = chunk[4:]
				continue
			}
			out.WriteString(replacementText)
			invalid = true
			chunk = chunk[2:]
		}
	}
	if len(chunk) == 1 {
		if flush {
			out.WriteString(replacementText)
			invalid = true
		} else {
			d.n = copy(d.pending[:], chunk)
		}
	}
	if invalid && fatal {
		return "", ErrInvalid
	}
	return out.String(), nil
}
