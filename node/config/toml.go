package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/pelletier/go-toml/v2/unstable"
)

// parseTOML reads TOML. It returns nil where there is a fault: the parser stops at the first fault of syntax, and
// goes on after a key that is defined twice.
func parseTOML(s *source) *value {
	b := tomlBuilder{s: s, root: newTable(span{}, 0, header)}
	b.table = b.root
	b.p.Reset(s.text)
	for b.p.NextExpression() {
		switch e := b.p.Expression(); e.Kind {
		case unstable.Table:
			b.table = b.header(e, false)
		case unstable.ArrayTable:
			b.table = b.header(e, true)
		case unstable.KeyValue:
			b.keyValue(b.table, e)
		}
		if b.fatal {
			return nil
		}
	}
	if err := b.p.Error(); err != nil {
		b.syntax(err)
	}
	if b.bad {
		return nil
	}
	return b.root
}

type tomlBuilder struct {
	s     *source
	p     unstable.Parser
	root  *value
	table *value // that of the last header; nil after a faulty one, whose keys are skipped
	bad   bool
	fatal bool
}

func (b *tomlBuilder) syntax(err error) {
	b.bad = true
	at := span{len(b.s.text), len(b.s.text)}
	var pe *unstable.ParserError
	if errors.As(err, &pe) {
		if n := cap(b.s.text) - cap(pe.Highlight); n >= 0 && n <= len(b.s.text) && pe.Highlight != nil {
			at = span{n, n + len(pe.Highlight)}
		}
	}
	text := strings.TrimPrefix(err.Error(), "toml: ")
	if word := b.bareWord(at.start); word != "" && (strings.Contains(text, "keyword") || strings.Contains(text, "at start of value")) {
		loc := b.s.at(span{at.start, at.start + len(word)})
		loc.Suggestion = strconv.Quote(word)
		b.s.error(api.Message{Text: fmt.Sprintf("invalid TOML: a string is written in quotes, as in %q", word), Location: loc})
		return
	}
	b.s.errorf(at, "invalid TOML: %s", text)
}

// bareWord returns the word that begins at an offset, if it is a string that lacks its quotes.
func (b *tomlBuilder) bareWord(at int) string {
	rest := b.s.text[at:]
	end := 0
	for end < len(rest) && end < 100 && rest[end] > ' ' && rest[end] < utf8.RuneSelf && strings.IndexByte(",#[]{}\"'=", rest[end]) < 0 {
		end++
	}
	if end == 0 || !unicode.IsLetter(rune(rest[0])) && rest[0] != '.' && rest[0] != '/' {
		return ""
	}
	return string(rest[:end])
}

func (b *tomlBuilder) fault(at span, format string, args ...any) {
	b.bad = true
	b.s.errorf(at, format, args...)
}

func (b *tomlBuilder) duplicate(m *member, at span) {
	b.bad = true
	duplicateKey(b.s, m.name, at, m.key)
}

func spanOf(n *unstable.Node) span {
	return span{int(n.Raw.Offset), int(n.Raw.Offset + n.Raw.Length)}
}

// tomlKey is one part of a dotted key.
type tomlKey struct {
	name string
	at   span
}

func keysOf(n *unstable.Node) []tomlKey {
	var keys []tomlKey
	for it := n.Key(); it.Next(); {
		keys = append(keys, tomlKey{string(it.Node().Data), spanOf(it.Node())})
	}
	return keys
}

// deep reports a value that is nested too deep, and stops.
func (b *tomlBuilder) deep(depth int, at span) bool {
	if depth <= maxDepth {
		return false
	}
	b.fault(at, "arrays and tables are nested more than %d deep", maxDepth)
	b.fatal = true
	return true
}

// header opens the table of [a.b] or the next one of [[a.b]]. It returns nil where that can't be.
func (b *tomlBuilder) header(n *unstable.Node, array bool) *value {
	keys := keysOf(n)
	t := b.root
	for _, k := range keys[:len(keys)-1] {
		m := t.get(k.name)
		if m == nil {
			if b.deep(t.depth+1, k.at) {
				return nil
			}
			t.put(k.name, k.at, newTable(k.at, t.depth+1, implicit))
			m = t.get(k.name)
		}
		switch v := m.value; {
		case v.kind == kindTable && v.origin != literal:
			t = v
		case v.kind == kindArray && v.origin == repeated:
			t = v.items[len(v.items)-1]
		default:
			b.closed(m, k.at)
			return nil
		}
	}
	last := keys[len(keys)-1]
	at := span{keys[0].at.start, last.at.end}
	if b.deep(t.depth+2, at) {
		return nil
	}
	m := t.get(last.name)
	if array {
		return b.repeat(t, m, last, at)
	}
	if m == nil {
		t.put(last.name, last.at, newTable(at, t.depth+1, header))
		return t.get(last.name).value
	}
	if m.value.kind != kindTable || m.value.origin != implicit {
		b.duplicate(m, last.at)
		return nil
	}
	m.value.origin = header
	m.value.span, m.key = at, last.at
	return m.value
}

