package config

import (
	"encoding/json"
	"strconv"
)

// kind is the type of a value in a file.
type kind uint8

const (
	kindNull kind = iota
	kindBool
	kindInteger
	kindFloat
	kindString
	kindDate // TOML only
	kindArray
	kindTable
)

func (k kind) String() string {
	return [...]string{"null", "a boolean", "an integer", "a number", "a string", "a date", "an array", "a table"}[k]
}

// maxDepth bounds how deep tables and arrays nest: enough for any setting, and no recursion over a tree runs away.
const maxDepth = 64

// span is a range of bytes in a file.
type span struct{ start, end int }

// value is a node of a file's tree.
type value struct {
	kind  kind
	span  span   // a TOML array, or a table with a header, stands where its key does
	text  string // a string's content; a number as JSON writes it; a date as it is written
	yes   bool
	items []*value
	// members are in the order of the file; index finds them by name.
	members []*member
	index   map[string]*member
	depth   int
	origin  origin
}

type member struct {
	name  string
	key   span
	value *value
}

// origin is how a TOML table or array came to be, which decides what may be added to it
// (https://toml.io/en/v1.1.0#table).
type origin uint8

const (
	literal  origin = iota // an inline table or array: closed
	implicit               // named on the way to another table's header
	header                 // [table]
	dotted                 // by the keys of "a.b = 1"
	repeated               // the array of [[table]]
)

func newTable(at span, depth int, o origin) *value {
	return &value{kind: kindTable, span: at, index: map[string]*member{}, depth: depth, origin: o}
}

// get returns the member of that name, or nil.
func (v *value) get(name string) *member {
	if v == nil || v.kind != kindTable {
		return nil
	}
	return v.index[name]
}

func (v *value) put(name string, key span, child *value) {
	m := &member{name: name, key: key, value: child}
	v.members = append(v.members, m)
	v.index[name] = m
}

// appendJSON appends the value as JSON. Dates have no JSON form; the caller has refused them.
func (v *value) appendJSON(b []byte) []byte {
	switch v.kind {
	case kindBool:
		return strconv.AppendBool(b, v.yes)
	case kindInteger, kindFloat:
		return append(b, v.text...)
	case kindString, kindDate:
		quoted, _ := json.Marshal(v.text) // a string can always be marshalled
		return append(b, quoted...)
	case kindArray:
		b = append(b, '[')
		for i, item := range v.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.appendJSON(b)
		}
		return append(b, ']')
	case kindTable:
		b = append(b, '{')
		for i, m := range v.members {
			if i > 0 {
				b = append(b, ',')
			}
			quoted, _ := json.Marshal(m.name)
			b = append(append(b, quoted...), ':')
			b = m.value.appendJSON(b)
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

// find returns the first value below v, or v itself, of which bad is true.
func (v *value) find(bad func(*value) bool) *value {
	if bad(v) {
		return v
	}
	for _, item := range v.items {
		if found := item.find(bad); found != nil {
			return found
		}
	}
	for _, m := range v.members {
		if found := m.value.find(bad); found != nil {
			return found
		}
	}
	return nil
}
