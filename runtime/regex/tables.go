package regex

import (
	_ "embed"
	"encoding/binary"
	"strings"
	"sync"
)

// tables is written by gen.mjs, which documents the format.
//
//go:embed tables.bin
var tables string

// property keys are a kind byte followed by one of the property's names, as in "gLu" or "sGreek".
var index = sync.OnceValue(func() map[string]string {
	index := make(map[string]string, 700)
	for rest := tables; rest != ""; {
		kind, size := rest[:1], int(rest[1])
		names := rest[2 : 2+size]
		body := rest[2+size:]
		end := skipRanges(body)
		for name := range strings.SplitSeq(names, ",") {
			index[kind+name] = body[:end]
		}
		rest = body[end:]
	}
	return index
})

// skipRanges gives the length of the encoded ranges at the start of s.
func skipRanges(s string) int {
	count, at := uvarint(s)
	for range 2 * count {
		_, n := uvarint(s[at:])
		at += n
	}
	return at
}

func uvarint(s string) (uint64, int) {
	var buf [binary.MaxVarintLen32]byte
	return binary.Uvarint(buf[:copy(buf[:], s)])
}

// decode reads the ranges of one property.
func decode(s string) set {
	count, at := uvarint(s)
	ranges := make(set, 0, count)
	var next rune
	for range count {
		gap, n := uvarint(s[at:])
		at += n
		size, n := uvarint(s[at:])
		at += n
		lo := next + rune(gap)
		hi := lo + rune(size)
		ranges = append(ranges, span{lo, hi})
		next = hi + 1
	}
	return ranges
}

// property finds the code points of a property expression, which is what stands between the braces of \p{…}.
func property(expression string) (set, bool) {
	name, value, valued := strings.Cut(expression, "=")
	var keys []string
	switch {
	case !valued:
		keys = []string{"g" + name, "b" + name}
	case name == "General_Category" || name == "gc":
		keys = []string{"g" + value}
	case name == "Script" || name == "sc":
		keys = []string{"s" + value}
	case name == "Script_Extensions" || name == "scx":
		keys = []string{"x" + value, "s" + value}
	}
	for _, key := range keys {
		if body, ok := index()[key]; ok {
			return decode(body), true
		}
	}
	return nil, false
}

// ofStrings names the properties that hold strings of several code points, which only the v flag admits.
var ofStrings = map[string]bool{
	"Basic_Emoji": true, "Emoji_Keycap_Sequence": true, "RGI_Modifier_Sequence": true, "RGI_Flag_Sequence": true,
	"RGI_Emoji_Modifier_Sequence": true, "RGI_Emoji_Flag_Sequence": true, "RGI_Emoji_Tag_Sequence": true,
	"RGI_Emoji_ZWJ_Sequence": true, "RGI_Emoji": true,
}
