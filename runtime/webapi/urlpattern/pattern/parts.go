package pattern

import (
	"strconv"
	"strings"
)

type partKind uint8

const (
	fixedText partKind = iota
	regexpPart
	segmentWildcard
	fullWildcard
)

const anything = ".*" // the full wildcard's regular expression

// part is https://urlpattern.spec.whatwg.org/#part. A modifier is "", "?", "*" or "+".
type part struct {
	kind                                  partKind
	value, modifier, name, prefix, suffix string
}

// syntax is https://urlpattern.spec.whatwg.org/#options-header: what ends a segment, and what may come before a group as its own.
type syntax struct {
	delimiter, prefix string
	ignoreCase        bool
}

func (s syntax) segment() string { return "[^" + escape(s.delimiter, regexpSpecial) + "]+?" }

// encoder canonicalises the fixed text of a component.
type encoder func(string) (string, error)

// parser is https://urlpattern.spec.whatwg.org/#pattern-parser.
type parser struct {
	tokens  []token
	encode  encoder
	syntax  syntax
	parts   []part
	pending string // fixed text that no part has yet
	numeric int    // the next group without a name
}

// parseParts is https://urlpattern.spec.whatwg.org/#parse-a-pattern-string.
func parseParts(input string, s syntax, encode encoder) ([]part, error) {
	tokens, err := tokenize(input, false)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, encode: encode, syntax: s}
	for p.tokens[0].kind != end {
		if err := p.parse(); err != nil {
			return nil, err
		}
	}
	return p.parts, p.flush()
}

func (p *parser) take(k kind) *token {
	if p.tokens[0].kind != k {
		return nil
	}
	t := &p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

// takeGroup takes a regular expression, or an asterisk where there is no name that it would be a modifier of.
func (p *parser) takeGroup(named *token) *token {
	t := p.take(group)
	if t == nil && named == nil {
		t = p.take(asterisk)
	}
	return t
}

func (p *parser) takeModifier() string {
	t := p.take(otherModifier)
	if t == nil {
		t = p.take(asterisk)
	}
	if t == nil {
		return ""
	}
	return t.value
}

func (p *parser) takeText() string {
	var b strings.Builder
	for {
		t := p.take(char)
		if t == nil {
			t = p.take(escapedChar)
		}
		if t == nil {
			return b.String()
		}
		b.WriteString(t.value)
	}
}

func (p *parser) parse() error {
	c := p.take(char)
	named := p.take(name)
	g := p.takeGroup(named)
	if named != nil || g != nil {
		prefix := ""
		if c != nil {
			prefix = c.value
		}
		if prefix != p.syntax.prefix {
			p.pending += prefix
			prefix = ""
		}
		if err := p.flush(); err != nil {
			return err
		}
		return p.add(prefix, named, g, "", p.takeModifier())
	}
	if c == nil {
		c = p.take(escapedChar)
	}
	if c != nil {
		p.pending += c.value
		return nil
	}
	if p.take(open) == nil {
		return fault("unexpected " + strconv.Quote(p.tokens[0].value))
	}
	prefix := p.takeText()
	named = p.take(name)
	g = p.takeGroup(named)
	suffix := p.takeText()
	if p.take(closing) == nil {
		return fault("a brace is not closed, or holds more than one group")
	}
	return p.add(prefix, named, g, suffix, p.takeModifier())
}

// flush makes a part of the pending fixed text.
func (p *parser) flush() error {
	if p.pending == "" {
		return nil
	}
	value, err := p.encode(p.pending)
	p.pending = ""
	p.parts = append(p.parts, part{kind: fixedText, value: value})
	return err
}

// add is https://urlpattern.spec.whatwg.org/#add-a-part.
func (p *parser) add(prefix string, named, g *token, suffix, modifier string) error {
	if named == nil && g == nil && modifier == "" {
		p.pending += prefix
		return nil
	}
	if err := p.flush(); err != nil {
		return err
	}
	if named == nil && g == nil {
		if prefix == "" {
			return nil
		}
		value, err := p.encode(prefix)
		p.parts = append(p.parts, part{kind: fixedText, value: value, modifier: modifier})
		return err
	}
	made := part{kind: regexpPart, modifier: modifier}
	switch {
	case g == nil, g.value == p.syntax.segment():
		made.kind = segmentWildcard
	case g.kind == asterisk, g.value == anything:
		made.kind = fullWildcard
	default:
		made.value = g.value
	}
	if named != nil {
		made.name = named.value
	} else {
		made.name = strconv.Itoa(p.numeric)
		p.numeric++
	}
	for _, other := range p.parts {
		if other.name == made.name {
			return fault("two groups are called " + strconv.Quote(made.name))
		}
	}
	var err error
	if made.prefix, err = p.encode(prefix); err != nil {
		return err
	}
	if made.suffix, err = p.encode(suffix); err != nil {
		return err
	}
	p.parts = append(p.parts, made)
	return nil
}
