package url

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// SearchParamsClass is the class URLSearchParams.
var SearchParamsClass = webidl.NewClass[*SearchParams]("URLSearchParams")

func init() {
	SearchParamsClass.Constructor(0, constructParams).
		Getter("size", func(p *SearchParams, r *webidl.Realm) goja.Value { return r.ToValue(len(p.list())) }).
		Method("append", 2, func(p *SearchParams, c webidl.Call) goja.Value {
			name, value := c.String(0), c.String(1)
			p.append(name, value)
			return goja.Undefined()
		}).
		Method("delete", 1, func(p *SearchParams, c webidl.Call) goja.Value {
			p.delete(matcher(c))
			return goja.Undefined()
		}).
		Method("get", 1, func(p *SearchParams, c webidl.Call) goja.Value {
			value, ok := p.find(c.String(0))
			if !ok {
				return goja.Null()
			}
			return c.Str(value)
		}).
		Method("getAll", 1, getAll).
		Method("has", 1, func(p *SearchParams, c webidl.Call) goja.Value {
			match := matcher(c)
			for _, pair := range p.list() {
				if match(pair) {
					return c.ToValue(true)
				}
			}
			return c.ToValue(false)
		}).
		Method("set", 2, func(p *SearchParams, c webidl.Call) goja.Value {
			name, value := c.String(0), c.String(1)
			p.set(name, value)
			return goja.Undefined()
		}).
		Method("sort", 0, func(p *SearchParams, _ webidl.Call) goja.Value {
			p.sort()
			return goja.Undefined()
		}).
		Iterable(func(p *SearchParams, r *webidl.Realm, i int) (key, value goja.Value, ok bool) {
			pairs := p.list()
			if i >= len(pairs) {
				return nil, nil, false
			}
			return r.Str(pairs[i].Name), r.Str(pairs[i].Value), true
		}).
		Method("toString", 0, func(p *SearchParams, c webidl.Call) goja.Value {
			size := 0
			for _, pair := range p.list() {
				size += len(pair.Name) + len(pair.Value) + 2
			}
			bounds.Charge(c.Realm, int64(size))
			return c.Str(p.String())
		})
}

// matcher tells the pairs that delete and has are about: those of a name, and of a value if one is given.
func matcher(c webidl.Call) func(whatwgurl.Pair) bool {
	name := c.String(0)
	if !c.Has(1) {
		return func(pair whatwgurl.Pair) bool { return pair.Name == name }
	}
	value := c.String(1)
	return func(pair whatwgurl.Pair) bool { return pair.Name == name && pair.Value == value }
}

func getAll(p *SearchParams, c webidl.Call) goja.Value {
	name := c.String(0)
	var values []goja.Value
	for _, pair := range p.list() {
		if pair.Name == name {
			values = append(values, c.Str(pair.Value))
		}
	}
	return c.Array(values...)
}
