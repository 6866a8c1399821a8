package builtins

import (
	"fmt"
	"unicode/utf8"
)

// fail throws a SyntaxError with the place added, as V8 words it.
func (p *jsonParser) fail(message string) {
	if p.at >= len(p.text) && message == "Unexpected number in JSON" {
		message = "Unexpected end of JSON input"
	}
	line, column := 1, 1
	position := 0
	for i, r := range p.text[:min(p.at, len(p.text))] {
		width := 1
		if r >= 0x10000 {
			width = 2
		}
		position += width
		if r == '\n' || r == '\r' && (i+1 >= len(p.text) || p.text[i+1] != '\n') {
			line, column = line+1, 1
		} else {
			column += width
		}
	}
	p.throw(fmt.Sprintf("%s at position %d (line %d column %d)", message, position, line, column))
}

func (p *jsonParser) throw(message string) {
	panic(newError(p.rt, "SyntaxError", message))
}

// jsonContext is how many characters of text a message shows on each side of a wrong one.
const jsonContext = 10

// unexpected throws for a character that can't begin or continue what is here.
func (p *jsonParser) unexpected() {
	if p.at >= len(p.text) {
		p.throw("Unexpected end of JSON input")
	}
	switch c := p.text[p.at]; {
	case c == '"':
		p.fail("Unexpected string in JSON")
	case c >= '0' && c <= '9' || c == '-':
		p.fail("Unexpected number in JSON")
	}
	switch p.text {
	case "undefined", "NaN", "Infinity", "[object Object]":
		p.throw(fmt.Sprintf("%q is not valid JSON", p.text))
	}
	token, _ := utf8.DecodeRuneInString(p.text[p.at:])
	from, to := p.at, p.at
	for range jsonContext {
		_, size := utf8.DecodeLastRuneInString(p.text[:from])
		from -= size
	}
	for range jsonContext {
		_, size := utf8.DecodeRuneInString(p.text[to:])
		to += size
	}
	before, after := "...", "..."
	if from == 0 {
		before = ""
	}
	if to == len(p.text) {
		after = ""
	}
	if len(p.text) <= 2*jsonContext {
		from, to, before, after = 0, len(p.text), "", ""
	}
	p.throw(fmt.Sprintf(`Unexpected token '%c', %s"%s"%s is not valid JSON`, token, before, p.text[from:to], after))
}
