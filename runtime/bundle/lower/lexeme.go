package lower

import (
	"bytes"
	"unicode/utf8"
)

type lexemeKind uint8

const (
	endOfFile lexemeKind = iota
	nameToken            // identifiers, keywords and private names
	numberToken
	stringToken
	templateToken // one piece of a template literal, with the braces that border it
	regexToken
	punctuator // one character, but => ++ -- and ?. are whole
)

type lexeme struct {
	kind       lexemeKind
	start, end int
	newline    bool // a line ends between the token before and this one
}

// bracket is an opening bracket that waits for its other half.
type bracket struct {
	open       byte // ( [ { or ` for the substitution of a template
	control    bool // the ( of if, while, for or with: a regular expression may follow the other half
	expression bool // the { of an object literal: a division may follow the other half
}

// tokenizer splits JavaScript into tokens. It's a scanner, no parser: whether a slash divides or opens a regular expression
// is settled by what came before, which is right for all that esbuild prints and nearly all that people write. It never
// fails: what is no JavaScript comes out as some tokens or other.
type tokenizer struct {
	src      []byte
	at       int
	prev     lexeme
	property bool      // prev is a name after a dot
	closed   bracket   // what prev closed, if it is a closing bracket
	open     []bracket // waiting
}

func (t *tokenizer) text(k lexeme) string { return string(t.src[k.start:k.end]) }

// is reports whether the token is the given name or punctuator.
func (t *tokenizer) is(k lexeme, text string) bool {
	return (k.kind == nameToken || k.kind == punctuator) && string(t.src[k.start:k.end]) == text
}

// next reads a lexeme.
func (t *tokenizer) next() lexeme {
	newline := t.skipSpace()
	k := lexeme{start: t.at, newline: newline}
	afterDot := t.prev.kind == punctuator && (t.is(t.prev, ".") || t.is(t.prev, "?."))
	var closed bracket
	if t.at < len(t.src) {
		k.kind, closed = t.scan()
	}
	k.end = t.at
	t.prev, t.property, t.closed = k, afterDot && k.kind == nameToken, closed
	return k
}

func (t *tokenizer) scan() (kind lexemeKind, closed bracket) {
	c := t.src[t.at]
	switch {
	case isNameByte(c) && (c < '0' || c > '9'):
		t.skipName()
		return nameToken, closed
	case c >= '0' && c <= '9', c == '.' && t.peek(1) >= '0' && t.peek(1) <= '9':
		t.skipNumber()
		return numberToken, closed
	case c == '"' || c == '\'':
		t.skipString(c)
		return stringToken, closed
	case c == '`':
		t.at++
		t.skipTemplate()
		return templateToken, closed
	case c == '/' && t.regexAllowed() && t.skipRegex():
		return regexToken, closed
	}
	return t.scanPunctuator(c)
}

func (t *tokenizer) scanPunctuator(c byte) (kind lexemeKind, closed bracket) {
	size := 1
	switch c {
	case '(':
		control := t.prev.kind == nameToken && !t.property && controlKeywords[t.text(t.prev)]
		t.open = append(t.open, bracket{open: c, control: control})
	case '[':
		t.open = append(t.open, bracket{open: c})
	case '{':
		t.open = append(t.open, bracket{open: c, expression: t.braceIsExpression()})
	case ')', ']', '}':
		if n := len(t.open); n > 0 {
			closed = t.open[n-1]
			t.open = t.open[:n-1]
		}
		if c == '}' && closed.open == '`' {
			t.at++
			t.skipTemplate()
			return templateToken, closed
		}
	case '=', '+', '-', '?':
		switch next := t.peek(1); {
		case c == '=' && next == '>', c == '+' && next == '+', c == '-' && next == '-', c == '?' && next == '.':
			size = 2
		}
	}
	t.at += size
	return punctuator, closed
}

func (t *tokenizer) peek(n int) byte {
	if t.at+n < len(t.src) {
		return t.src[t.at+n]
	}
	return 0
}

var (
	controlKeywords = map[string]bool{"if": true, "while": true, "for": true, "with": true}

	// operand keywords are followed by an expression.
	operandKeywords = map[string]bool{
		"await": true, "case": true, "delete": true, "do": true, "else": true, "extends": true, "in": true, "instanceof": true,
		"new": true, "of": true, "return": true, "throw": true, "typeof": true, "void": true, "yield": true,
	}
)

// regexAllowed reports whether a slash here opens a regular expression.
func (t *tokenizer) regexAllowed() bool {
	switch t.prev.kind {
	case endOfFile:
		return true
	case nameToken:
		return !t.property && operandKeywords[t.text(t.prev)]
	case punctuator:
		switch t.src[t.prev.start] {
		case ')':
			return t.closed.control
		case '}':
			return !t.closed.expression
		case ']':
			return false
		case '+', '-':
			return t.prev.end-t.prev.start == 1
		}
		return true
	case templateToken:
		// A piece that ends at a substitution is followed by an expression.
		return t.src[t.prev.end-1] == '{'
	}
	return false
}

