package pattern

// state is https://urlpattern.spec.whatwg.org/#constructor-string-parser-state: a component, or one of these.
type state int

const (
	initial state = iota + state(components)
	authority
	done
)

// stringParser is https://urlpattern.spec.whatwg.org/#constructor-string-parser.
type stringParser struct {
	input      []rune
	tokens     []token
	engine     Engine
	result     Init
	start      int // of the component, as an index of tokens
	index      int
	increment  int
	groupDepth int
	ipv6Depth  int
	special    bool // the protocol matches a special scheme
	state      state
}

// parseConstructorString is https://urlpattern.spec.whatwg.org/#parse-a-constructor-string.
func parseConstructorString(input string, engine Engine) (Init, error) {
	tokens, err := tokenize(input, true)
	if err != nil {
		return Init{}, err
	}
	p := &stringParser{input: []rune(input), tokens: tokens, engine: engine, state: initial}
	for ; p.index < len(p.tokens) && p.state != done; p.index += p.increment {
		p.increment = 1
		if err := p.step(); err != nil {
			return Init{}, err
		}
	}
	if p.result.Values[Hostname] != nil && p.result.Values[Port] == nil {
		p.result.set(Port, "") // a host without a port means the default one
	}
	return p.result, nil
}

func (i *Init) set(c Component, value string) { i.Values[c] = &value }

func (p *stringParser) step() error {
	switch t := p.tokens[p.index]; {
	case t.kind == end:
		p.finish()
		return nil
	case t.kind == open:
		p.groupDepth++
		return nil
	case p.groupDepth > 0 && t.kind != closing:
		return nil
	case p.groupDepth > 0:
		p.groupDepth--
	}
	if p.state == state(Protocol) && p.is(0, ":") {
		return p.endProtocol()
	}
	p.advance()
	return nil
}

// finish ends the component that the input ends in.
func (p *stringParser) finish() {
	switch p.state {
	case initial: // there is no protocol: this is a relative pattern
		p.rewind(initial)
		switch {
		case p.is(0, "#"):
			p.change(state(Hash), 1)
		case p.isSearchPrefix():
			p.change(state(Search), 1)
		default:
			p.change(state(Pathname), 0)
		}
	case authority:
		p.rewind(state(Hostname))
	default:
		p.change(done, 0)
	}
}

// endProtocol is where a protocol's colon is found: what follows depends on the slashes after it, and on the scheme.
func (p *stringParser) endProtocol() error {
	protocol, err := compile(p.component(), canonicalProtocol, syntax{}, p.engine)
	if err != nil {
		return err
	}
	p.special = protocol.matchesSpecial()
	switch {
	case p.is(1, "/") && p.is(2, "/"):
		p.change(authority, 3)
	case p.special:
		p.change(authority, 1)
	default:
		p.change(state(Pathname), 1)
	}
	return nil
}

// advance looks at one token in all other states.
func (p *stringParser) advance() {
	tail := func() bool { // what may follow any of the earlier components
		switch {
		case p.state < state(Pathname) && p.is(0, "/"):
			p.change(state(Pathname), 0)
		case p.state < state(Search) && p.isSearchPrefix():
			p.change(state(Search), 1)
		case p.is(0, "#"):
			p.change(state(Hash), 1)
		default:
			return false
		}
		return true
	}
	switch p.state {
	case initial:
		if p.is(0, ":") {
			p.rewind(state(Protocol))
		}
	case authority:
		switch {
		case p.is(0, "@"):
			p.rewind(state(Username))
		case p.is(0, "/"), p.isSearchPrefix(), p.is(0, "#"):
			p.rewind(state(Hostname))
		}
	case state(Username):
		if p.is(0, ":") {
			p.change(state(Password), 1)
		} else if p.is(0, "@") {
			p.change(state(Hostname), 1)
		}
	case state(Password):
		if p.is(0, "@") {
			p.change(state(Hostname), 1)
		}
	case state(Hostname):
		switch {
		case p.is(0, "["):
			p.ipv6Depth++
		case p.is(0, "]"):
			p.ipv6Depth--
		case p.is(0, ":") && p.ipv6Depth == 0:
			p.change(state(Port), 1)
		default:
			tail()
		}
	case state(Port), state(Pathname), state(Search):
		tail()
	}
}

// is reports whether the token at offset is text, no syntax of patterns, and that value.
func (p *stringParser) is(offset int, value string) bool {
	t := p.token(p.index + offset)
	return t.value == value && (t.kind == char || t.kind == escapedChar || t.kind == invalidChar)
}

func (p *stringParser) token(i int) token { return p.tokens[min(i, len(p.tokens)-1)] }

// isSearchPrefix tells the question mark before a query from one that makes a group optional.
func (p *stringParser) isSearchPrefix() bool {
	if p.is(0, "?") {
		return true
	}
	if p.tokens[p.index].value != "?" {
		return false
	}
	if p.index == 0 {
		return true
	}
	switch p.tokens[p.index-1].kind {
	case name, group, closing, asterisk:
		return false
	}
	return true
}

// component is the text from the component's start to here.
func (p *stringParser) component() string {
	return string(p.input[p.token(p.start).index:p.tokens[p.index].index])
}

// rewind goes on in state s from the component's start.
func (p *stringParser) rewind(s state) { p.index, p.increment, p.state = p.start, 0, s }

// change is https://urlpattern.spec.whatwg.org/#change-state.
func (p *stringParser) change(next state, skip int) {
	if p.state < state(components) {
		p.result.set(Component(p.state), p.component())
	}
	if p.state != initial && next != done {
		p.fill(next)
	}
	p.state = next
	p.index += skip
	p.start, p.increment = p.index, 0
}

// fill makes the components that were left out between two others empty.
func (p *stringParser) fill(next state) {
	missing := func(c Component, value string) {
		if p.result.Values[c] == nil {
			p.result.set(c, value)
		}
	}
	from := p.state
	if from == authority {
		from = state(Username)
	}
	if from < state(Hostname) && next != authority && next > state(Hostname) {
		missing(Hostname, "")
	}
	if from < state(Pathname) && (next == state(Search) || next == state(Hash)) {
		if p.special {
			missing(Pathname, "/")
		} else {
			missing(Pathname, "")
		}
	}
	if from < state(Search) && next == state(Hash) {
		missing(Search, "")
	}
}
