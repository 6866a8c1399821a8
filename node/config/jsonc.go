package config

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/tailscale/hujson"
)

// parseJSONC reads JSON with comments and trailing commas. It returns nil where there is a fault.
func parseJSONC(s *source) *value {
	if at, ok := tooDeep(s.text); ok {
		s.errorf(span{at, at + 1}, "arrays and objects are nested more than %d deep", maxDepth)
		return nil
	}
	tree, err := hujson.Parse(s.text)
	if err != nil {
		where, text := jsonFault(s, err)
		s.errorf(where, "%s", text)
		return nil
	}
	b := jsonBuilder{s: s}
	root := b.value(tree, 0)
	if root.kind != kindTable {
		s.errorf(root.span, "expected an object, { ... }, but found %s", root.kind)
		return nil
	}
	if b.bad {
		return nil
	}
	return root
}

// tooDeep finds the bracket that opens one level too many, before a recursive parser meets it.
func tooDeep(text []byte) (at int, ok bool) {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case c == '/' && i+1 < len(text) && text[i+1] == '/':
			for i < len(text) && text[i] != '\n' {
				i++
			}
		case c == '/' && i+1 < len(text) && text[i+1] == '*':
			end := bytes.Index(text[i+2:], []byte("*/"))
			if end < 0 {
				return 0, false
			}
			i += 2 + end + 1
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return i, true
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return 0, false
}

// jsonFault takes the position out of a parser's error, which has it in its text only.
func jsonFault(s *source, err error) (span, string) {
	text := err.Error()
	var line, column int
	if n, _ := fmt.Sscanf(text, "hujson: line %d, column %d:", &line, &column); n == 2 && line >= 1 && line <= len(s.lines) {
		_, text, _ = strings.Cut(text, ": ")
		_, text, _ = strings.Cut(text, ": ")
		start := min(s.lines[line-1]+max(column-1, 0), len(s.text))
		return span{start, min(start+1, len(s.text))}, "invalid JSON: " + text
	}
	return span{}, text
}

type jsonBuilder struct {
	s   *source
	bad bool
}

func (b *jsonBuilder) value(v hujson.Value, depth int) *value {
	at := span{v.StartOffset, v.EndOffset}
	switch t := v.Value.(type) {
	case *hujson.Object:
		table := newTable(at, depth, literal)
		for _, m := range t.Members {
			key := span{m.Name.StartOffset, m.Name.EndOffset}
			name := m.Name.Value.(hujson.Literal).String()
			child := b.value(m.Value, depth+1)
			if first := table.get(name); first != nil {
				b.bad = true
				duplicateKey(b.s, name, key, first.key)
				continue
			}
			table.put(name, key, child)
		}
		return table
	case *hujson.Array:
		array := &value{kind: kindArray, span: at, depth: depth}
		for _, e := range t.Elements {
			array.items = append(array.items, b.value(e, depth+1))
		}
		return array
	case hujson.Literal:
		return b.literal(t, at, depth)
	}
	return &value{kind: kindNull, span: at, depth: depth}
}

func (b *jsonBuilder) literal(lit hujson.Literal, at span, depth int) *value {
	out := &value{span: at, depth: depth}
	switch lit.Kind() {
	case 't', 'f':
		out.kind, out.yes = kindBool, lit.Bool()
	case '"':
		out.kind, out.text = kindString, lit.String()
	case '0':
		out.kind, out.text = kindFloat, string(lit)
		if f, err := strconv.ParseFloat(out.text, 64); err != nil {
			b.bad = true
			b.s.errorf(at, "this number is too large")
		} else if f == math.Trunc(f) && math.Abs(f) < 1<<53 && !strings.ContainsAny(out.text, ".eE") {
			out.kind = kindInteger
		}
	}
	return out
}

func duplicateKey(s *source, name string, at, first span) {
	s.error(api.Message{
		Text:     fmt.Sprintf("%q is defined twice", name),
		Location: s.at(at),
		Notes:    []api.Note{{Text: "It is first defined here:", Location: s.at(first)}},
	})
}
