package binding

import (
	"sort"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// environment builds the env of one member.
type environment struct {
	composition *Composition
	member      *member
}

// build makes the env object of one isolate: static, since an isolate is loaded from a link.
func (e *environment) build(r *webidl.Realm) *goja.Object {
	env := r.VM.NewObject()
	set := func(name string, v goja.Value) {
		r.Put(env, name, v)
	}
	for _, name := range sorted(e.member.Text) {
		set(name, r.Str(e.member.Text[name]))
	}
	if len(e.member.JSON) > 0 {
		parse := r.Intrinsic("JSON.parse")
		for _, name := range sorted(e.member.JSON) {
			set(name, r.Invoke(parse, goja.Undefined(), r.Str(string(e.member.JSON[name]))))
		}
	}
	for _, s := range e.member.Services {
		set(s.Binding, fetcherClass.New(r, &fetcher{
			target: e.composition.members[s.Worker], entrypoint: s.Entrypoint, props: s.Props,
			self: s.Worker == e.member.Name,
		}))
	}
	return env
}

func sorted[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// prepare gives a realm its way to the outside.
func prepare(o fetch.Outbound) func(*webidl.Realm) {
	return func(r *webidl.Realm) {
		if o != nil {
			fetch.SetOutbound(r, o)
		}
	}
}