// repeat appends a table to the array of [[name]].
func (b *tomlBuilder) repeat(t *value, m *member, last tomlKey, at span) *value {
	if m == nil {
		t.put(last.name, last.at, &value{kind: kindArray, span: at, depth: t.depth + 1, origin: repeated})
		m = t.get(last.name)
	}
	if m.value.kind != kindArray || m.value.origin != repeated {
		b.duplicate(m, last.at)
		return nil
	}
	item := newTable(at, t.depth+2, header)
	m.value.items = append(m.value.items, item)
	return item
}

// closed reports keys below something that takes no more of them.
func (b *tomlBuilder) closed(m *member, at span) {
	b.fault(at, "%q is %s already, and can't be extended here", m.name, m.value.kind)
}

func (b *tomlBuilder) keyValue(t *value, n *unstable.Node) {
	if t == nil {
		return
	}
	keys := keysOf(n)
	for _, k := range keys[:len(keys)-1] {
		m := t.get(k.name)
		if m == nil {
			if b.deep(t.depth+1, k.at) {
				return
			}
			t.put(k.name, k.at, newTable(k.at, t.depth+1, dotted))
			m = t.get(k.name)
		}
		if m.value.kind != kindTable || m.value.origin != dotted {
			b.closed(m, k.at)
			return
		}
		t = m.value
	}
	last := keys[len(keys)-1]
	v := b.value(n.Value(), last.at, t.depth+1)
	if b.fatal {
		return
	}
	if m := t.get(last.name); m != nil {
		b.duplicate(m, last.at)
		return
	}
	t.put(last.name, last.at, v)
}

// value converts a value; near is the place of one that the parser gives none.
func (b *tomlBuilder) value(n *unstable.Node, near span, depth int) *value {
	v := &value{span: near, depth: depth}
	if n.Raw.Length > 0 {
		v.span = spanOf(n)
	}
	if b.deep(depth, v.span) {
		return v
	}
	switch n.Kind {
	case unstable.String:
		v.kind, v.text = kindString, string(n.Data)
	case unstable.Bool:
		v.kind, v.yes = kindBool, string(n.Data) == "true"
	case unstable.Integer:
		b.integer(v, string(n.Data))
	case unstable.Float:
		f, err := strconv.ParseFloat(strings.ReplaceAll(string(n.Data), "_", ""), 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			b.fault(v.span, "%s has no JSON form, and no setting takes it", n.Data)
		}
		v.kind, v.text = kindFloat, strconv.FormatFloat(f, 'g', -1, 64)
	case unstable.LocalDate, unstable.LocalTime, unstable.LocalDateTime, unstable.DateTime:
		v.kind, v.text = kindDate, string(n.Data)
	case unstable.Array:
		v.kind = kindArray
		for it := n.Children(); it.Next() && !b.fatal; {
			v.items = append(v.items, b.value(it.Node(), v.span, depth+1))
		}
	case unstable.InlineTable:
		v.kind, v.index = kindTable, map[string]*member{}
		for it := n.Children(); it.Next() && !b.fatal; {
			b.keyValue(v, it.Node())
		}
		v.close()
	}
	return v
}

// close forbids more keys in the tables that an inline table's dotted keys made.
func (v *value) close() {
	for _, m := range v.members {
		if m.value.origin == dotted {
			m.value.origin = literal
			m.value.close()
		}
	}
}

func (b *tomlBuilder) integer(v *value, text string) {
	v.kind = kindInteger
	i, err := strconv.ParseInt(strings.TrimPrefix(text, "+"), 0, 64)
	if err != nil {
		b.fault(v.span, "%s doesn't fit 64 bits", text)
	}
	v.text = strconv.FormatInt(i, 10)
}
