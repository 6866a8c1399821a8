package pattern

import (
	"strconv"
	"strings"

	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
)

// Pattern is https://urlpattern.spec.whatwg.org/#url-pattern-struct. It may be used where its engine's regular expressions may.
type Pattern struct{ components [components]*component }

// component is https://urlpattern.spec.whatwg.org/#component.
type component struct {
	parts  []part
	text   string
	names  []string
	regexp Regexp // nil where comparing is enough
}

// compile is https://urlpattern.spec.whatwg.org/#compile-a-component.
func compile(input string, encode encoder, s syntax, engine Engine) (*component, error) {
	parts, err := parseParts(input, s, encode)
	if err != nil {
		return nil, err
	}
	c := &component{parts: parts, text: textOf(parts, s)}
	source, names := regexpOf(parts, s)
	c.names = names
	if c.isPlain(s) {
		return c, nil
	}
	for _, part := range parts {
		if part.kind == regexpPart && !hasKnownEscapes(part.value) {
			return nil, fault("(" + part.value + ") escapes a letter that means nothing")
		}
	}
	if c.regexp, err = engine(source, s.ignoreCase); err != nil {
		return nil, fault("the regular expression of " + c.text + " is not valid")
	}
	return c, nil
}

// hasKnownEscapes reports whether every letter behind a backslash means something, which ECMAScript demands and some engines don't.
func hasKnownEscapes(source string) bool {
	for i := 0; i+1 < len(source); i++ {
		if source[i] != '\\' {
			continue
		}
		i++
		if c := source[i]; ('a' <= c|0x20 && c|0x20 <= 'z') && !strings.ContainsRune("dDsSwWbBfnrtvcxukpP", rune(c)) {
			return false
		}
	}
	return true
}

// isPlain reports whether the component is nothing, one fixed text, or one wildcard for all: most are.
func (c *component) isPlain(s syntax) bool {
	switch {
	case len(c.parts) == 0:
		return true
	case len(c.parts) > 1:
		return false
	}
	p := c.parts[0]
	return p.kind == fixedText && p.modifier == "" && !s.ignoreCase || p.isAll()
}

// isAll reports whether the part matches whatever a URL can have there; a canonical component has no line breaks.
func (p *part) isAll() bool {
	return p.kind == fullWildcard && p.modifier == "" && p.prefix == "" && p.suffix == ""
}

func (c *component) exec(input string) (groups []*string, ok bool) {
	switch {
	case c.regexp != nil:
		return c.regexp.Exec(input)
	case len(c.parts) == 0:
		return nil, input == ""
	case c.parts[0].kind == fixedText:
		return nil, input == c.parts[0].value
	}
	return []*string{&input, &input}, true
}

func (c *component) matchesSpecial() bool {
	for _, scheme := range specialSchemes {
		if _, ok := c.exec(scheme); ok {
			return true
		}
	}
	return false
}

// Parse makes a pattern of a constructor string; baseURL may be nil (https://urlpattern.spec.whatwg.org/#url-pattern-create).
func Parse(input string, baseURL *string, o Options, engine Engine) (*Pattern, error) {
	init, err := parseConstructorString(input, engine)
	if err != nil {
		return nil, err
	}
	if baseURL == nil && init.Values[Protocol] == nil {
		return nil, fault("a relative pattern needs a base URL")
	}
	init.BaseURL = baseURL
	return New(init, o, engine)
}

