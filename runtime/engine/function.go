package engine

import (
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// NewFunction makes a built-in function with the given name and length property. fn may panic with a goja.Value to throw it.
// Its arguments lie on the VM's stack: keep none of them after it returned, nor the slice.
func NewFunction(rt *goja.Runtime, name string, length int, fn func(goja.FunctionCall) goja.Value) *goja.Object {
	l := native
	if l == nil {
		obj := rt.ToValue(fn).(*goja.Object)
		nameFunction(rt, obj, name, length)
		return obj
	}
	obj := l.newBareFunction(rt, fn)
	f := l.self(obj)[1]
	base := unsafe.Add(f, l.function.base)
	l.initBase(base, obj, FunctionPrototype(rt), "Function")
	lenProp := unsafe.Add(f, l.function.length)
	*at[bool](lenProp, l.property.configurable) = true
	*at[goja.Value](lenProp, l.property.value) = rt.ToValue(length)
	l.putInternal(base, "length", l.asValue(lenProp))
	l.putInternal(base, "name", ReadOnly(rt.ToValue(name)))
	return obj
}

// newBareFunction makes a built-in function without properties, not even room for them: script must never see it as it is.
func (l *layout) newBareFunction(rt *goja.Runtime, fn func(goja.FunctionCall) goja.Value) *goja.Object {
	p := reflect.New(l.function.objType).UnsafePointer()
	obj := (*goja.Object)(p)
	f := unsafe.Add(p, l.function.objFunc)
	*at[*goja.Runtime](p, l.objectRuntime) = rt
	*l.self(obj) = [2]unsafe.Pointer{l.function.tab, f}
	*at[func(goja.FunctionCall) goja.Value](f, l.function.f) = fn
	return obj
}

func nameFunction(rt *goja.Runtime, obj *goja.Object, name string, length int) {
	must(obj.DefineDataProperty("length", rt.ToValue(length), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE))
	must(obj.DefineDataProperty("name", rt.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// putInternal adds an own property without any check. Only for objects that script has not seen yet.
func (l *layout) putInternal(base unsafe.Pointer, name unistring.String, v goja.Value) {
	(*at[map[unistring.String]goja.Value](base, l.base.vals))[name] = v
	names := at[[]unistring.String](base, l.base.names)
	*names = append(*names, name)
}

// asValue turns a pointer to a valueProperty into the goja.Value that stands for it inside an object.
func (l *layout) asValue(prop unsafe.Pointer) goja.Value {
	var v goja.Value
	*words(&v) = [2]unsafe.Pointer{l.property.tab, prop}
	return v
}

func (l *layout) newProperty() unsafe.Pointer { return reflect.New(l.property.typ).UnsafePointer() }

// ReadOnly makes the property value {writable: false, enumerable: false, configurable: true} for a template's factory.
func ReadOnly(v goja.Value) goja.Value { return Data(v, false, false, true) }

// Hidden makes {writable: true, enumerable: false, configurable: true}: a built-in function or class, as ECMAScript has them.
func Hidden(v goja.Value) goja.Value { return Data(v, true, false, true) }

// Constant makes {writable: false, enumerable: true, configurable: false}: a WebIDL constant.
func Constant(v goja.Value) goja.Value { return Data(v, false, true, false) }

// Fixed makes {writable: false, enumerable: false, configurable: false}: a class's prototype property.
func Fixed(v goja.Value) goja.Value { return Data(v, false, false, false) }

// Accessor makes an accessor property; get and set may be nil.
func Accessor(get, set *goja.Object, enumerable bool) goja.Value {
	if native == nil {
		return &descriptor{get: get, set: set, accessor: true, enumerable: enumerable, configurable: true}
	}
	p := native.newProperty()
	*at[bool](p, native.property.accessor) = true
	*at[bool](p, native.property.enumerable) = enumerable
	*at[bool](p, native.property.configurable) = true
	*at[*goja.Object](p, native.property.get) = get
	*at[*goja.Object](p, native.property.set) = set
	return native.asValue(p)
}

// Data makes a data property with the given attributes.
func Data(v goja.Value, writable, enumerable, configurable bool) goja.Value {
	if native == nil {
		return &descriptor{value: v, writable: writable, enumerable: enumerable, configurable: configurable}
	}
	p := native.newProperty()
	*at[goja.Value](p, native.property.value) = v
	*at[bool](p, native.property.writable) = writable
	*at[bool](p, native.property.enumerable) = enumerable
	*at[bool](p, native.property.configurable) = configurable
	return native.asValue(p)
}

// descriptor is what the functions above return where only goja's public API is used. It embeds a nil goja.Value to pass as
// one and never reaches script: define unpacks it.
type descriptor struct {
	goja.Value
	value                              goja.Value
	get, set                           *goja.Object
	accessor                           bool
	writable, enumerable, configurable bool
}

// define puts v, which may come from one of the functions above, on obj under name or sym.
func define(obj *goja.Object, name string, sym *goja.Symbol, v goja.Value) {
	d, ok := v.(*descriptor)
	if !ok {
		d = &descriptor{value: v, writable: true, enumerable: true, configurable: true}
	}
	switch {
	case d.accessor && sym != nil:
		must(obj.DefineAccessorPropertySymbol(sym, orNil(d.get), orNil(d.set), goja.ToFlag(d.configurable), goja.ToFlag(d.enumerable)))
	case d.accessor:
		must(obj.DefineAccessorProperty(name, orNil(d.get), orNil(d.set), goja.ToFlag(d.configurable), goja.ToFlag(d.enumerable)))
	case sym != nil:
		must(obj.DefineDataPropertySymbol(sym, d.value, goja.ToFlag(d.writable), goja.ToFlag(d.configurable), goja.ToFlag(d.enumerable)))
	default:
		must(obj.DefineDataProperty(name, d.value, goja.ToFlag(d.writable), goja.ToFlag(d.configurable), goja.ToFlag(d.enumerable)))
	}
}

// orNil keeps a nil *goja.Object from becoming a non-nil goja.Value.
func orNil(o *goja.Object) goja.Value {
	if o == nil {
		return nil
	}
	return o
}

// FunctionPrototype is %Function.prototype% of rt, whatever script has done to the global.
func FunctionPrototype(rt *goja.Runtime) *goja.Object {
	if native != nil {
		if p := *at[*goja.Object](unsafe.Pointer(rt), native.runtimeFuncProto); p != nil {
			return p
		}
	}
	return rt.ToValue(func(goja.FunctionCall) goja.Value { return nil }).(*goja.Object).Prototype()
}

// ObjectPrototype is %Object.prototype% of rt.
func ObjectPrototype(rt *goja.Runtime) *goja.Object {
	if native != nil {
		return *at[*goja.Object](unsafe.Pointer(rt), native.runtimeObjectProto)
	}
	return rt.NewObject().Prototype()
}

// IteratorPrototype is %IteratorPrototype% of rt.
func IteratorPrototype(rt *goja.Runtime) *goja.Object {
	if native != nil {
		if p := *at[*goja.Object](unsafe.Pointer(rt), native.runtimeIterProto); p != nil {
			return p
		}
	}
	v, err := rt.RunString("[][Symbol.iterator]()")
	must(err)
	return v.(*goja.Object).Prototype().Prototype()
}

// SetIteratorPrototype makes proto %IteratorPrototype% of rt. It must be called before anything made an iterator. It reports false,
// and does nothing, where only goja's public API is used.
func SetIteratorPrototype(rt *goja.Runtime, proto *goja.Object) bool {
	if native == nil {
		return false
	}
	*at[*goja.Object](unsafe.Pointer(rt), native.runtimeIterProto) = proto
	return true
}
