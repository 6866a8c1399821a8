package codec

import "unicode/utf8"

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
		if text = s.find(b[0], b[1]); text == nil {
			if r := gb18030Private(b[0], b[1]); r != 0 {
				return s.char(r), 2, decoded
			}
		}
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

// gb18030Private returns the private use character that index gb18030 has where golang.org/x/text has none, or 0: the
// three user-defined areas and what was never assigned. b0 and b1 are lead and trail.
func gb18030Private(b0, b1 byte) rune {
	switch {
	case 0xAA <= b0 && b0 <= 0xAF && b1 >= 0xA1:
		return 0xE000 + rune(b0-0xAA)*94 + rune(b1-0xA1)
	case 0xF8 <= b0 && b1 >= 0xA1:
		return 0xE234 + rune(b0-0xF8)*94 + rune(b1-0xA1)
	case 0xA1 <= b0 && b0 <= 0xA7 && b1 <= 0xA0:
		offset := rune(0x40)
		if b1 > 0x7F {
			offset = 0x41
		}
		return 0xE4C6 + rune(b0-0xA1)*96 + rune(b1) - offset
	}
	for _, run := range gb18030Unassigned {
		if b0 == run.lead && run.first <= b1 && b1 <= run.last {
			return run.char + rune(b1-run.first)
		}
	}
	return 0
}

// gb18030Unassigned are runs of trail bytes of one lead and the character of the first.
var gb18030Unassigned = [...]struct {
	lead, first, last byte
	char              rune
}{
	{0xA2, 0xAB, 0xB0, 0xE766},
	{0xA2, 0xE4, 0xE4, 0xE76D},
	{0xA2, 0xEF, 0xF0, 0xE76E},
	{0xA2, 0xFD, 0xFE, 0xE770},
	{0xA4, 0xF4, 0xFE, 0xE772},
	{0xA5, 0xF7, 0xFE, 0xE77D},
	{0xA6, 0xB9, 0xC0, 0xE785},
	{0xA6, 0xF6, 0xFE, 0xE797},
	{0xA7, 0xC2, 0xD0, 0xE7A0},
	{0xA7, 0xF2, 0xFE, 0xE7AF},
	{0xA8, 0x96, 0xA0, 0xE7BC},
	{0xA8, 0xC1, 0xC4, 0xE7C9},
	{0xA8, 0xEA, 0xFE, 0xE7CD},
	{0xA9, 0x58, 0x58, 0xE7E2},
	{0xA9, 0x5B, 0x5B, 0xE7E3},
	{0xA9, 0x5D, 0x5F, 0xE7E4},
	{0xA9, 0x97, 0xA3, 0xE7F4},
	{0xA9, 0xF0, 0xFE, 0xE801},
	{0xD7, 0xFA, 0xFE, 0xE810},
	{0xFE, 0x51, 0x53, 0xE816},
	{0xFE, 0x6C, 0x6C, 0xE831},
	{0xFE, 0x76, 0x76, 0xE83B},
	{0xFE, 0x91, 0x91, 0xE855},
}
