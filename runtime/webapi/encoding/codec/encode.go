package codec

import (
	"unicode/utf16"
	"unicode/utf8"
)

// AppendUTF8 appends the UTF-8 form of a JavaScript string, given as its UTF-16 code units, and returns the extended
// slice. A lone surrogate becomes U+FFFD: the conversion to USVString
// (https://webidl.spec.whatwg.org/#dfn-obtain-unicode) and the UTF-8 encoder in one.
func AppendUTF8(dst []byte, units []uint16) []byte {
	for i := 0; i < len(units); i++ {
		unit := rune(units[i])
		if unit < utf8.RuneSelf {
			dst = append(dst, byte(unit))
			continue
		}
		if utf16.IsSurrogate(unit) {
			r := rune(utf8.RuneError)
			if i+1 < len(units) {
				r = utf16.DecodeRune(unit, rune(units[i+1]))
			}
			if r != utf8.RuneError {
				i++
			}
			unit = r
		}
		dst = utf8.AppendRune(dst, unit)
	}
	return dst
}

// EncodeInto is the arithmetic of TextEncoder.encodeInto (https://encoding.spec.whatwg.org/#dom-textencoder-encodeinto):
// it writes as many whole characters of units into dst as fit and returns how many code units it read and how many
// bytes it wrote. A lone surrogate is written as U+FFFD.
func EncodeInto(dst []byte, units []uint16) (read, written int) {
	for read < len(units) {
		r, width := rune(units[read]), 1
		if utf16.IsSurrogate(r) {
			pair := rune(utf8.RuneError)
			if read+1 < len(units) {
				pair = utf16.DecodeRune(r, rune(units[read+1]))
			}
			if pair != utf8.RuneError {
				width = 2
			}
			r = pair
		}
		if utf8.RuneLen(r) > len(dst)-written {
			break
		}
		written += utf8.EncodeRune(dst[written:], r)
		read += width
	}
	return read, written
}

// EncodeStringInto is [EncodeInto] for text that is at hand as UTF-8 already. read still counts UTF-16 code units, as
// script does.
func EncodeStringInto(dst []byte, s string) (read, written int) {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if written == len(dst) {
				break
			}
			dst[written] = c
			written++
			read++
			i++
			continue
		}
		size, ok, _ := utf8Sequence(s[i:])
		r := rune(utf8.RuneError)
		if ok {
			r, _ = utf8.DecodeRuneInString(s[i:])
		}
		if utf8.RuneLen(r) > len(dst)-written {
			break
		}
		written += utf8.EncodeRune(dst[written:], r)
		read += utf16.RuneLen(r)
		i += size
	}
	return read, written
}
