package headers

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Pair is one header. Name is in lower case; Value holds bytes, which script sees one code unit each
// (https://infra.spec.whatwg.org/#isomorphic-decode).
type Pair struct{ Name, Value string }

// List is a header list (https://fetch.spec.whatwg.org/#concept-header-list): headers in the order they were added. A nil *List
// reads as an empty one.
//
// A List belongs to one goroutine at a time until Freeze; a frozen one may be read and cloned by any number. Copies share memory
// until one of them changes.
type List struct {
	pairs  []Pair
	shared bool // pairs belong to another List too: copy before a change
	frozen bool // the List itself belongs to others too: no change at all
}

// New makes a list of pairs, whose names must be valid and in lower case. The list keeps the slice.
func New(pairs ...Pair) *List { return &List{pairs: pairs} }

// Clone makes an independent copy in constant time.
func (l *List) Clone() *List {
	if l == nil {
		return &List{}
	}
	if !l.shared { // not written when it is so already: a frozen list is cloned by many at once
		l.shared = true
	}
	return &List{pairs: l.pairs, shared: true}
}

// Freeze makes l safe to share between goroutines and returns it. To change a frozen list change a Clone of it: the methods that
// change one panic.
func (l *List) Freeze() *List {
	if l != nil && !l.frozen {
		l.shared, l.frozen = true, true
	}
	return l
}

// Frozen reports whether Freeze was called.
func (l *List) Frozen() bool { return l != nil && l.frozen }

// Len is the number of headers, counting each of those that share a name.
func (l *List) Len() int {
	if l == nil {
		return 0
	}
	return len(l.pairs)
}

// At is header i.
func (l *List) At(i int) Pair { return l.pairs[i] }

// All goes through names and values in the order they were added.
func (l *List) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		if l == nil {
			return
		}
		for _, p := range l.pairs {
			if !yield(p.Name, p.Value) {
				return
			}
		}
	}
}

// Get gives the values of a header, joined by ", " (https://fetch.spec.whatwg.org/#concept-header-list-get). The name may be in any
// case. One value is returned without an allocation.
func (l *List) Get(name string) (value string, ok bool) {
	first := l.index(name, 0)
	if first < 0 {
		return "", false
	}
	next := l.index(name, first+1)
	if next < 0 {
		return l.pairs[first].Value, true
	}
	var b strings.Builder
	b.WriteString(l.pairs[first].Value)
	for ; next >= 0; next = l.index(name, next+1) {
		b.WriteString(", ")
		b.WriteString(l.pairs[next].Value)
	}
	return b.String(), true
}

// Values gives the values of a header one by one, nil if there is none. The name may be in any case.
func (l *List) Values(name string) []string {
	var values []string
	for i := l.index(name, 0); i >= 0; i = l.index(name, i+1) {
		values = append(values, l.pairs[i].Value)
	}
	return values
}

// Has reports whether there is such a header. The name may be in any case.
func (l *List) Has(name string) bool { return l.index(name, 0) >= 0 }

// index is where the next header called name is, from i on; -1 if there is none.
func (l *List) index(name string, i int) int {
	if l == nil {
		return -1
	}
	for ; i < len(l.pairs); i++ {
		if equalFold(l.pairs[i].Name, name) {
			return i
		}
	}
	return -1
}

// equalFold compares a name in lower case with one in any.
func equalFold(lower, name string) bool {
	if len(lower) != len(name) {
		return false
	}
	for i := range len(lower) {
		c := name[i]
		if c != lower[i] && (c < 'A' || c > 'Z' || c|0x20 != lower[i]) {
			return false
		}
	}
	return true
}

// own makes pairs safe to change, with room for one more.
func (l *List) own() {
	if l.frozen {
		panic("headers: a frozen list is changed; change a Clone of it")
	}
	if l.shared {
		l.pairs = append(make([]Pair, 0, len(l.pairs)+2), l.pairs...)
		l.shared = false
	}
}

// Append adds a header. Name and value must be valid; the name may be in any case.
func (l *List) Append(name, value string) {
	l.own()
	l.pairs = append(l.pairs, Pair{Lower(name), value})
}

// Set makes value the only one of that header, where its first was (https://fetch.spec.whatwg.org/#concept-header-list-set).
func (l *List) Set(name, value string) {
	l.own()
	i := l.index(name, 0)
	if i < 0 {
		l.pairs = append(l.pairs, Pair{Lower(name), value})
		return
	}
	l.pairs[i].Value = value
	l.remove(name, i+1)
}

// Delete removes all headers of that name, which may be in any case.
func (l *List) Delete(name string) {
	if l.Has(name) {
		l.own()
		l.remove(name, 0)
	}
}

// remove deletes the headers called name from i on.
func (l *List) remove(name string, i int) {
	kept := i
	for ; i < len(l.pairs); i++ {
		if !equalFold(l.pairs[i].Name, name) {
			l.pairs[kept] = l.pairs[i]
			kept++
		}
	}
	clear(l.pairs[kept:])
	l.pairs = l.pairs[:kept]
}

const setCookie = "set-cookie"

// Sorted gives the headers as script iterates over them: by name, values of one name joined, those of Set-Cookie apart
// (https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine).
func (l *List) Sorted() []Pair {
	if l.Len() == 0 {
		return nil
	}
	sorted := slices.Clone(l.pairs)
	slices.SortStableFunc(sorted, func(a, b Pair) int { return cmp.Compare(a.Name, b.Name) })
	n := 0
	for i := 0; i < len(sorted); {
		name, end := sorted[i].Name, i+1
		for end < len(sorted) && sorted[end].Name == name && name != setCookie {
			end++
		}
		p := sorted[i]
		if end > i+1 {
			values := make([]string, 0, end-i)
			for _, q := range sorted[i:end] {
				values = append(values, q.Value)
			}
			p.Value = strings.Join(values, ", ")
		}
		sorted[n] = p
		n++
		i = end
	}
	return sorted[:n]
}
