package config

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/evanw/esbuild/pkg/api"
)

// setting is a value, where it stands and what it is called. The zero setting is one that the file doesn't have.
type setting struct {
	s     *source
	path  string
	key   span
	value *value
}

func (t setting) present() bool { return t.value != nil }

// in returns the member of a table.
func (t setting) in(name string) setting {
	m := t.value.get(name)
	if m == nil {
		return setting{}
	}
	return setting{t.s, join(t.path, name), m.key, m.value}
}

// at returns the element of an array.
func (t setting) at(i int) setting {
	item := t.value.items[i]
	return setting{t.s, t.path + "[" + strconv.Itoa(i) + "]", item.span, item}
}

// wrong reports a value of the wrong type. want is what would be right, with an example.
func (t setting) wrong(want string) {
	found := t.value.kind.String()
	switch t.value.kind {
	case kindInteger, kindFloat:
		found += ", " + t.value.text
	case kindBool:
		found += ", " + strconv.FormatBool(t.value.yes)
	case kindDate:
		found += "; put it in quotes"
	}
	loc := t.s.at(t.value.span)
	if t.value.kind == kindDate {
		loc.Suggestion = strconv.Quote(t.value.text)
	}
	t.s.error(api.Message{Text: fmt.Sprintf("%s: expected %s, but found %s", t.path, want, found), Location: loc})
}

// isTable reports whether the setting is a table, and says so if it is something else.
func (t setting) isTable(want string) bool {
	if t.present() && t.value.kind != kindTable {
		t.wrong(want)
	}
	return t.present() && t.value.kind == kindTable
}

// str returns a string that is not empty. ok is false where there is none, or a faulty one.
func (t setting) str(want string) (text string, ok bool) {
	switch {
	case !t.present():
		return "", false
	case t.value.kind != kindString:
		t.wrong(want)
		return "", false
	case t.value.text == "":
		t.s.errorf(t.value.span, "%s: expected %s, but it is empty", t.path, want)
		return "", false
	}
	return t.value.text, true
}

// need is str for a setting that must be there; table is what it belongs to.
func (t setting) need(table setting, name, want string) (text string, ok bool) {
	if !t.present() {
		t.missing(table, name, want)
		return "", false
	}
	return t.str(want)
}

func (setting) missing(table setting, name, want string) {
	if table.path == "" {
		table.s.errorf(table.value.span, "%s: it is missing; it should be %s", name, want)
		return
	}
	table.s.errorf(table.value.span, "%s: %q is missing; it should be %s", table.path, name, want)
}

func (t setting) boolean() (yes, ok bool) {
	if !t.present() {
		return false, false
	}
	if t.value.kind != kindBool {
		t.wrong("true or false")
		return false, false
	}
	return t.value.yes, true
}

func (t setting) flag() bool {
	yes, _ := t.boolean()
	return yes
}

// number returns an integer between low and high.
func (t setting) number(low, high int, want string) (n int, ok bool) {
	if !t.present() {
		return 0, false
	}
	if t.value.kind != kindInteger {
		t.wrong(want)
		return 0, false
	}
	n, err := strconv.Atoi(t.value.text)
	if err != nil || n < low || n > high {
		t.s.errorf(t.value.span, "%s: expected %s from %d to %d, but found %s", t.path, want, low, high, t.value.text)
		return 0, false
	}
	return n, true
}

// list returns the elements of an array.
func (t setting) list(want string) []setting {
	if !t.present() {
		return nil
	}
	if t.value.kind != kindArray {
		t.wrong(want)
		return nil
	}
	items := make([]setting, len(t.value.items))
	for i := range items {
		items[i] = t.at(i)
	}
	return items
}

// strs returns an array of strings.
func (t setting) strs(want, each string) []string {
	var out []string
	for _, item := range t.list(want) {
		if text, ok := item.str(each); ok {
			out = append(out, text)
		}
	}
	return out
}

// stringMap returns a table of strings, nil where there is none.
func (t setting) stringMap(want, each string) map[string]string {
	if !t.isTable(want) {
		return nil
	}
	out := make(map[string]string, len(t.value.members))
	for _, m := range t.value.members {
		item := t.in(m.name)
		switch {
		case m.value.kind != kindString:
			item.wrong(each)
		default:
			out[m.name] = m.value.text
		}
	}
	return out
}

// only warns of the members of a table that are not among known.
func (t setting) only(known ...string) {
	for _, m := range t.value.members {
		if !slices.Contains(known, m.name) {
			unexpected(t.s, m, join(t.path, m.name), known)
		}
	}
}

// notOneOf reports a string that is none of the choices.
func (f *file) notOneOf(t setting, choices []string) {
	f.error(api.Message{
		Text:     fmt.Sprintf("%s: expected one of %s, but found %q", t.path, quoteList(choices), t.value.text),
		Location: f.suggest(t.value.span, closest(t.value.text, choices)),
	})
}
