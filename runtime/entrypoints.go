package runtime

import (
	"slices"
	"strings"

	"github.com/dop251/goja"
)

// Entrypoint is an export that a binding can name, or the outside can call.
type Entrypoint struct {
	Name  string // DefaultEntrypoint for the default export
	Class bool   // each call makes an instance
	// Handlers are the functions that an object has, sorted: fetch and others. Empty for a class, whose instances have them.
	Handlers []string
}

// Entrypoints gives the entrypoints of the script, sorted by name, the default one first. It loads an isolate if there is none. Errors: as
// Warm's.
func (p *Pool) Entrypoints() ([]Entrypoint, error) {
	if err := p.Warm(); err != nil {
		return nil, err
	}
	iso := (*p.isolates.Load())[0]
	var list []Entrypoint
	done := make(chan error, 1)
	iso.strand.Post(func() {
		err := iso.enter(nil, func() { list = iso.handlers.list(iso) })
		if err != nil {
			iso.condemn(nil, err) // getters went beyond a limit: what they throw, list takes for itself
		} else {
			iso.settleHung()
		}
		done <- err
	})
	if err := <-done; err != nil {
		return nil, &LoadError{Worker: p.Script.Worker, Err: err}
	}
	return list, nil
}

// list is what find has found. It runs no script but getters.
func (h *handlers) list(iso *Isolate) []Entrypoint {
	if iso.Script.ServiceWorker {
		return []Entrypoint{{Name: DefaultEntrypoint, Handlers: []string{"fetch"}}}
	}
	var list []Entrypoint
	for _, name := range iso.program.Exports {
		var e *entrypoint
		if thrown := iso.Realm.Try(func() { e = h.entrypoint(iso, name) }); thrown != nil || e == nil {
			continue
		}
		found := Entrypoint{Name: name, Class: e.construct != nil}
		if !found.Class {
			if _, callable := goja.AssertFunction(e.this); callable {
				continue
			}
			if found.Handlers = iso.functions(e.this); len(found.Handlers) == 0 && name != DefaultEntrypoint {
				continue // data
			}
		}
		list = append(list, found)
	}
	slices.SortFunc(list, func(a, b Entrypoint) int {
		switch {
		case a.Name == b.Name:
			return 0
		case a.Name == DefaultEntrypoint:
			return -1
		case b.Name == DefaultEntrypoint:
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list
}

// functions are the names of an object's functions, inherited ones included.
func (iso *Isolate) functions(obj *goja.Object) []string {
	var names []string
	for o := obj; o != nil && o.Prototype() != nil || o == obj; o = o.Prototype() { // but Object.prototype
		for _, name := range o.GetOwnPropertyNames() {
			var v goja.Value
			if thrown := iso.Realm.Try(func() { v = obj.Get(name) }); thrown != nil {
				continue // by a getter
			}
			if _, ok := goja.AssertFunction(v); ok && name != "constructor" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}
