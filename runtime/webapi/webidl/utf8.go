package webidl

import (
	"reflect"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"

	"github.com/dop251/goja"
)

// longText is how many units a text has at least that is encoded here: goja makes code points of all of it first, which take four
// times as much.
const longText = 4096

// Encode gives a text as UTF-8, with U+FFFD for lone surrogates (https://infra.spec.whatwg.org/#javascript-string-convert). The bytes are the caller's.
func Encode(text goja.String) []byte {
	if text.Length() < longText || isASCII(text) {
		return []byte(text.String())
	}
	return encode(text)
}

// scalars is String of a text, in less memory if it's long.
func scalars(text goja.String) string {
	if text.Length() < longText || isASCII(text) {
		return text.String()
	}
	b := encode(text)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// isASCII reports whether goja keeps a text as bytes.
func isASCII(text goja.String) bool { return reflect.TypeOf(text).Kind() == reflect.String }

func encode(text goja.String) []byte {
	units := text.Length()
	size := 0
	for i := 0; i < units; i++ {
		switch u := text.CharAt(i); {
		case u < utf8.RuneSelf:
			size++
		case u < 1<<11:
			size += 2
		case utf16.IsSurrogate(rune(u)):
			size += 3
			if i+1 < units && utf16.DecodeRune(rune(u), rune(text.CharAt(i+1))) != utf8.RuneError {
				size++
				i++
			}
		default:
			size += 3
		}
	}
	b := make([]byte, 0, size)
	for i := 0; i < units; i++ {
		r := rune(text.CharAt(i))
		if utf16.IsSurrogate(r) && i+1 < units {
			if pair := utf16.DecodeRune(r, rune(text.CharAt(i+1))); pair != utf8.RuneError {
				r = pair
				i++
			}
		}
		b = utf8.AppendRune(b, r) // which makes U+FFFD of a surrogate
	}
	return b
}