// New makes a pattern of its components (https://urlpattern.spec.whatwg.org/#url-pattern-create).
func New(init Init, o Options, engine Engine) (*Pattern, error) {
	processed, err := init.process(true, [components]*string{})
	if err != nil {
		return nil, err
	}
	var texts [components]string
	for _, c := range Components {
		texts[c] = "*"
		if v := processed.Values[c]; v != nil {
			texts[c] = *v
		}
	}
	if isSpecial(texts[Protocol]) {
		if port, ok := dummy(texts[Protocol] + "://x/").EffectivePort(); ok && texts[Port] == strconv.Itoa(int(port)) {
			texts[Port] = ""
		}
	}
	p := &Pattern{}
	for _, c := range Components {
		encode, s := p.rules(c, texts[c], o)
		if p.components[c], err = compile(texts[c], encode, s, engine); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// rules are how a component's pattern is written and its text encoded. The protocol is compiled by the time that it matters.
func (p *Pattern) rules(c Component, text string, o Options) (encoder, syntax) {
	switch c {
	case Hostname:
		if isIPv6(text) {
			return canonicalIPv6, syntax{delimiter: "."}
		}
		return canonicalHostname, syntax{delimiter: "."}
	case Port:
		return func(value string) (string, error) { return canonicalPort(value, "") }, syntax{}
	case Pathname:
		if p.components[Protocol].matchesSpecial() {
			return canonicalPathname, syntax{delimiter: "/", prefix: "/", ignoreCase: o.IgnoreCase}
		}
		return canonicalOpaque, syntax{ignoreCase: o.IgnoreCase}
	case Search, Hash:
		return func(value string) (string, error) { return canonicalise(c, value, "") }, syntax{ignoreCase: o.IgnoreCase}
	}
	return func(value string) (string, error) { return canonicalise(c, value, "") }, syntax{}
}

// isIPv6 is https://urlpattern.spec.whatwg.org/#hostname-pattern-is-an-ipv6-address.
func isIPv6(text string) bool {
	return len(text) >= 2 && (text[0] == '[' || strings.HasPrefix(text, "{[") || strings.HasPrefix(text, `\[`))
}

// Text is the pattern of one component, as script reads it.
func (p *Pattern) Text(c Component) string { return p.components[c].text }

// HasRegExpGroups reports whether the pattern has a regular expression of its user's (https://urlpattern.spec.whatwg.org/#url-pattern-has-regexp-groups).
func (p *Pattern) HasRegExpGroups() bool {
	for _, c := range p.components {
		for _, part := range c.parts {
			if part.kind == regexpPart {
				return true
			}
		}
	}
	return false
}

// Group is one group of a match; nil stands for undefined.
type Group struct {
	Name  string
	Value *string
}

// Match is what matched: the components of the URL, and the groups in each (https://urlpattern.spec.whatwg.org/#dictdef-urlpatternresult).
type Match struct {
	Inputs [components]string
	Groups [components][]Group
}

// Match matches a URL; baseURL may be nil (https://urlpattern.spec.whatwg.org/#url-pattern-match). What is no URL matches nothing.
func (p *Pattern) Match(input string, baseURL *string) (*Match, bool) {
	var base *whatwgurl.URL
	if baseURL != nil {
		var err error
		if base, err = whatwgurl.Parse(*baseURL, nil); err != nil {
			return nil, false
		}
	}
	u, err := whatwgurl.Parse(input, base)
	if err != nil {
		return nil, false
	}
	query, _ := u.Query()
	return p.match([components]string{
		u.Scheme(), u.Username(), u.Password(), u.Hostname(), u.Port(), u.Pathname(), query, strings.TrimPrefix(u.Hash(), "#"),
	})
}

// MatchInit matches components, of which those that don't exist are empty. What can't be in a URL matches nothing.
func (p *Pattern) MatchInit(init Init) (*Match, bool) {
	var values [components]*string
	for _, c := range Components {
		values[c] = new(string)
	}
	processed, err := init.process(false, values)
	if err != nil {
		return nil, false
	}
	var inputs [components]string
	for _, c := range Components {
		inputs[c] = *processed.Values[c]
	}
	return p.match(inputs)
}

func (p *Pattern) match(inputs [components]string) (*Match, bool) {
	m := &Match{Inputs: inputs}
	for _, c := range Components {
		found, ok := p.components[c].exec(inputs[c])
		if !ok {
			return nil, false
		}
		m.Groups[c] = p.components[c].groups(found)
	}
	return m, true
}

// groups names what was found. A group that may be left out is never empty in ECMAScript, but undefined, which engines get wrong.
func (c *component) groups(found []*string) []Group {
	if len(c.names) == 0 {
		return nil
	}
	groups := make([]Group, 0, len(c.names))
	for _, part := range c.parts {
		if part.kind == fixedText {
			continue
		}
		group := Group{Name: part.name}
		if i := len(groups) + 1; i < len(found) {
			group.Value = found[i]
		}
		if part.modifier == "?" && part.prefix == "" && part.suffix == "" && group.Value != nil && *group.Value == "" {
			group.Value = nil
		}
		groups = append(groups, group)
	}
	return groups
}
