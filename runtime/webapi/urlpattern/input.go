package urlpattern

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/urlpattern/pattern"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// input is https://urlpattern.spec.whatwg.org/#typedefdef-urlpatterninput: a string or components.
type input struct {
	isString bool
	text     string
	init     pattern.Init
}

// members are those of the dictionary URLPatternInit in the order that Web IDL reads them; baseURL comes before all.
var members = []pattern.Component{
	pattern.Hash, pattern.Hostname, pattern.Password, pattern.Pathname, pattern.Port, pattern.Protocol, pattern.Search, pattern.Username,
}

// convert converts argument 0. A URL has the members of the dictionary as its attributes, so it is one.
func convert(c webidl.Call) input {
	if _, object := c.Arg(0).(*goja.Object); !object && !webidl.IsNullish(c.Arg(0)) {
		return input{isString: true, text: c.String(0)}
	}
	d := c.Dictionary(c.Arg(0))
	member := func(name string) *string {
		v, ok := d.Get(name)
		if !ok {
			return nil
		}
		text := c.USVString(v)
		return &text
	}
	var in input
	in.init.BaseURL = member("baseURL")
	for _, m := range members {
		in.init.Values[m] = member(m.String())
	}
	return in
}

// object makes the dictionary into an object again.
func (in *input) object(r *webidl.Realm) *goja.Object {
	obj := r.VM.NewObject()
	if in.init.BaseURL != nil {
		r.Put(obj, "baseURL", r.Str(*in.init.BaseURL))
	}
	for _, m := range members {
		if v := in.init.Values[m]; v != nil {
			r.Put(obj, m.String(), r.Str(*v))
		}
	}
	return obj
}
