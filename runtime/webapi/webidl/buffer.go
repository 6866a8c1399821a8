package webidl

import (
	"reflect"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

var typeOfProxy = reflect.TypeFor[goja.Proxy]()

// BufferBytes gives the bytes behind an ArrayBuffer, a typed array or a DataView, shared with script, and reports whether v is
// one of these. It never runs script. A detached buffer has no bytes.
func (r *Realm) BufferBytes(v goja.Value) ([]byte, bool) {
	obj, ok := v.(*goja.Object)
	if !ok {
		return nil, false
	}
	t := obj.ExportType()
	if t == typeOfProxy {
		return nil, false
	}
	switch t {
	case reflect.TypeFor[goja.ArrayBuffer]():
		return obj.Export().(goja.ArrayBuffer).Bytes(), true
	case reflect.TypeFor[[]byte]():
		if isBare(obj) {
			return nil, true
		}
		if b, ok := obj.Export().([]byte); ok {
			return b, true
		}
		return nil, false
	}
	if !r.IsView(obj) {
		return nil, false
	}
	if engine.IsDataView(r.VM, obj) {
		return r.dataViewBytes(obj), true
	}
	if isBare(obj) {
		return nil, true
	}
	var b []byte
	if err := r.VM.ExportTo(obj, &b); err != nil {
		return nil, false
	}
	return b, true
}

// isBare reports whether a typed array has no bytes: none at all, or none any more since its buffer was detached, when goja still makes a
// slice of the memory that it once had or panics. An element can't be overridden, so that asking for one runs no script.
func isBare(obj *goja.Object) bool { return obj.Get("0") == nil }

// dataViewBytes gives the bytes of a DataView, which goja panics for when its buffer is detached.
func (r *Realm) dataViewBytes(obj *goja.Object) (b []byte) {
	defer func() {
		if recover() != nil {
			b = nil
		}
	}()
	if err := r.VM.ExportTo(obj, &b); err != nil {
		return nil
	}
	return b
}

// IsView reports whether obj is a typed array or a DataView.
func (r *Realm) IsView(obj *goja.Object) bool {
	t := obj.ExportType()
	if t == typeOfProxy {
		return false
	}
	if engine.IsDataView(r.VM, obj) {
		return true
	}
	if t.Kind() != reflect.Slice {
		return false
	}
	switch t.Elem().Kind() {
	case reflect.Int8, reflect.Uint8, reflect.Int16, reflect.Uint16, reflect.Int32, reflect.Uint32,
		reflect.Float32, reflect.Float64, reflect.Int64, reflect.Uint64:
		return obj.ClassName() != "Array"
	}
	return false
}

// IsArrayBuffer reports whether v is an ArrayBuffer.
func IsArrayBuffer(v goja.Value) bool {
	obj, ok := v.(*goja.Object)
	return ok && obj.ExportType() == reflect.TypeFor[goja.ArrayBuffer]()
}

// BufferSource copies the bytes of an ArrayBuffer or view; anything else is a TypeError.
func (r *Realm) BufferSource(v goja.Value) []byte {
	b, ok := r.BufferBytes(v)
	if !ok {
		panic(r.TypeError("The provided value is not of type '(ArrayBuffer or ArrayBufferView)'"))
	}
	return append(make([]byte, 0, len(b)), b...)
}

// ArrayBuffer makes an ArrayBuffer over b, which script may change from now on.
func (r *Realm) ArrayBuffer(b []byte) *goja.Object {
	r.Global("ArrayBuffer") // what is completed when its global is first read is complete from here on
	return r.VM.ToValue(r.VM.NewArrayBuffer(b)).(*goja.Object)
}

// Uint8Array makes a Uint8Array over b, which script may change from now on.
func (r *Realm) Uint8Array(b []byte) *goja.Object {
	obj, err := r.VM.New(r.Global("Uint8Array"), r.ArrayBuffer(b))
	if err != nil {
		panic(err)
	}
	return obj
}

var typeOfPromise = reflect.TypeFor[*goja.Promise]()