// braceIsExpression reports whether a brace here opens an object literal, not a block.
func (t *tokenizer) braceIsExpression() bool {
	switch t.prev.kind {
	case nameToken:
		word := t.text(t.prev)
		return !t.property && operandKeywords[word] && word != "do" && word != "else" && word != "extends"
	case punctuator:
		switch t.src[t.prev.start] {
		case ')', ']', ';', '{', '}':
			return false
		case '=':
			return t.prev.end-t.prev.start == 1 // not =>
		case ':':
			// A label or case in a block, a property or a conditional elsewhere.
			n := len(t.open)
			return n > 0 && (t.open[n-1].open != '{' || t.open[n-1].expression)
		}
		return true
	case templateToken:
		return t.src[t.prev.end-1] == '{'
	}
	return false
}

// skipSpace skips white space and comments, and reports whether a line ended in them.
func (t *tokenizer) skipSpace() (newline bool) {
	for t.at < len(t.src) {
		switch c := t.src[t.at]; {
		case c == '\n' || c == '\r':
			newline = true
			t.at++
		case c == ' ' || c == '\t' || c == '\v' || c == '\f':
			t.at++
		case c == '/' && t.peek(1) == '/', c == '#' && t.peek(1) == '!' && t.at == 0:
			t.skipLine()
		case c == '/' && t.peek(1) == '*':
			end := bytes.Index(t.src[t.at+2:], []byte("*/"))
			if end < 0 {
				t.at = len(t.src)
				return newline
			}
			newline = newline || bytes.ContainsAny(t.src[t.at:t.at+end+4], "\n\r\u2028\u2029")
			t.at += end + 4
		case c >= utf8.RuneSelf && t.wideSpace() > 0:
			size := t.wideSpace()
			newline = newline || t.src[t.at] == 0xe2 && t.src[t.at+1] == 0x80 && (t.src[t.at+2] == 0xa8 || t.src[t.at+2] == 0xa9)
			t.at += size
		default:
			return newline
		}
	}
	return newline
}

func (t *tokenizer) wideSpace() int {
	switch r, size := utf8.DecodeRune(t.src[t.at:]); {
	case r == 0xa0, r == 0xfeff, r == 0x1680, r >= 0x2000 && r <= 0x200a, r == 0x2028, r == 0x2029, r == 0x202f, r == 0x205f, r == 0x3000:
		return size
	}
	return 0
}

func (t *tokenizer) skipLine() {
	for t.at < len(t.src) && t.src[t.at] != '\n' && t.src[t.at] != '\r' {
		t.at++
	}
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c == '#' || c == '@' ||
		c == '\\' || c >= utf8.RuneSelf
}

func (t *tokenizer) skipName() {
	for t.at < len(t.src) && isNameByte(t.src[t.at]) {
		if t.src[t.at] >= utf8.RuneSelf && t.wideSpace() > 0 {
			return
		}
		if t.src[t.at] == '\\' && t.peek(1) == 'u' && t.peek(2) == '{' {
			if end := bytes.IndexByte(t.src[t.at:], '}'); end >= 0 {
				t.at += end
			}
		}
		t.at++
	}
}

func (t *tokenizer) skipNumber() {
	for t.at < len(t.src) && (isNameByte(t.src[t.at]) || t.src[t.at] == '.') {
		exponent := t.src[t.at]|0x20 == 'e' && (t.peek(1) == '-' || t.peek(1) == '+')
		t.at++
		if exponent {
			t.at++
		}
	}
}

// skipString stops after the closing quote, or at the end of the line if there is none.
func (t *tokenizer) skipString(quote byte) {
	for t.at++; t.at < len(t.src); t.at++ {
		switch t.src[t.at] {
		case quote:
			t.at++
			return
		case '\\':
			if t.peek(1) == '\r' && t.peek(2) == '\n' {
				t.at++
			}
			t.at++
		case '\n', '\r':
			return
		}
	}
	t.at = len(t.src)
}

// skipTemplate stops after the closing backtick or after the brace of a substitution, which it notes as open.
func (t *tokenizer) skipTemplate() {
	for ; t.at < len(t.src); t.at++ {
		switch t.src[t.at] {
		case '`':
			t.at++
			return
		case '\\':
			t.at++
		case '$':
			if t.peek(1) == '{' {
				t.at += 2
				t.open = append(t.open, bracket{open: '`'})
				return
			}
		}
	}
	t.at = len(t.src)
}

// skipRegex skips a regular expression literal, or nothing if the line ends before it does.
func (t *tokenizer) skipRegex() bool {
	class := false
	for i := t.at + 1; i < len(t.src); i++ {
		switch t.src[i] {
		case '\\':
			i++
		case '[':
			class = true
		case ']':
			class = false
		case '\n', '\r':
			return false
		case '/':
			if !class {
				t.at = i + 1
				t.skipName()
				return true
			}
		}
	}
	return false
}
