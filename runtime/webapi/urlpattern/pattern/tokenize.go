package pattern

import (
	"unicode"
	"unicode/utf8"
)

// kind is https://urlpattern.spec.whatwg.org/#token-type.
type kind uint8

const (
	open kind = iota
	closing
	group // a regular expression
	name
	char
	escapedChar
	otherModifier
	asterisk
	end
	invalidChar
)

// token is https://urlpattern.spec.whatwg.org/#token. Index is in code points.
type token struct {
	kind  kind
	index int
	value string
}

// tokenizer is https://urlpattern.spec.whatwg.org/#tokenizer.
type tokenizer struct {
	input   []rune
	lenient bool
	tokens  []token
	index   int
}

// tokenize is https://urlpattern.spec.whatwg.org/#tokenize. Lenient makes a token of what is wrong.
func tokenize(input string, lenient bool) ([]token, error) {
	t := &tokenizer{input: []rune(input), lenient: lenient}
	for t.index < len(t.input) {
		if err := t.next(); err != nil {
			return nil, err
		}
	}
	t.add(end, t.index, t.index, t.index)
	return t.tokens, nil
}

// add makes a token of the code points from start to stop, and goes on at next.
func (t *tokenizer) add(k kind, start, stop, next int) {
	t.tokens = append(t.tokens, token{k, t.index, string(t.input[start:stop])})
	t.index = next
}

// wrong is https://urlpattern.spec.whatwg.org/#process-a-tokenizing-error: the token is what lies before next.
func (t *tokenizer) wrong(next int, text string) error {
	if !t.lenient {
		return fault(text)
	}
	t.add(invalidChar, t.index, next, next)
	return nil
}

func (t *tokenizer) next() error {
	i := t.index
	single := func(k kind) error {
		t.add(k, i, i+1, i+1)
		return nil
	}
	switch t.input[i] {
	case '*':
		return single(asterisk)
	case '+', '?':
		return single(otherModifier)
	case '{':
		return single(open)
	case '}':
		return single(closing)
	case '\\':
		if i+1 == len(t.input) {
			return t.wrong(i+1, "a backslash at the end escapes nothing")
		}
		t.add(escapedChar, i+1, i+2, i+2)
		return nil
	case ':':
		stop := i + 1
		for stop < len(t.input) && isName(t.input[stop], stop == i+1) {
			stop++
		}
		if stop == i+1 {
			return t.wrong(i+1, "a colon must be escaped or begin a name")
		}
		t.add(name, i+1, stop, stop)
		return nil
	case '(':
		return t.regexp()
	}
	return single(char)
}

func (t *tokenizer) regexp() error {
	start, depth := t.index+1, 1
	i := start
	for ; i < len(t.input) && depth > 0; i++ {
		switch c := t.input[i]; {
		case c >= utf8.RuneSelf:
			return t.wrong(start, "a regular expression must be ASCII")
		case c == '?' && i == start:
			return t.wrong(start, "a group can't begin with a question mark")
		case c == '\\':
			i++
			if i == len(t.input) || t.input[i] >= utf8.RuneSelf {
				return t.wrong(start, "a backslash must escape an ASCII character")
			}
		case c == ')':
			depth--
		case c == '(':
			depth++
			if i+1 == len(t.input) || t.input[i+1] != '?' {
				return t.wrong(start, "a group within a group can't capture")
			}
		}
	}
	switch {
	case depth > 0:
		return t.wrong(start, "a parenthesis is not closed")
	case i == start+1:
		return t.wrong(start, "a group is empty")
	}
	t.add(group, start, i-1, i)
	return nil
}

// isName is https://urlpattern.spec.whatwg.org/#is-a-valid-name-code-point: what an identifier of ECMAScript has.
func isName(c rune, first bool) bool {
	if c == '$' || c == '_' || unicode.IsLetter(c) || unicode.Is(unicode.Nl, c) || unicode.Is(unicode.Other_ID_Start, c) {
		return !unicode.Is(unicode.Pattern_Syntax, c) || c == '$' || c == '_'
	}
	if first {
		return false
	}
	return c == '\u200C' || c == '\u200D' || unicode.In(c, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)
}
