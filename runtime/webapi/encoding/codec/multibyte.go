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

// gb18030Stepper is the handler of gb18030 and GBK (https://encoding.spec.whatwg.org/#gb18030-decoder).
type gb18030Stepper struct {
	index
}

func (s *gb18030Stepper) step(b []byte) (text []byte, size int, result outcome) {
	switch {
	case b[0] < utf8.RuneSelf:
		return b[:1], 1, decoded
	case b[0] == 0x80:
		return s.char('€'), 1, decoded
	case b[0] == 0xFF:
		return nil, 1, invalid
	case len(b) == 1:
		return nil, 1, short
	case '0' <= b[1] && b[1] <= '9':
		return s.fourBytes(b)
	case 0x40 <= b[1] && b[1] != 0x7F && b[1] != 0xFF:
		if r := gb18030Later[uint16(b[0])<<8|uint16(b[1])]; r != 0 {
			return s.char(r), 2, decoded
		}
		text = s.find(b[0], b[1])
	}
	return pair(text, b[1])
}

func (s *gb18030Stepper) fourBytes(b []byte) (text []byte, size int, result outcome) {
	switch {
	case len(b) == 2:
		return nil, 2, short
	case b[2] < 0x81 || b[2] == 0xFF:
		return nil, 1, invalid
	case len(b) == 3:
		return nil, 3, short
	case b[3] < '0' || b[3] > '9':
		return nil, 1, invalid
	}
	switch string(b[:4]) {
	case "\x81\x35\xF4\x37": // index gb18030 ranges has it apart
		return s.char(0xE7C7), 4, decoded
	case "\x84\x31\xA4\x37": // where U+FFFD is no error
		return s.char(utf8.RuneError), 4, decoded
	}
	if text = s.find(b[0], b[1], b[2], b[3]); text == nil {
		return nil, 4, invalid
	}
	return text, 4, decoded
}

// gb18030Later are the entries of index gb18030 that GB18030-2005 and -2022 moved out of the private use area.
var gb18030Later = map[uint16]rune{
	0xA6D9: 0xFE10, 0xA6DA: 0xFE12, 0xA6DB: 0xFE11, 0xA6DC: 0xFE13, 0xA6DD: 0xFE14, 0xA6DE: 0xFE15, 0xA6DF: 0xFE16,
	0xA6EC: 0xFE17, 0xA6ED: 0xFE18, 0xA6F3: 0xFE19, 0xA8BC: 0x1E3F, 0xFE59: 0x9FB4, 0xFE61: 0x9FB5, 0xFE66: 0x9FB6,
	0xFE67: 0x9FB7, 0xFE6D: 0x9FB8, 0xFE7E: 0x9FB9, 0xFE90: 0x9FBA, 0xFEA0: 0x9FBB,
}
