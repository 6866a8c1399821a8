package codec

import (
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"
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
		if r == utf8.RuneError && fatal {
			return "", ErrInvalid
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

// transformDecoder runs a multi-byte decoder of golang.org/x/text. Bytes it can't use before it sees more wait in
// pending.
type transformDecoder struct {
	transformer transform.Transformer
	pending     []byte
}

func (d *transformDecoder) reset() {
	d.transformer.Reset()
	d.pending = d.pending[:0]
}

func (d *transformDecoder) decode(chunk []byte, flush, fatal bool) (string, error) {
	if len(d.pending) > 0 {
		chunk = append(d.pending, chunk...)
	}
	var out strings.Builder
	out.Grow(len(chunk) + len(chunk)/2)
	var buffer [1024]byte
	for {
		written, read, err := d.transformer.Transform(buffer[:], chunk, flush)
		if fatal && strings.Contains(string(buffer[:written]), replacementText) {
			return "", ErrInvalid
		}
		out.Write(buffer[:written])
		chunk = chunk[read:]
		if err == nil || errors.Is(err, transform.ErrShortSrc) {
			break
		}
	}
	if flush {
		d.reset()
	} else {
		d.pending = append([]byte(nil), chunk...)
	}
	return out.String(), nil
}
