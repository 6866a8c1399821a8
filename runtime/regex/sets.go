package regex

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxClassDepth = 100

	syntaxCharacters  = `^$\.*+?()[]{}|/-`
	classPunctuators  = `&-!#%,:;<=>@` + "`~"
	classReserved     = `()[]{}/-|`
	doublePunctuators = `&!#$%*+,.:;<=>?@^` + "`~"
)

var (
	digits = set{{'0', '9'}}
	words  = set{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}
	spaces = set{
		{9, 13},
		{' ', ' '},
		{0xa0, 0xa0},
		{0x1680, 0x1680},
		{0x2000, 0x200a},
		{0x2028, 0x2029},
		{0x202f, 0x202f},
		{0x205f, 0x205f},
		{0x3000, 0x3000},
		{0xfeff, 0xfeff},
	}
)

// setClass evaluates a class of the v flag, with its nested classes and set operations, and writes what it holds as a flat one.
//
// https://tc39.es/ecma262/#prod-ClassSetExpression
func (e *expander) setClass() error {
	start := e.at
	negated := strings.HasPrefix(e.source[e.at:], "[^")
	found, computed, err := e.setContents(0)
	if err != nil {
		return err
	}
	if computed && e.ignoreCase {
		return e.unsupported(start, "a set operation or nested complement in a class together with the flag i")
	}
	found.class(&e.out, negated)
	return nil
}

// setContents reads a bracketed class and gives its code points, before its own complement. computed says that it holds an
// operation whose outcome depends on when case is folded.
func (e *expander) setContents(depth int) (found set, computed bool, err error) {
	start := e.at
	if depth > maxClassDepth {
		return nil, false, e.unsupported(start, "a class nested more than "+strconv.Itoa(maxClassDepth)+" deep")
	}
	e.at++
	if strings.HasPrefix(e.source[e.at:], "^") {
		e.at++
	}
	operator := ""
	for operands := 0; ; operands++ {
		rest := e.source[e.at:]
		if rest == "" {
			return nil, false, e.invalid(start, "Unterminated character class")
		}
		if rest[0] == ']' {
			e.at++
			return found, computed, nil
		}
		if operands == 1 && !e.ranged && (strings.HasPrefix(rest, "--") || strings.HasPrefix(rest, "&&")) {
			operator, computed = rest[:2], true
		}
		if !strings.HasPrefix(rest, operator) {
			return nil, false, e.invalid(e.at, "Invalid set operation in character class")
		}
		e.at += len(operator)
		operand, inner, err := e.setOperand(depth, operator == "")
		if err != nil {
			return nil, false, err
		}
		computed = computed || inner
		switch operator {
		case "--":
			found = subtract(found, operand)
		case "&&":
			found = intersect(found, operand)
		default:
			found = union(found, operand)
		}
	}
}

// setOperand reads one operand: a nested class, an escape, a character or (if ranges is set) a range of characters.
func (e *expander) setOperand(depth int, ranges bool) (found set, computed bool, err error) {
	start := e.at
	rest := e.source[e.at:]
	e.ranged = false
	switch {
	case strings.HasPrefix(rest, "["):
		negated := strings.HasPrefix(rest, "[^")
		found, computed, err = e.setContents(depth + 1)
		e.ranged = false
		if negated {
			return complement(found), true, err
		}
		return found, computed, err
	case strings.HasPrefix(rest, `\q{`):
		found, err = e.alternatives()
		return found, false, err
	case strings.HasPrefix(rest, `\p`) || strings.HasPrefix(rest, `\P`):
		found, negated, err := e.property()
		if negated {
			return complement(found), true, err
		}
		return found, false, err
	case len(rest) > 1 && rest[0] == '\\' && strings.IndexByte("dDwWsS", rest[1]) >= 0:
		e.at += 2
		found = map[byte]set{'d': digits, 'w': words, 's': spaces}[rest[1]|0x20]
		if rest[1] < 'a' {
			return complement(found), true, nil
		}
		return found, false, nil
	}
	lo, err := e.setCharacter()
	if err != nil {
		return nil, false, err
	}
	hi := lo
	if ranges && strings.HasPrefix(e.source[e.at:], "-") && !strings.HasPrefix(e.source[e.at:], "--") {
		e.at++
		e.ranged = true
		if hi, err = e.setCharacter(); err != nil {
			return nil, false, err
		}
		if hi < lo {
			return nil, false, e.invalid(start, "Range out of order in character class")
		}
	}
	return set{{lo, hi}}, false, nil
}

