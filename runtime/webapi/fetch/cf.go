package fetch

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/builtins"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// cfProperty is the cf of a message: JSON, of which script sees an object made at the first touch. It is Cloudflare's own:
// https://developers.cloudflare.com/workers/runtime-apis/request/#incomingrequestcfproperties.
type cfProperty struct {
	json   string // "" for none
	object goja.Value
}

// set takes what a script gave as cf.
func (p *cfProperty) set(r *webidl.Realm, v goja.Value) {
	*p = cfProperty{}
	if webidl.IsNullish(v) {
		return
	}
	obj, ok := v.(*goja.Object)
	if !ok {
		panic(r.TypeError("The provided value of 'cf' is not of type 'Object'."))
	}
	p.json = stringifyObject(obj)
}

// value is what script sees.
func (p *cfProperty) value(r *webidl.Realm) goja.Value {
	if p.object == nil {
		if p.json == "" {
			return goja.Undefined()
		}
		p.object = builtins.ParseJSONText(r.VM, p.json)
	}
	return p.object
}

// text is the JSON as it is now: script may have changed the object it sees. It may run script, and throw.
func (p *cfProperty) text() string {
	if obj, ok := p.object.(*goja.Object); ok {
		p.json = stringifyObject(obj)
	}
	return p.json
}

func stringifyObject(obj *goja.Object) string {
	j, err := obj.MarshalJSON()
	if err != nil {
		panic(err)
	}
	return string(j)
}
