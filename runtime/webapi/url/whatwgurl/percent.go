package whatwgurl

import (
	"strings"

	"github.com/bindery/bindery/runtime/webapi/encoding/codec"
)

// EncodeSet is a percent-encode set (https://url.spec.whatwg.org/#percent-encoded-bytes). All sets hold every code
// point above U+007E, so membership of a byte of UTF-8 tells membership of its code point.
type EncodeSet uint16

// The percent-encode sets of the standard.
const (
	C0ControlSet    EncodeSet = 1 << iota // https://url.spec.whatwg.org/#c0-control-percent-encode-set
	FragmentSet                           // https://url.spec.whatwg.org/#fragment-percent-encode-set
	QuerySet                              // https://url.spec.whatwg.org/#query-percent-encode-set
	SpecialQuerySet                       // https://url.spec.whatwg.org/#special-query-percent-encode-set
	PathSet                               // https://url.spec.whatwg.org/#path-percent-encode-set
	UserinfoSet                           // https://url.spec.whatwg.org/#userinfo-percent-encode-set
	ComponentSet                          // https://url.spec.whatwg.org/#component-percent-encode-set
	FormSet                               // https://url.spec.whatwg.org/#application-x-www-form-urlencoded-percent-encode-set

	forbiddenHost   // https://url.spec.whatwg.org/#forbidden-host-code-point
	forbiddenDomain // https://url.spec.whatwg.org/#forbidden-domain-code-point
	plainHost       // what a domain may hold to be its own ASCII form: lower-case letters, digits, "-", ".", "_"
	schemeChar      // ASCII alphanumeric, "+", "-", "."
)

// members maps each byte to the sets it belongs to.
var members = func() (table [256]EncodeSet) {
	add := func(set EncodeSet, chars string) {
		for i := range len(chars) {
			table[chars[i]] |= set
		}
	}
	const all = C0ControlSet | FragmentSet | QuerySet | SpecialQuerySet | PathSet | UserinfoSet | ComponentSet | FormSet
	for b := range 256 {
		if b <= 0x1F || b > 0x7E {
			table[b] |= all
		}
		if b <= 0x1F || b == 0x7F {
			table[b] |= forbiddenDomain
		}
	}
	const fromQuery = QuerySet | SpecialQuerySet | PathSet | UserinfoSet | ComponentSet | FormSet
	const fromPath = PathSet | UserinfoSet | ComponentSet | FormSet
	const fromUserinfo = UserinfoSet | ComponentSet | FormSet
	add(FragmentSet, " \"<>`")
	add(fromQuery, " \"#<>")
	add(SpecialQuerySet, "'")
	add(fromPath, "?^`{}")
	add(fromUserinfo, "/:;=@[\\]|")
	add(ComponentSet|FormSet, "$%&+,")
	add(FormSet, "!'()~")
	add(forbiddenHost|forbiddenDomain, "\x00\t\n\r #/:<>?@[\\]^|")
	add(forbiddenDomain, "%")
	add(plainHost|schemeChar, "abcdefghijklmnopqrstuvwxyz0123456789-.")
	add(plainHost, "_")
	add(schemeChar, "ABCDEFGHIJKLMNOPQRSTUVWXYZ+")
	return table
}()

const upperHex = "0123456789ABCDEF"

// firstIn returns the index of the first byte of s that is in set, or len(s).
func firstIn(s string, set EncodeSet) int {
	for i := range len(s) {
		if members[s[i]]&set != 0 {
			return i
		}
	}
	return len(s)
}

// PercentEncode is "UTF-8 percent-encode" of a string with a set
// (https://url.spec.whatwg.org/#string-utf-8-percent-encode). A string with nothing to encode is returned as it is.
func PercentEncode(s string, set EncodeSet) string {
	if firstIn(s, set) == len(s) {
		return s
	}
	return string(appendEncoded(make([]byte, 0, len(s)+len(s)/2+8), s, set))
}

func appendEncoded(dst []byte, s string, set EncodeSet) []byte {
	for i := range len(s) {
		b := s[i]
		if members[b]&set != 0 {
			dst = append(dst, '%', upperHex[b>>4], upperHex[b&15])
		} else {
			dst = append(dst, b)
		}
	}
	return dst
}

// PercentDecode is "percent-decode" (https://url.spec.whatwg.org/#string-percent-decode). The result is bytes: it need
// not be UTF-8. A string without "%" is returned as it is.
func PercentDecode(s string) string {
	first := strings.IndexByte(s, '%')
	if first < 0 {
		return s
	}
	out := make([]byte, first, len(s))
	copy(out, s)
	for i := first; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			high, low := unhex(s[i+1]), unhex(s[i+2])
			if high >= 0 && low >= 0 {
				out = append(out, byte(high<<4|low))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// decodeText is percent-decode followed by "UTF-8 decode without BOM".
func decodeText(s string) string { return codec.DecodeUTF8(PercentDecode(s)) }

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
