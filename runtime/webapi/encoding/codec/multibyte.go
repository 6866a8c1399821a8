package codec

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// outcome is what a step of a multi-byte decoder came to.
type outcome uint8

const (
	decoded outcome = iota // text came out, or nothing and all is well
	invalid                // one error
	short                  // the bytes end too early; at the end of the stream they are one error
)

// stepper is the handler of a multi-byte encoding. It looks at the sequence b begins with; size is how many bytes are
// done with, the others are seen again ("restored" in the words of the standard). With short, size is how many bytes
// the error at the end of the stream takes. text is valid until the next step.
type stepper interface {
	step(b []byte) (text []byte, size int, result outcome)
	reset()
}

// multiByteDecoder runs a stepper over a stream. Bytes of an unfinished sequence wait in pending.
type multiByteDecoder struct {
	stepper stepper
	pending []byte
}

func newMultiByteDecoder(e *Encoding) *multiByteDecoder {
	table := index{lookup: e.double.NewDecoder().Transformer}
	switch e.name {
	case "GBK", "gb18030":
		return &multiByteDecoder{stepper: &gb18030Stepper{index: table}}
	case "Big5":
		return &multiByteDecoder{stepper: &doubleByteStepper{index: table, minTrail: 0x40}}
	case "EUC-KR":
		return &multiByteDecoder{stepper: &doubleByteStepper{index: table, minTrail: 0x41}}
	case "EUC-JP":
		return &multiByteDecoder{stepper: &eucJPStepper{index: table}}
	case "Shift_JIS":
		return &multiByteDecoder{stepper: &shiftJISStepper{index: table}}
	}
	return &multiByteDecoder{stepper: newISO2022JPStepper()}
}

func (d *multiByteDecoder) reset() {
	d.stepper.reset()
	d.pending = nil
}

func (d *multiByteDecoder) decode(chunk []byte, flush, fatal bool) (string, error) {
	if len(d.pending) > 0 {
		chunk = append(d.pending, chunk...)
		d.pending = nil
	}
	var out strings.Builder
	out.Grow(len(chunk) + len(chunk)/2)
	for len(chunk) > 0 {
		text, size, result := d.stepper.step(chunk)
		if result == short && !flush {
			d.pending = bytes.Clone(chunk)
			return out.String(), nil
		}
		if result == decoded {
			out.Write(text)
		} else {
			if fatal {
				return "", ErrInvalid
			}
			out.WriteString(replacementText)
		}
		chunk = chunk[size:]
	}
	if flush {
		d.reset()
	}
	return out.String(), nil
}

// index finds the text of a whole sequence in the tables of golang.org/x/text, which come from the indexes of the
// standard (https://encoding.spec.whatwg.org/#indexes). Those tables can't be reached otherwise than through the
// decoders.
type index struct {
	lookup transform.Transformer
	text   [16]byte
}

// find returns the text of a sequence, or nil when the index has none.
func (x *index) find(sequence ...byte) []byte {
	x.lookup.Reset()
	n, _, err := x.lookup.Transform(x.text[:], sequence, true)
	if err != nil || bytes.Contains(x.text[:n], []byte(replacementText)) {
		return nil
	}
	return x.text[:n]
}

// char returns r as text.
func (x *index) char(r rune) []byte { return utf8.AppendRune(x.text[:0], r) }

func (x *index) reset() {}

// pair ends a step over two bytes whose text, or nil, is given: a trail byte that is ASCII is seen again after an
// error.
func pair(text []byte, trail byte) ([]byte, int, outcome) {
	switch {
	case text != nil:
		return text, 2, decoded
	case trail < utf8.RuneSelf:
		return nil, 1, invalid
	}
	return nil, 2, invalid
}

// doubleByteStepper is the handler of Big5 (https://encoding.spec.whatwg.org/#big5-decoder) and EUC-KR
// (https://encoding.spec.whatwg.org/#euc-kr-decoder).
type doubleByteStepper struct {
	index
	minTrail byte
}

func (s *doubleByteStepper) step(b []byte) (text []byte, size int, result outcome) {
	switch {
	case b[0] < utf8.RuneSelf:
		return b[:1], 1, decoded
	case b[0] == 0x80 || b[0] == 0xFF:
		return nil, 1, invalid
	case len(b) == 1:
		return nil, 1, short
	case b[1] >= s.minTrail && b[1] != 0xFF:
		text = s.find(b[0], b[1])
	}
	return pair(text, b[1])
}
