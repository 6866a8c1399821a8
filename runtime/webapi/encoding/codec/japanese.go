package codec

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

// halfwidthKatakana is the distance from a katakana byte with the high bit set to its code point.
const halfwidthKatakana = 0xFF61 - 0xA1

// eucJPStepper is the handler of EUC-JP (https://encoding.spec.whatwg.org/#euc-jp-decoder).
type eucJPStepper struct {
	index
}

func (s *eucJPStepper) step(b []byte) (text []byte, size int, result outcome) {
	inRange := func(c byte) bool { return 0xA1 <= c && c != 0xFF }
	lead := b[0]
	switch {
	case lead < utf8.RuneSelf:
		return b[:1], 1, decoded
	case lead != 0x8E && lead != 0x8F && !inRange(lead):
		return nil, 1, invalid
	case len(b) == 1:
		return nil, 1, short
	case lead == 0x8E && 0xA1 <= b[1] && b[1] <= 0xDF:
		return s.char(rune(b[1]) + halfwidthKatakana), 2, decoded
	case lead == 0x8F && inRange(b[1]):
		if len(b) == 2 {
			return nil, 2, short
		}
		if inRange(b[2]) {
			text = s.find(lead, b[1], b[2])
		}
		text, size, result = pair(text, b[2])
		return text, size + 1, result
	case inRange(lead) && inRange(b[1]):
		text = s.find(lead, b[1])
	}
	return pair(text, b[1])
}

// shiftJISStepper is the handler of Shift_JIS (https://encoding.spec.whatwg.org/#shift_jis-decoder).
type shiftJISStepper struct {
	index
}

func (s *shiftJISStepper) step(b []byte) (text []byte, size int, result outcome) {
	lead := b[0]
	switch {
	case lead < utf8.RuneSelf:
		return b[:1], 1, decoded
	case lead == 0x80:
		return s.char(0x80), 1, decoded
	case 0xA1 <= lead && lead <= 0xDF:
		return s.char(rune(lead) + halfwidthKatakana), 1, decoded
	case lead == 0xA0 || lead > 0xFC:
		return nil, 1, invalid
	case len(b) == 1:
		return nil, 1, short
	}
	if trail := b[1]; 0x40 <= trail && trail != 0x7F && trail <= 0xFC {
		offset := rune(0x40)
		if trail >= 0x7F {
			offset = 0x41
		}
		if 0xF0 <= lead && lead <= 0xF9 { // end-user-defined characters
			return s.char(0xE000 + rune(lead-0xF0)*188 + rune(trail) - offset), 2, decoded
		}
		text = s.find(lead, trail)
	}
	return pair(text, b[1])
}

// iso2022JPStepper is the handler of ISO-2022-JP (https://encoding.spec.whatwg.org/#iso-2022-jp-decoder). Its states
// ASCII, Roman, katakana and lead byte last from one escape sequence to the next.
type iso2022JPStepper struct {
	eucJP   index // index jis0208 is reached through EUC-JP
	state   jisState
	escaped bool // the last thing was an escape sequence; another one is an error
}

type jisState uint8

const (
	jisASCII jisState = iota
	jisRoman
	jisKatakana
	jis0208
)

func newISO2022JPStepper() *iso2022JPStepper {
	return &iso2022JPStepper{eucJP: index{lookup: japanese.EUCJP.NewDecoder().Transformer}}
}

func (s *iso2022JPStepper) reset() { s.state, s.escaped = jisASCII, false }

func (s *iso2022JPStepper) step(b []byte) (text []byte, size int, result outcome) {
	const escape, shiftOut, shiftIn = 0x1B, 0x0E, 0x0F
	if b[0] == escape {
		return s.escape(b)
	}
	printable := func(c byte) bool { return 0x21 <= c && c <= 0x7E }
	if s.state == jis0208 && printable(b[0]) && len(b) == 1 {
		return nil, 1, short
	}
	s.escaped = false
	c := b[0]
	switch s.state {
	case jis0208:
		switch {
		case !printable(c), b[1] == escape:
			return nil, 1, invalid
		case printable(b[1]):
			text = s.eucJP.find(c|0x80, b[1]|0x80)
		}
		if text == nil {
			return nil, 2, invalid
		}
		return text, 2, decoded
	case jisKatakana:
		if 0x21 <= c && c <= 0x5F {
			return s.eucJP.char(rune(c|0x80) + halfwidthKatakana), 1, decoded
		}
		return nil, 1, invalid
	case jisRoman:
		switch c {
		case '\\':
			return s.eucJP.char('¥'), 1, decoded
		case '~':
			return s.eucJP.char('‾'), 1, decoded
		}
	}
	if c >= utf8.RuneSelf || c == shiftOut || c == shiftIn {
		return nil, 1, invalid
	}
	return b[:1], 1, decoded
}

// escape reads an escape sequence. One that isn't known is an error of its first byte only.
func (s *iso2022JPStepper) escape(b []byte) (text []byte, size int, result outcome) {
	if len(b) == 1 || len(b) == 2 && (b[1] == '$' || b[1] == '(') {
		return nil, 1, short
	}
	state := jisASCII
	switch string(b[1:min(3, len(b))]) {
	case "(B":
	case "(J":
		state = jisRoman
	case "(I":
		state = jisKatakana
	case "$@", "$B":
		state = jis0208
	default:
		s.escaped = false
		return nil, 1, invalid
	}
	s.state = state
	if s.escaped {
		return nil, 3, invalid
	}
	s.escaped = true
	return nil, 3, decoded
}
