package regex

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// span is a range of code points, both ends included.
type span struct{ lo, hi rune }

// set is a sorted run of spans that neither touch nor overlap.
type set []span

func union(a, b set) set {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(x, y span) int { return int(x.lo - y.lo) })
	merged := all[:0]
	for _, s := range all {
		if n := len(merged); n > 0 && s.lo <= merged[n-1].hi+1 {
			merged[n-1].hi = max(merged[n-1].hi, s.hi)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

func complement(a set) set {
	inverse := make(set, 0, len(a)+1)
	var next rune
	for _, s := range a {
		if s.lo > next {
			inverse = append(inverse, span{next, s.lo - 1})
		}
		next = s.hi + 1
	}
	if next <= utf8.MaxRune {
		inverse = append(inverse, span{next, utf8.MaxRune})
	}
	return inverse
}

func intersect(a, b set) set { return complement(union(complement(a), complement(b))) }

func subtract(a, b set) set { return intersect(a, complement(b)) }

// ranges writes a set as it stands inside the brackets of a class in Unicode mode.
func (a set) ranges(out *strings.Builder) {
	for _, s := range a {
		writeRune(out, s.lo)
		if s.hi > s.lo {
			if s.hi > s.lo+1 {
				out.WriteByte('-')
			}
			writeRune(out, s.hi)
		}
	}
}

// class writes a set as a class of its own. Empty classes are spelled as the complement of everything, because goja's
// spelling of [] stops at U+1FFFF.
func (a set) class(out *strings.Builder, negated bool) {
	if len(a) == 0 {
		a, negated = set{{0, utf8.MaxRune}}, !negated
	}
	out.WriteByte('[')
	if negated {
		out.WriteByte('^')
	}
	a.ranges(out)
	out.WriteByte(']')
}

// writeRune writes a code point with the braced escape, which can't be read as half of a surrogate pair.
func writeRune(out *strings.Builder, r rune) {
	if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
		out.WriteRune(r)
		return
	}
	out.WriteString(`\u{`)
	out.WriteString(strconv.FormatInt(int64(r), 16))
	out.WriteByte('}')
}
