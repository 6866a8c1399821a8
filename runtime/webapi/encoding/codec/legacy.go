package codec

import (
	"strings"
	"unicode/utf8"
)

// singleByteDecoder is the decoder of the single-byte encodings
// (https://encoding.spec.whatwg.org/#single-byte-decoder) and of x-user-defined. It has no state.
type singleByteDecoder struct {
	table func(byte) rune
}

func (d *singleByteDecoder) reset() {}

func (d *singleByteDecoder) decode(chunk []byte, _, fatal bool) (string, error) {
	var out strings.Builder
	out.Grow(len(chunk) + len(chunk)/4)
	for _, b := range chunk {
		if b < utf8.RuneSelf {
			out.WriteByte(b)
			continue
		}
		r := d.table(b)
		if r == utf8.RuneError {
			switch {
			case b < 0xA0: // golang.org/x/text leaves out what the indexes of the standard map to C1 controls
				r = rune(b)
			case fatal:
				return "", ErrInvalid
			}
		}
		out.WriteRune(r)
	}
	return out.String(), nil
}

// userDefined is the upper half of x-user-defined (https://encoding.spec.whatwg.org/#x-user-defined-decoder).
func userDefined(b byte) rune { return 0xF780 + rune(b) - 0x80 }

// replacementDecoder is the decoder of encodings that are dangerous to decode: any input is one error
// (https://encoding.spec.whatwg.org/#replacement-decoder).
type replacementDecoder struct {
	reported bool
}

func (d *replacementDecoder) reset() { d.reported = false }

func (d *replacementDecoder) decode(chunk []byte, flush, fatal bool) (string, error) {
	text := ""
	if len(chunk) > 0 && !d.reported {
		if fatal {
			return "", ErrInvalid
		}
		d.reported = true
		text = replacementText
	}
	if flush {
		d.reported = false
	}
	return text, nil
}
