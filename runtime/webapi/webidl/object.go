package webidl

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// Put is https://tc39.es/ecma262/#sec-createdatapropertyorthrow: unlike obj.Set it asks no setter that script may have put on Object.prototype.
func (r *Realm) Put(obj *goja.Object, name string, v goja.Value) {
	if err := obj.DefineDataProperty(name, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE); err != nil {
		panic(err)
	}
}

// IteratorResult is https://tc39.es/ecma262/#sec-createiterresultobject.
func (r *Realm) IteratorResult(v goja.Value, done bool) *goja.Object {
	o := r.VM.CreateObject(nil) // as long as it inherits nothing, no setter is found
	_ = o.Set("value", v)
	_ = o.Set("done", r.VM.ToValue(done))
	_ = o.SetPrototype(engine.ObjectPrototype(r.VM))
	return o
}