// alternatives reads \q{a|b}. Only strings of one code point are a set.
func (e *expander) alternatives() (set, error) {
	start := e.at
	e.at += len(`\q{`)
	var found set
	for {
		count := 0
		for e.at < len(e.source) && e.source[e.at] != '|' && e.source[e.at] != '}' {
			c, err := e.setCharacter()
			if err != nil {
				return nil, err
			}
			count++
			found = union(found, set{{c, c}})
		}
		if e.at == len(e.source) {
			return nil, e.invalid(start, "Invalid escape")
		}
		if count != 1 {
			return nil, e.unsupported(start, `a string of other than one character in \q{…}`)
		}
		e.at++
		if e.source[e.at-1] == '}' {
			return found, nil
		}
	}
}

// setCharacter reads one character of a class of the v flag, escaped or not.
func (e *expander) setCharacter() (rune, error) {
	rest := e.source[e.at:]
	c, size := utf8.DecodeRuneInString(rest)
	switch {
	case rest == "":
		return 0, e.invalid(e.at, "Unterminated character class")
	case c == '\\':
		return e.characterEscape()
	case strings.ContainsRune(classReserved, c):
		return 0, e.invalid(e.at, "Invalid character in character class")
	case c < utf8.RuneSelf && len(rest) > 1 && rest[1] == rest[0] && strings.ContainsRune(doublePunctuators, c):
		return 0, e.invalid(e.at, "Invalid set operation in character class")
	}
	e.at += size
	return c, nil
}

func (e *expander) characterEscape() (rune, error) {
	start := e.at
	rest := e.source[e.at+1:]
	if rest == "" {
		return 0, e.invalid(start, `\ at end of pattern`)
	}
	e.at += 2
	switch c := rest[0]; {
	case strings.IndexByte("fnrtvb0", c) >= 0:
		return rune("\f\n\r\t\v\b\x00"[strings.IndexByte("fnrtvb0", c)]), nil
	case c == 'x':
		return e.hex(start, 2)
	case c == 'c' && len(rest) > 1 && (rest[1]|0x20) >= 'a' && (rest[1]|0x20) <= 'z':
		e.at++
		return rune(rest[1] % 32), nil
	case c == 'u' && strings.HasPrefix(rest, "u{"):
		digits, _, _ := strings.Cut(rest[2:], "}")
		value, err := strconv.ParseUint(digits, 16, 32)
		if err != nil || value > utf8.MaxRune {
			return 0, e.invalid(start, "Invalid Unicode escape")
		}
		e.at += len("{}") + len(digits)
		return rune(value), nil
	case c == 'u':
		return e.unit(start)
	case strings.IndexByte(syntaxCharacters, c) >= 0 || strings.IndexByte(classPunctuators, c) >= 0:
		return rune(c), nil
	}
	return 0, e.invalid(start, "Invalid escape")
}

// unit reads the digits of \uXXXX, and of a second one that completes a surrogate pair.
func (e *expander) unit(start int) (rune, error) {
	c, err := e.hex(start, 4)
	if err != nil || c < 0xd800 || c > 0xdbff || !strings.HasPrefix(e.source[e.at:], `\u`) {
		return c, err
	}
	after := e.at
	e.at += len(`\u`)
	if low, err := e.hex(start, 4); err == nil && low >= 0xdc00 && low <= 0xdfff {
		return 0x10000 + (c-0xd800)<<10 + (low - 0xdc00), nil
	}
	e.at = after
	return c, nil
}

func (e *expander) hex(start, size int) (rune, error) {
	rest := e.source[e.at:]
	if len(rest) < size {
		return 0, e.invalid(start, "Invalid escape")
	}
	value, err := strconv.ParseUint(rest[:size], 16, 32)
	if err != nil {
		return 0, e.invalid(start, "Invalid escape")
	}
	e.at += size
	return rune(value), nil
}
