package pattern

import (
	"strings"
	"unicode/utf8"
)

const (
	regexpSpecial  = `.+*?^${}()[]|/\`
	patternSpecial = `+*?:{}()\`
)

// escape puts a backslash before each of the special characters.
func escape(s, special string) string {
	if !strings.ContainsAny(s, special) {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		if strings.ContainsRune(special, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// regexpOf is https://urlpattern.spec.whatwg.org/#generate-a-regular-expression-and-name-list.
func regexpOf(parts []part, s syntax) (source string, names []string) {
	var b strings.Builder
	write := func(texts ...string) {
		for _, text := range texts {
			b.WriteString(text)
		}
	}
	write("^")
	for _, p := range parts {
		if p.kind == fixedText {
			if p.modifier == "" {
				write(escape(p.value, regexpSpecial))
			} else {
				write("(?:", escape(p.value, regexpSpecial), ")", p.modifier)
			}
			continue
		}
		names = append(names, p.name)
		value := p.value
		switch p.kind {
		case segmentWildcard:
			value = s.segment()
		case fullWildcard:
			value = anything
		}
		prefix, suffix := escape(p.prefix, regexpSpecial), escape(p.suffix, regexpSpecial)
		once := p.modifier == "" || p.modifier == "?"
		switch {
		case prefix == "" && suffix == "" && once:
			write("(", value, ")", p.modifier)
		case prefix == "" && suffix == "":
			write("((?:", value, ")", p.modifier, ")")
		case once:
			write("(?:", prefix, "(", value, ")", suffix, ")", p.modifier)
		default:
			write("(?:", prefix, "((?:", value, ")(?:", suffix, prefix, "(?:", value, "))*)", suffix, ")")
			if p.modifier == "*" {
				write("?")
			}
		}
	}
	write("$")
	return b.String(), names
}

// textOf is https://urlpattern.spec.whatwg.org/#generate-a-pattern-string.
func textOf(parts []part, s syntax) string {
	var b strings.Builder
	for i, p := range parts {
		if p.kind == fixedText {
			if p.modifier == "" {
				b.WriteString(escape(p.value, patternSpecial))
			} else {
				b.WriteString("{" + escape(p.value, patternSpecial) + "}" + p.modifier)
			}
			continue
		}
		var before, after *part
		if i > 0 {
			before = &parts[i-1]
		}
		if i+1 < len(parts) {
			after = &parts[i+1]
		}
		grouped := needsGrouping(&p, before, after, s)
		if grouped {
			b.WriteByte('{')
		}
		b.WriteString(escape(p.prefix, patternSpecial))
		b.WriteString(groupText(&p, before, grouped, s))
		b.WriteString(escape(p.suffix, patternSpecial))
		if grouped {
			b.WriteByte('}')
		}
		b.WriteString(p.modifier)
	}
	return b.String()
}

func (p *part) hasCustomName() bool { return !isDigit(p.name) }

func isDigit(s string) bool { return s != "" && '0' <= s[0] && s[0] <= '9' }

// beginsName reports whether s would go on with a name that stands before it.
func beginsName(s string) bool {
	c, size := utf8.DecodeRuneInString(s)
	return size > 0 && isName(c, false)
}

func needsGrouping(p, before, after *part, s syntax) bool {
	if p.suffix != "" || p.prefix != "" && p.prefix != s.prefix {
		return true
	}
	if p.hasCustomName() && p.kind == segmentWildcard && p.modifier == "" && after != nil && after.prefix == "" && after.suffix == "" {
		if after.kind == fixedText && beginsName(after.value) || after.kind != fixedText && isDigit(after.name) {
			return true
		}
	}
	return p.prefix == "" && before != nil && before.kind == fixedText && s.prefix != "" && strings.HasSuffix(before.value, s.prefix)
}

// groupText is the part without what is around it.
func groupText(p, before *part, grouped bool, s syntax) string {
	custom, text := p.hasCustomName(), ""
	if custom {
		text = ":" + p.name
	}
	switch p.kind {
	case regexpPart:
		text += "(" + p.value + ")"
	case segmentWildcard:
		if !custom {
			text += "(" + s.segment() + ")"
		} else if beginsName(p.suffix) {
			text += `\`
		}
	case fullWildcard:
		if !custom && (before == nil || before.kind == fixedText || before.modifier != "" || grouped || p.prefix != "") {
			text += "*"
		} else {
			text += "(" + anything + ")"
		}
	}
	return text
}
