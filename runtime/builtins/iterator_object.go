package builtins

import (
	"reflect"

	"github.com/dop251/goja"
)

// nativeObject is a script object that carries Go data: what Iterator.from and the iterator helpers return. Its own
// properties, which scripts hardly ever give it, are kept in order.
type nativeObject struct {
	data   any
	names  []string
	values map[string]goja.Value
}

var nativeObjectType = reflect.TypeFor[*nativeObject]()

// newNativeIterator makes such an object.
func newNativeIterator(rt *goja.Runtime, data any, prototype *goja.Object) *goja.Object {
	o := rt.NewDynamicObject(&nativeObject{data: data})
	must(o.SetPrototype(prototype))
	return o
}

// nativeIterator is the brand check: it gives the data of v or throws a TypeError.
func nativeIterator[T any](rt *goja.Runtime, v goja.Value, method string) T {
	if o, ok := v.(*goja.Object); ok && o.ExportType() == nativeObjectType {
		if data, ok := o.Export().(*nativeObject).data.(T); ok {
			return data
		}
	}
	panic(rt.NewTypeError("Method %s called on incompatible receiver %s", method, describe(v, "object")))
}

// Get implements goja.DynamicObject.
func (o *nativeObject) Get(key string) goja.Value { return o.values[key] }

// Set implements goja.DynamicObject.
func (o *nativeObject) Set(key string, v goja.Value) bool {
	if _, ok := o.values[key]; !ok {
		if o.values == nil {
			o.values = make(map[string]goja.Value)
		}
		o.names = append(o.names, key)
	}
	o.values[key] = v
	return true
}

// Has implements goja.DynamicObject.
func (o *nativeObject) Has(key string) bool {
	_, ok := o.values[key]
	return ok
}

// Delete implements goja.DynamicObject.
func (o *nativeObject) Delete(key string) bool {
	if o.Has(key) {
		delete(o.values, key)
		for i, name := range o.names {
			if name == key {
				o.names = append(o.names[:i], o.names[i+1:]...)
				break
			}
		}
	}
	return true
}

// Keys implements goja.DynamicObject.
func (o *nativeObject) Keys() []string { return o.names }
