package url

import (
	"slices"
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// constructParams is https://url.spec.whatwg.org/#dom-urlsearchparams-urlsearchparams. Its argument is a union
// (https://webidl.spec.whatwg.org/#es-union): an object with an iterator is a sequence, any other object a record.
func constructParams(c webidl.Call) *SearchParams {
	if !c.Has(0) {
		return &SearchParams{}
	}
	obj, ok := c.Arg(0).(*goja.Object)
	if !ok {
		return &SearchParams{unparsed: strings.TrimPrefix(c.String(0), "?"), realm: c.Realm}
	}
	if p, ok := SearchParamsOf(obj); ok && len(obj.Symbols()) == 0 { // a symbol of its own may be another iterator
		return &SearchParams{pairs: slices.Clone(p.list())}
	}
	if c.IsIterable(obj) {
		return &SearchParams{pairs: sequencePairs(c.Realm, obj)}
	}
	return &SearchParams{pairs: recordPairs(c.Realm, obj)}
}

// sequencePairs converts a sequence<sequence<USVString>>: all of it, before the first check.
func sequencePairs(r *webidl.Realm, obj *goja.Object) []whatwgurl.Pair {
	outer := r.Sequence(obj)
	pairs, complete := make([]whatwgurl.Pair, len(outer)), true
	for i, v := range outer {
		inner := r.Sequence(v)
		complete = complete && len(inner) == 2
		for j, item := range inner {
			switch s := r.USVString(item); j {
			case 0:
				pairs[i].Name = s
			case 1:
				pairs[i].Value = s
			}
		}
	}
	if !complete {
		panic(r.TypeError("Invalid URL search params sequence."))
	}
	return pairs
}

// recordPairs converts a record<USVString, USVString> (https://webidl.spec.whatwg.org/#es-record).
func recordPairs(r *webidl.Realm, obj *goja.Object) []whatwgurl.Pair {
	if symbols := obj.Symbols(); len(symbols) > 0 {
		r.DOMString(symbols[0]) // throws: only strings are keys of a record
	}
	keys := obj.Keys()
	for _, key := range keys {
		if strings.Contains(key, "\uFFFD") {
			return exactPairs(r, obj)
		}
	}
	pairs := make([]whatwgurl.Pair, 0, len(keys))
	for _, key := range keys {
		if v := obj.Get(key); v != nil { // nil: a getter deleted it
			pairs = append(pairs, whatwgurl.Pair{Name: key, Value: r.USVString(v)})
		}
	}
	return pairs
}

// entriesSource gives the properties that a record has, in an object that nobody else has seen.
var entriesSource = goja.MustCompile("", "(o, add) => { const copy = {__proto__: null, ...o}; for (const k in copy) add(k, copy[k]); }", true)

// exactPairs is recordPairs for keys that may have lone surrogates, which goja's names in Go can't tell from U+FFFD. Keys that differ by
// them alone become one, with the last value.
func exactPairs(r *webidl.Realm, obj *goja.Object) (pairs []whatwgurl.Pair) {
	v, err := r.VM.RunProgram(entriesSource)
	if err != nil {
		panic(err)
	}
	entries, _ := goja.AssertFunction(v)
	at := make(map[string]int)
	r.Invoke(entries, goja.Undefined(), obj, r.VM.ToValue(func(call goja.FunctionCall) goja.Value {
		name, value := r.USVString(call.Argument(0)), r.USVString(call.Argument(1))
		if i, ok := at[name]; ok {
			pairs[i].Value = value
		} else {
			at[name] = len(pairs)
			pairs = append(pairs, whatwgurl.Pair{Name: name, Value: value})
		}
		return goja.Undefined()
	}))
	return pairs
}
