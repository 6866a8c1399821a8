package console

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Limits of a table.
const (
	maxRows    = 1000
	maxColumns = 50
)

// row is a line of a table: its index, its cells by column, and its value where that is no object.
type row struct {
	index string
	cells map[string]string
	value string
}

// table shows a list or object of objects as a table (https://console.spec.whatwg.org/#table); anything else as log does.
func table(c webidl.Call) {
	obj, ok := c.Arg(0).(*goja.Object)
	if !ok {
		write(c, "log", format(c.Realm, c.Args))
		return
	}
	p := newPrinter(c.Realm, 0)
	kind := p.r.KindOf(obj)
	if kind == webidl.KindProxy {
		if obj = webidl.ProxyTarget(obj); obj == nil || p.r.KindOf(obj) == webidl.KindProxy {
			write(c, "log", Inspect(c.Realm, c.Arg(0)))
			return
		}
		kind = p.r.KindOf(obj)
	}
	var only []string
	if list, ok := c.Arg(1).(*goja.Object); ok && p.r.KindOf(list) == webidl.KindArray {
		for _, v := range c.Sequence(list) {
			only = append(only, c.USVString(v))
		}
	}
	t := &grid{p: p, only: only, columns: only}
	switch kind {
	case webidl.KindMap, webidl.KindSet:
		for i, e := range p.r.Entries(obj) {
			v := e[0]
			if kind == webidl.KindMap {
				v = c.Array(e[0], e[1])
			}
			t.add(strconv.Itoa(i), descriptor{value: v})
		}
	default:
		for _, key := range obj.Keys() {
			if d, ok := p.own(obj, key); ok {
				t.add(key, d)
			}
		}
	}
	write(c, "log", t.text())
}

// grid is a table in the making.
type grid struct {
	p       *printer
	only    []string // the columns that were asked for; nil means all
	columns []string
	rows    []row
	values  bool // some rows are no objects
}

func (t *grid) add(index string, d descriptor) {
	if len(t.rows) >= maxRows || t.p.full() {
		return
	}
	w := row{index: index}
	obj, ok := d.value.(*goja.Object)
	if ok && t.p.r.KindOf(obj) == webidl.KindProxy {
		obj = webidl.ProxyTarget(obj)
		ok = obj != nil && t.p.r.KindOf(obj) != webidl.KindProxy
	}
	if !ok || t.p.r.KindOf(obj) == webidl.KindFunction {
		w.value, t.values = t.p.described(d, 1), true
		t.rows = append(t.rows, w)
		return
	}
	w.cells = make(map[string]string)
	for _, key := range obj.Keys() {
		if t.only != nil && !slices.Contains(t.only, key) {
			continue
		}
		if t.only == nil && !slices.Contains(t.columns, key) {
			if len(t.columns) >= maxColumns {
				continue
			}
			t.columns = append(t.columns, key)
		}
		if cell, ok := t.p.own(obj, key); ok {
			w.cells[key] = t.p.described(cell, 1)
		}
	}
	t.rows = append(t.rows, w)
}

// text draws the table with box characters, as Node does.
func (t *grid) text() string {
	head := append([]string{"(index)"}, t.columns...)
	if t.values {
		head = append(head, "Values")
	}
	lines := [][]string{head}
	for _, w := range t.rows {
		line := []string{w.index}
		for _, column := range t.columns {
			line = append(line, w.cells[column])
		}
		if t.values {
			line = append(line, w.value)
		}
		lines = append(lines, line)
	}
	widths := make([]int, len(head))
	for _, line := range lines {
		for i, cell := range line {
			line[i] = strings.ReplaceAll(cell, "\n", " ")
			widths[i] = max(widths[i], utf8.RuneCountInString(line[i])+2)
		}
	}
	var b strings.Builder
	rule := func(left, middle, right string) {
		b.WriteString(left)
		for i, w := range widths {
			if i > 0 {
				b.WriteString(middle)
			}
			b.WriteString(strings.Repeat("─", w))
		}
		b.WriteString(right)
	}
	rule("┌", "┬", "┐\n")
	for i, line := range lines {
		for j, cell := range line {
			b.WriteString("│ " + cell + strings.Repeat(" ", widths[j]-1-utf8.RuneCountInString(cell)))
		}
		b.WriteString("│\n")
		if i == 0 {
			rule("├", "┼", "┤\n")
		}
		if b.Len() > maxText {
			break
		}
	}
	rule("└", "┴", "┘")
	return b.String()
}
