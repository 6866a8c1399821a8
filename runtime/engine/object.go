package engine

import (
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// hostClass is the [[Class]] of objects made by NewObject. Its text is that of a plain object; its address is theirs alone,
// which is how Value recognises them.
var hostClass = string([]byte("Object"))

// hostSlot is the symbol that holds the Go value where only goja's public API is used.
var hostSlot = goja.NewSymbol("bindery.host")

// carrier keeps goja from looking into the value.
type carrier struct {
	owner *goja.Object // an object that inherits the slot is not the one it was made for
	value any
}

// NewObject makes an ordinary script object with prototype proto that carries value. To script it is a plain object in
// every respect: it can be subclassed with private elements, frozen, extended by accessors and symbols.
func NewObject(rt *goja.Runtime, proto *goja.Object, value any) *goja.Object {
	l := native
	if l == nil {
		obj := rt.CreateObject(proto)
		slot := rt.ToValue(&carrier{obj, value})
		if err := obj.DefineDataPropertySymbol(hostSlot, slot, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE); err != nil {
			panic(err)
		}
		return obj
	}
	p := l.newHost()
	obj := (*goja.Object)(p)
	base := unsafe.Add(p, l.hostBase)
	*at[*goja.Runtime](p, l.objectRuntime) = rt
	*l.self(obj) = [2]unsafe.Pointer{l.baseTab, base}
	l.initBase(base, obj, proto, hostClass)
	*at[any](p, l.hostVal) = value
	return obj
}

func (l *layout) initBase(base unsafe.Pointer, obj, proto *goja.Object, class string) {
	*at[string](base, l.base.class) = class
	*at[*goja.Object](base, l.base.val) = obj
	*at[*goja.Object](base, l.base.prototype) = proto
	*at[bool](base, l.base.ext) = true
	*at[map[unistring.String]goja.Value](base, l.base.vals) = make(map[unistring.String]goja.Value)
}

// Value gives the Go value that NewObject hung on v, or nil if v is anything else. It never runs script.
func Value(v goja.Value) any {
	obj, ok := v.(*goja.Object)
	if !ok || obj == nil {
		return nil
	}
	l := native
	if l == nil {
		return publicValue(obj)
	}
	p := unsafe.Pointer(obj)
	self := l.self(obj)
	if self[0] != l.baseTab || uintptr(self[1]) != uintptr(p)+l.hostBase {
		return nil
	}
	if unsafe.StringData(*at[string](self[1], l.base.class)) != unsafe.StringData(hostClass) {
		return nil
	}
	return *at[any](p, l.hostVal)
}

func publicValue(obj *goja.Object) any {
	if obj.ExportType() == typeOfProxy {
		return nil // a Proxy would run its traps, and has no slots of its own
	}
	if c := carrierOf(obj.GetSymbol(hostSlot)); c != nil && c.owner == obj {
		return c.value
	}
	return nil
}

// carrierOf gives the carrier that a slot holds, nil if script has put something else there: exporting an object of script may never end.
func carrierOf(slot goja.Value) *carrier {
	obj, ok := slot.(*goja.Object)
	if !ok || obj.ExportType() != typeOfCarrier {
		return nil
	}
	c, _ := obj.Export().(*carrier)
	return c
}

var typeOfCarrier = reflect.TypeFor[*carrier]()

var typeOfProxy = reflect.TypeFor[goja.Proxy]()

// RuntimeOf is the runtime that obj belongs to; nil where only goja's public API is used, which can't tell.
func RuntimeOf(obj *goja.Object) *goja.Runtime {
	if native == nil {
		return nil
	}
	return *at[*goja.Runtime](unsafe.Pointer(obj), native.objectRuntime)
}

// IsDataView reports whether obj, which belongs to rt, is a DataView. It runs no script.
func IsDataView(rt *goja.Runtime, obj *goja.Object) bool {
	if native != nil {
		return native.self(obj)[0] == native.viewTab
	}
	if obj.ExportType() == typeOfProxy || obj.ExportType().Kind() != reflect.Map {
		return false
	}
	buffer, ok := rt.GlobalObject().Get("ArrayBuffer").(*goja.Object)
	if !ok {
		return false
	}
	isView, ok := goja.AssertFunction(buffer.Get("isView"))
	if !ok {
		return false
	}
	v, err := isView(goja.Undefined(), obj)
	return err == nil && v.ToBoolean()
}
