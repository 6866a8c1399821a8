package url

import (
	"slices"
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// SearchParams is https://url.spec.whatwg.org/#interface-urlsearchparams: a list of pairs, of a URL's query or of its own. Like its
// realm it belongs to one goroutine at a time.
type SearchParams struct {
	pairs    []whatwgurl.Pair
	unparsed string        // what pairs are parsed from at the first touch
	realm    *webidl.Realm // charged for them
	url      *URL          // whose query this is; nil if nobody's
	changed  bool          // since url was told
}

// SearchParamsOf gives the SearchParams that v carries, if v is a URLSearchParams. It runs no script.
func SearchParamsOf(v goja.Value) (*SearchParams, bool) { return SearchParamsClass.From(v) }

// String is the serialised list (https://url.spec.whatwg.org/#urlsearchparams-stringification-behavior): application/x-www-form-urlencoded
// without "?".
func (p *SearchParams) String() string { return whatwgurl.SerializeForm(p.list()) }

const (
	// manyPairs are looked at.
	manyPairs = 64
	// bytesPair is about what a pair takes, without its texts where they are long.
	bytesPair = 64
)

func (p *SearchParams) list() []whatwgurl.Pair {
	if p.unparsed != "" {
		if n := strings.Count(p.unparsed, "&"); n >= manyPairs { // charged when they are made: what is not asked for takes nothing
			bounds.Charge(p.realm, int64(n)*bytesPair)
		}
		p.pairs = whatwgurl.ParseForm(p.unparsed)
		p.unparsed = ""
	}
	return p.pairs
}

// reset replaces the list by what query, without its "?", holds.
func (p *SearchParams) reset(query string) { p.pairs, p.unparsed, p.changed = nil, query, false }

// put replaces the list. The URL is told when it is looked at: telling it each time would make a loop of appends take the square of its length.
func (p *SearchParams) put(pairs []whatwgurl.Pair) {
	p.pairs, p.unparsed, p.changed = pairs, "", true
}

// update is https://url.spec.whatwg.org/#concept-urlsearchparams-update.
func (p *SearchParams) update() {
	p.changed = false
	query := whatwgurl.SerializeForm(p.pairs)
	p.url.record.SetQuery(query, query != "")
}

func (p *SearchParams) find(name string) (value string, ok bool) {
	for _, pair := range p.list() {
		if pair.Name == name {
			return pair.Value, true
		}
	}
	return "", false
}

func (p *SearchParams) append(name, value string) {
	p.put(append(p.list(), whatwgurl.Pair{Name: name, Value: value}))
}

func (p *SearchParams) delete(match func(whatwgurl.Pair) bool) {
	p.put(slices.DeleteFunc(p.list(), match))
}

func (p *SearchParams) set(name, value string) {
	match := func(pair whatwgurl.Pair) bool { return pair.Name == name }
	pairs := p.list()
	first := slices.IndexFunc(pairs, match)
	if first < 0 {
		p.append(name, value)
		return
	}
	pairs[first].Value = value
	rest := slices.DeleteFunc(pairs[first+1:], match)
	p.put(pairs[:first+1+len(rest)])
}

func (p *SearchParams) sort() {
	pairs := p.list()
	slices.SortStableFunc(pairs, func(a, b whatwgurl.Pair) int { return compareUTF16(a.Name, b.Name) })
	p.put(pairs)
}

// compareUTF16 compares by UTF-16 code units. The order of UTF-8 is that of code points, which differs in one case: a character from U+10000
// on, whose first byte is 0xF0 or more and first unit from 0xD800, comes before one from U+E000 to U+FFFF, whose first byte is 0xEE or 0xEF.
func compareUTF16(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	if i < len(a) && i < len(b) {
		switch x, y := a[i], b[i]; {
		case x >= 0xF0 && (y == 0xEE || y == 0xEF):
			return -1
		case y >= 0xF0 && (x == 0xEE || x == 0xEF):
			return 1
		}
	}
	return strings.Compare(a[i:], b[i:])
}
