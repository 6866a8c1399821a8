package formdata

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/blob"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Class is the class FormData.
var Class = webidl.NewClass[*FormData]("FormData")

// API is what this package adds to the global object.
var API = webidl.API{Classes: []webidl.Declared{Class}}

// FormData is what a FormData object of one realm carries: entries in the order they were added.
type FormData struct{ entries []Entry }

// Entry is a name with a string or a File.
type Entry struct {
	Name  string
	Value string     // where File is nil
	File  *blob.File // nil for a string

	object *goja.Object // the File as script has seen it
}

// New makes a FormData of entries.
func New(entries []Entry) *FormData { return &FormData{entries: entries} }

// Entries are the entries, not to be changed.
func (f *FormData) Entries() []Entry { return f.entries }

// Of gives the FormData that v is.
func Of(v goja.Value) (*FormData, bool) { return Class.From(v) }

func init() {
	Class.Constructor(0, func(c webidl.Call) *FormData {
		if c.Has(0) {
			panic(c.TypeError("Failed to construct 'FormData': there are no HTML forms here, so the constructor takes no argument"))
		}
		return &FormData{}
	}).
		Method("append", 2, func(f *FormData, c webidl.Call) goja.Value {
			f.entries = append(f.entries, newEntry(c))
			return goja.Undefined()
		}).
		Method("set", 2, func(f *FormData, c webidl.Call) goja.Value {
			f.set(newEntry(c))
			return goja.Undefined()
		}).
		Method("delete", 1, func(f *FormData, c webidl.Call) goja.Value {
			f.remove(c.String(0), 0)
			return goja.Undefined()
		}).
		Method("get", 1, func(f *FormData, c webidl.Call) goja.Value {
			if i := f.index(c.String(0), 0); i >= 0 {
				return f.entries[i].value(c.Realm)
			}
			return goja.Null()
		}).
		Method("getAll", 1, func(f *FormData, c webidl.Call) goja.Value {
			name := c.String(0)
			var all []goja.Value
			for i := f.index(name, 0); i >= 0; i = f.index(name, i+1) {
				all = append(all, f.entries[i].value(c.Realm))
			}
			return c.Array(all...)
		}).
		Method("has", 1, func(f *FormData, c webidl.Call) goja.Value {
			return c.ToValue(f.index(c.String(0), 0) >= 0)
		}).
		Iterable(func(f *FormData, r *webidl.Realm, i int) (key, value goja.Value, ok bool) {
			if i >= len(f.entries) {
				return nil, nil, false
			}
			return r.Str(f.entries[i].Name), f.entries[i].value(r), true
		})
}

// newEntry is "create an entry" (https://html.spec.whatwg.org/#create-an-entry) of the arguments name, value and filename.
func newEntry(c webidl.Call) Entry {
	e := Entry{Name: c.String(0)}
	v := c.Arg(1)
	b, ok := blob.Of(v)
	if !ok {
		if c.Has(2) {
			panic(c.TypeError("Failed to execute '%s': parameter 2 is not of type 'Blob'.", c.Name))
		}
		e.Value = c.USVString(v)
		return e
	}
	f, isFile := blob.FileClass.From(v)
	switch {
	case c.Has(2):
		e.File = blob.NewFile(b, c.String(2))
		if isFile {
			e.File.LastModified = f.LastModified
		}
	case isFile:
		e.File, e.object = f, v.(*goja.Object)
	default:
		e.File = blob.NewFile(b, "blob")
	}
	return e
}

// value is the entry's value for script: each time the same File.
func (e *Entry) value(r *webidl.Realm) goja.Value {
	if e.File == nil {
		return r.Str(e.Value)
	}
	if e.object == nil {
		e.object = blob.FileClass.New(r, e.File)
	}
	return e.object
}

// index is where the next entry called name is, from i on; -1 if there is none.
func (f *FormData) index(name string, i int) int {
	for ; i < len(f.entries); i++ {
		if f.entries[i].Name == name {
			return i
		}
	}
	return -1
}

// set is https://xhr.spec.whatwg.org/#dom-formdata-set: e takes the place of the first of its name.
func (f *FormData) set(e Entry) {
	i := f.index(e.Name, 0)
	if i < 0 {
		f.entries = append(f.entries, e)
		return
	}
	f.entries[i] = e
	f.remove(e.Name, i+1)
}

// remove deletes the entries called name from i on.
func (f *FormData) remove(name string, i int) {
	kept := min(i, len(f.entries))
	for ; i < len(f.entries); i++ {
		if f.entries[i].Name != name {
			f.entries[kept] = f.entries[i]
			kept++
		}
	}
	clear(f.entries[kept:])
	f.entries = f.entries[:kept]
}
