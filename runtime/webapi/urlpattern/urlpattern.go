package urlpattern

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/urlpattern/pattern"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// URLPattern is https://urlpattern.spec.whatwg.org/#urlpattern. Like its realm it belongs to one goroutine at a time.
type URLPattern struct{ pattern *pattern.Pattern }

// Class is the class URLPattern.
var Class = webidl.NewClass[*URLPattern]("URLPattern")

func init() {
	Class.Constructor(0, construct)
	for _, c := range pattern.Components {
		Class.Getter(c.String(), func(p *URLPattern, r *webidl.Realm) goja.Value { return r.Str(p.pattern.Text(c)) })
	}
	Class.Getter("hasRegExpGroups", func(p *URLPattern, r *webidl.Realm) goja.Value { return r.ToValue(p.pattern.HasRegExpGroups()) }).
		Method("test", 0, func(p *URLPattern, c webidl.Call) goja.Value {
			_, _, ok := p.match(c)
			return c.ToValue(ok)
		}).
		Method("exec", 0, func(p *URLPattern, c webidl.Call) goja.Value {
			inputs, m, ok := p.match(c)
			if !ok {
				return goja.Null()
			}
			return result(c.Realm, inputs, m)
		})
}

// construct is https://urlpattern.spec.whatwg.org/#dom-urlpattern-urlpattern and its overload, which has options where the other has a base
// URL: what is no string there, and no primitive that becomes one, is options.
func construct(c webidl.Call) *URLPattern {
	in := convert(c)
	var baseURL *string
	options := c.Arg(1)
	if _, object := options.(*goja.Object); len(c.Args) > 2 || !object && !webidl.IsNullish(options) {
		text := c.String(1)
		baseURL, options = &text, c.Arg(2)
	}
	o := pattern.Options{IgnoreCase: c.Dictionary(options).Bool("ignoreCase", false)}
	var p *pattern.Pattern
	var err error
	switch {
	case in.isString:
		p, err = pattern.Parse(in.text, baseURL, o, engine(c.Realm))
	case baseURL != nil:
		panic(twoBases(c.Realm))
	default:
		p, err = pattern.New(in.init, o, engine(c.Realm))
	}
	if err != nil {
		panic(c.TypeError("%s.", err))
	}
	return &URLPattern{p}
}

func twoBases(r *webidl.Realm) *goja.Object {
	return r.TypeError("A base URL can't be given beside components: make it their baseURL.")
}

// match is https://urlpattern.spec.whatwg.org/#url-pattern-match on the arguments input and baseURL.
func (p *URLPattern) match(c webidl.Call) (inputs []goja.Value, m *pattern.Match, ok bool) {
	in := convert(c)
	var baseURL *string
	if c.Has(1) {
		text := c.String(1)
		baseURL = &text
	}
	if in.isString {
		inputs = []goja.Value{c.Str(in.text)}
		if baseURL != nil {
			inputs = append(inputs, c.Str(*baseURL))
		}
		m, ok = p.pattern.Match(in.text, baseURL)
		return inputs, m, ok
	}
	if baseURL != nil {
		panic(twoBases(c.Realm))
	}
	if m, ok = p.pattern.MatchInit(in.init); ok {
		inputs = []goja.Value{in.object(c.Realm)}
	}
	return inputs, m, ok
}

// result makes the URLPatternResult of a match.
func result(r *webidl.Realm, inputs []goja.Value, m *pattern.Match) *goja.Object {
	obj := r.VM.NewObject()
	r.Put(obj, "inputs", r.Array(inputs...))
	for _, c := range pattern.Components {
		groups := r.VM.NewObject()
		for _, group := range m.Groups[c] {
			value := goja.Undefined()
			if group.Value != nil {
				value = r.Str(*group.Value)
			}
			r.Put(groups, group.Name, value)
		}
		found := r.VM.NewObject()
		r.Put(found, "input", r.Str(m.Inputs[c]))
		r.Put(found, "groups", groups)
		r.Put(obj, c.String(), found)
	}
	return obj
}
