package regex

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrUnsupported is wrapped by errors about patterns that are valid ECMAScript but that goja can't be made to match.
var ErrUnsupported = errors.New("not supported by this runtime")

// Error is a fault at a byte offset of the pattern. A fault that doesn't wrap ErrUnsupported is one that V8 reports too, as
// a SyntaxError.
type Error struct {
	Offset int
	Text   string
	err    error
}

func (e *Error) Error() string { return e.Text }

func (e *Error) Unwrap() error { return e.err }

// Needed reports whether ExpandPattern could change or refuse the pattern. It's cheap and may be wrong only in saying yes.
func Needed(source, flags string) bool {
	return strings.ContainsAny(flags, "dv") || strings.Contains(source, "(?") || strings.Contains(flags, "u") &&
		(strings.Contains(source, `\p`) || strings.Contains(source, `\P`) || strings.Contains(source, "[]") ||
			strings.Contains(source, "[^]"))
}

// EngineFlags gives the flags to hand to goja with an expanded pattern: a v becomes a u.
func EngineFlags(flags string) string { return strings.Replace(flags, "v", "u", 1) }

// ExpandPattern gives the pattern to hand to goja (with EngineFlags of the same flags) instead of source. Both are UTF-8 as
// between the slashes of a literal. A pattern that needs no change comes back as it is. Errors are *Error: "Invalid property
// name" and its like as V8 has them, or a refusal that wraps ErrUnsupported. Faults that have nothing to do with the
// rewriting (an unmatched bracket) are left for the engine to report.
//
// https://tc39.es/ecma262/#sec-compiletocharset
func ExpandPattern(source, flags string) (string, error) {
	if !Needed(source, flags) {
		return source, nil
	}
	e := expander{
		source: source, flags: flags, ignoreCase: strings.Contains(flags, "i"),
		sets: strings.Contains(flags, "v"), unicode: strings.ContainsAny(flags, "uv"),
	}
	if strings.Contains(flags, "d") {
		return "", e.unsupported(0, "the flag d (match indices)")
	}
	if e.sets && strings.Contains(flags, "u") {
		return "", e.invalid(0, "Invalid flags")
	}
	e.out.Grow(len(source))
	if err := e.pattern(); err != nil {
		return "", err
	}
	return e.out.String(), nil
}

type expander struct {
	source, flags string
	at            int
	out           strings.Builder

	ignoreCase, unicode bool
	sets                bool // the v flag
	ranged              bool // the operand that setOperand read last was a range
}

func (e *expander) invalid(offset int, text string) error {
	return &Error{Offset: offset, Text: fmt.Sprintf("Invalid regular expression: /%s/%s: %s", e.source, e.flags, text)}
}

func (e *expander) unsupported(offset int, what string) error {
	return &Error{
		Offset: offset, err: ErrUnsupported,
		Text: fmt.Sprintf("regular expression /%s/%s: %s is %v", e.source, e.flags, what, ErrUnsupported),
	}
}

func (e *expander) pattern() error {
	for e.at < len(e.source) {
		switch e.source[e.at] {
		case '\\':
			if !e.isProperty() {
				e.copyEscape()
				continue
			}
			found, negated, err := e.property()
			if err != nil {
				return err
			}
			if negated && e.ignoreCase && !e.sets {
				// With u and i the complement is taken before case is folded, so that /\P{Lu}/iu matches "A".
				found, negated = complement(found), false
			}
			found.class(&e.out, negated)
		case '[':
			if err := e.class(); err != nil {
				return err
			}
		case '(':
			if err := e.group(); err != nil {
				return err
			}
		default:
			e.out.WriteByte(e.source[e.at])
			e.at++
		}
	}
	return nil
}

func (e *expander) class() error {
	switch {
	case e.sets:
		return e.setClass()
	case e.unicode:
		return e.unicodeClass()
	default:
		e.skipClass()
		return nil
	}
}

// isProperty reports whether the escape here is \p or \P with its meaning in Unicode mode.
func (e *expander) isProperty() bool {
	return e.unicode && e.at+1 < len(e.source) && e.source[e.at] == '\\' && (e.source[e.at+1] == 'p' || e.source[e.at+1] == 'P')
}

// copyEscape copies a backslash and the character after it.
func (e *expander) copyEscape() {
	_, size := utf8.DecodeRuneInString(e.source[e.at+1:])
	e.out.WriteString(e.source[e.at : e.at+1+size])
	e.at += 1 + size
}

// group copies an opening parenthesis, and refuses modifiers such as (?i:…) and (?-s:…).
func (e *expander) group() error {
	rest := e.source[e.at+1:]
	if strings.HasPrefix(rest, "?") && len(rest) > 1 && strings.IndexByte("ims-", rest[1]) >= 0 {
		return e.unsupported(e.at, "the modifier ("+rest[:min(len(rest), 1+strings.IndexByte(rest+":", ':'))]+"…)")
	}
	e.out.WriteByte('(')
	e.at++
	return nil
}

// property reads \p{…} or \P{…}.
func (e *expander) property() (found set, negated bool, err error) {
	start := e.at
	negated = e.source[start+1] == 'P'
	name, _, closed := strings.Cut(e.source[start+2:], "}")
	if !closed || !strings.HasPrefix(name, "{") {
		return nil, false, e.invalid(start, "Invalid property name")
	}
	found, ok := property(name[1:])
	if !ok {
		if e.sets && !negated && ofStrings[name[1:]] {
			return nil, false, e.unsupported(start, `\p{`+name[1:]+"}, a property of strings,")
		}
		return nil, false, e.invalid(start, "Invalid property name")
	}
	e.at = start + 2 + len(name) + 1
	return found, negated, nil
}

// skipClass copies a class without looking into it.
func (e *expander) skipClass() {
	for e.at < len(e.source) {
		switch c := e.source[e.at]; c {
		case '\\':
			e.copyEscape()
		default:
			e.out.WriteByte(c)
			e.at++
			if c == ']' {
				return
			}
		}
	}
}

// unicodeClass copies a class of the u flag with its property escapes expanded in place.
func (e *expander) unicodeClass() error {
	rest := e.source[e.at:]
	if strings.HasPrefix(rest, "[]") || strings.HasPrefix(rest, "[^]") {
		set(nil).class(&e.out, rest[1] == '^')
		e.at += strings.IndexByte(rest, ']') + 1
		return nil
	}
	e.out.WriteByte('[')
	e.at++
	if strings.HasPrefix(rest, "[^") {
		e.out.WriteByte('^')
		e.at++
	}
	for e.at < len(e.source) {
		if e.source[e.at] == ']' {
			e.out.WriteByte(']')
			e.at++
			return nil
		}
		isProperty := e.isProperty()
		if err := e.classAtom(); err != nil {
			return err
		}
		if rest := e.source[e.at:]; len(rest) < 2 || rest[0] != '-' || rest[1] == ']' {
			continue
		}
		e.out.WriteByte('-')
		e.at++
		if isProperty || e.isProperty() {
			return e.invalid(e.at, "Invalid character class")
		}
		if err := e.classAtom(); err != nil {
			return err
		}
	}
	return nil
}

// classAtom copies one atom of a class of the u flag, or expands it when it's a property.
func (e *expander) classAtom() error {
	switch {
	case e.isProperty():
		found, negated, err := e.property()
		if negated {
			found = complement(found)
		}
		found.ranges(&e.out)
		return err
	case e.source[e.at] == '\\':
		e.copyEscape()
	default:
		_, size := utf8.DecodeRuneInString(e.source[e.at:])
		e.out.WriteString(e.source[e.at : e.at+size])
		e.at += size
	}
	return nil
}
