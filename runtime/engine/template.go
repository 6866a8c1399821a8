package engine

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// Factory builds one member of a template for one runtime, at its first touch. It returns the value itself (an ordinary
// writable, enumerable, configurable property) or what Hidden, ReadOnly, Constant, Fixed or Accessor made of it.
type Factory func(rt *goja.Runtime) goja.Value

// Member is one property of a template: Name, or Symbol where that is set.
type Member struct {
	Name   string
	Symbol *goja.Symbol
	Make   Factory
	// Wrap is called instead of Make where goja has a property of that name, with goja's own value. May be nil.
	Wrap func(rt *goja.Runtime, own goja.Value) goja.Value
}

// Template describes an object shared by all runtimes: its members and prototype, each made when first touched. It is made
// once a process by NewTemplate and immutable from then on; any goroutine may use it.
type Template struct {
	members []Member
	proto   func(*goja.Runtime) *goja.Object
	native  unsafe.Pointer // *objectTemplate
}

// NewTemplate makes a template. proto gives the prototype for a runtime; nil means none (a null prototype).
func NewTemplate(members []Member, proto func(*goja.Runtime) *goja.Object) *Template {
	t := &Template{members: members, proto: proto}
	if native == nil {
		return t
	}
	v := reflect.New(native.template.typ)
	t.native = v.UnsafePointer()
	for _, name := range []string{"props", "symProps"} {
		m := fieldAt(t.native, native.template.typ, name)
		m.Set(reflect.MakeMap(m.Type()))
	}
	*at[func(*goja.Runtime) *goja.Object](t.native, native.template.proto) = proto
	native.extend(t.native, members)
	return t
}

// fieldAt gives a settable view of a field that reflection would not let us set.
func fieldAt(p unsafe.Pointer, t reflect.Type, name string) reflect.Value {
	f := field(t, name, nil)
	return reflect.NewAt(f.Type, unsafe.Add(p, f.Offset)).Elem()
}

// extend adds members to a template of goja's. A name that exists gets the new factory and keeps its place.
func (l *layout) extend(tmpl unsafe.Pointer, members []Member) {
	props := fieldAt(tmpl, l.template.typ, "props")
	symProps := fieldAt(tmpl, l.template.typ, "symProps")
	names := at[[]unistring.String](tmpl, l.template.propNames)
	syms := at[[]*goja.Symbol](tmpl, l.template.symNames)
	for _, m := range members {
		target, key := props, reflect.ValueOf(unistring.NewFromString(m.Name))
		if m.Symbol != nil {
			target, key = symProps, reflect.ValueOf(m.Symbol)
		}
		if target.IsNil() {
			target.Set(reflect.MakeMap(target.Type()))
		}
		make0 := m.Make
		if old := target.MapIndex(key); old.IsValid() && m.Wrap != nil {
			own := old.Convert(reflect.TypeFor[Factory]()).Interface().(Factory)
			make0 = func(rt *goja.Runtime) goja.Value { return m.Wrap(rt, l.dataOf(own(rt))) }
		}
		if !target.MapIndex(key).IsValid() {
			if m.Symbol != nil {
				*syms = append(*syms, m.Symbol)
			} else {
				*names = append(*names, unistring.NewFromString(m.Name))
			}
		}
		target.SetMapIndex(key, reflect.ValueOf(make0).Convert(target.Type().Elem()))
	}
}

// NewTemplated makes an object of template t. made is told the object before any member is built, so that a member may refer to it.
func NewTemplated(rt *goja.Runtime, t *Template, made func(*goja.Object)) *goja.Object {
	if native == nil {
		var proto *goja.Object
		if t.proto != nil {
			proto = t.proto(rt)
		}
		obj := rt.CreateObject(proto)
		made(obj)
		t.defineAll(rt, obj)
		return obj
	}
	l := native
	obj := &goja.Object{}
	o := reflect.New(l.template.objType).UnsafePointer()
	*at[*goja.Runtime](unsafe.Pointer(obj), l.objectRuntime) = rt
	*l.self(obj) = [2]unsafe.Pointer{l.template.objTab, o}
	l.initTemplated(o, obj, t, "Object")
	made(obj)
	return obj
}

func (l *layout) initTemplated(o unsafe.Pointer, obj *goja.Object, t *Template, class string) {
	l.initBase(unsafe.Add(o, l.template.objBase), obj, nil, class)
	*at[unsafe.Pointer](o, l.template.obj) = t.native
}

func (t *Template) defineAll(rt *goja.Runtime, obj *goja.Object) {
	for _, m := range t.members {
		define(obj, m.Name, m.Symbol, m.Make(rt))
	}
}

// NewClass makes a constructor function of template t, whose members should be length, name, prototype and the statics.
// made is as in NewTemplated. call runs for a call without new, construct for new and super(): its newTarget is never nil.
func NewClass(rt *goja.Runtime, t *Template, call func(goja.FunctionCall) goja.Value,
	construct func(args []goja.Value, newTarget *goja.Object) *goja.Object, made func(*goja.Object),
) *goja.Object {
	if native == nil {
		return publicClass(rt, t, construct, made)
	}
	l := native
	obj := &goja.Object{}
	o := reflect.New(l.template.funcType).UnsafePointer()
	*at[*goja.Runtime](unsafe.Pointer(obj), l.objectRuntime) = rt
	*l.self(obj) = [2]unsafe.Pointer{l.template.funcTab, o}
	l.initTemplated(unsafe.Add(o, l.template.funcObj), obj, t, "Function")
	*at[func(goja.FunctionCall) goja.Value](o, l.template.funcCall) = call
	*at[func([]goja.Value, *goja.Object) *goja.Object](o, l.template.funcConstruct) = func(args []goja.Value, newTarget *goja.Object) *goja.Object {
		if newTarget == nil {
			newTarget = obj
		}
		return construct(args, newTarget)
	}
	made(obj)
	return obj
}

func publicClass(rt *goja.Runtime, t *Template,
	construct func(args []goja.Value, newTarget *goja.Object) *goja.Object, made func(*goja.Object),
) *goja.Object {
	var obj *goja.Object
	obj = rt.ToValue(func(c goja.ConstructorCall) *goja.Object {
		// goja's public API does not tell a call from `new` without a subclass: both construct.
		if c.NewTarget == nil {
			return construct(c.Arguments, obj)
		}
		return construct(c.Arguments, c.NewTarget)
	}).(*goja.Object)
	made(obj)
	if t.proto != nil {
		must(obj.SetPrototype(t.proto(rt)))
	}
	for _, m := range t.members {
		v := m.Make(rt)
		if m.Name == "prototype" {
			// goja's own property is writable and not configurable: give it the value, then take the right away.
			if d, ok := v.(*descriptor); ok {
				v = d.value
			}
			must(obj.Set("prototype", v))
			must(obj.DefineDataProperty("prototype", v, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE))
			continue
		}
		define(obj, m.Name, m.Symbol, v)
	}
	return obj
}

// ExtendGlobal adds members to the global object of every runtime made from now on in this process. Call it before the
// first runtime is made that runs beside others: it changes what all of them share. Where only goja's public API is used it
// reports false, and Define must be called on each runtime's global object instead.
func ExtendGlobal(members []Member) bool {
	if native == nil {
		return false
	}
	native.extend(native.templateOf(goja.New().GlobalObject()), members)
	return true
}

// ExtendBuiltin adds members to a built-in that goja itself makes from a template, named as script would ("String.prototype",
// "Math"), for every runtime made from now on. It reports false if path is no such built-in or only the public API is used.
func ExtendBuiltin(path string, members []Member) bool {
	if native == nil {
		return false
	}
	v, err := goja.New().RunString(path)
	if err != nil {
		return false
	}
	obj, ok := v.(*goja.Object)
	if !ok {
		return false
	}
	tmpl := native.templateOf(obj)
	if tmpl == nil {
		return false
	}
	native.extend(tmpl, members)
	return true
}

// WrapGlobal has touched run once for each runtime, with the value of goja's own global called name, when it is first read.
func WrapGlobal(name string, touched func(rt *goja.Runtime, v *goja.Object)) error {
	if native == nil {
		return fmt.Errorf("wrap global %s: only goja's public API is in use", name)
	}
	tmpl := native.templateOf(goja.New().GlobalObject())
	make0 := native.factory(tmpl, name)
	if make0 == nil {
		return fmt.Errorf("wrap global %s: goja has none", name)
	}
	native.extend(tmpl, []Member{{Name: name, Make: func(rt *goja.Runtime) goja.Value {
		prop := make0(rt)
		if obj, ok := native.dataOf(prop).(*goja.Object); ok {
			touched(rt, obj)
		}
		return prop
	}}})
	return nil
}

// dataOf gives the value of a data property as it lies in an object or comes from a factory.
func (l *layout) dataOf(prop goja.Value) goja.Value {
	if w := words(&prop); w[0] == l.property.tab {
		return *at[goja.Value](w[1], l.property.value)
	}
	return prop
}

// factory gives the maker of a template's member, nil if there is none of that name.
func (l *layout) factory(tmpl unsafe.Pointer, name string) Factory {
	f := fieldAt(tmpl, l.template.typ, "props").MapIndex(reflect.ValueOf(unistring.NewFromString(name)))
	if !f.IsValid() {
		return nil
	}
	return f.Convert(reflect.TypeFor[Factory]()).Interface().(Factory)
}

// Intrinsic gives the global called name as its template makes it, whatever script has put there since; goja's own globals
// are the same object at each call. Nil if there is none. Where only the public API is used it is the global's value now.
func Intrinsic(rt *goja.Runtime, name string) goja.Value {
	if native == nil {
		return rt.GlobalObject().Get(name)
	}
	f := native.factory(native.globals(rt), name)
	if f == nil {
		return nil
	}
	return native.dataOf(f(rt))
}

// globals gives the template of rt's global object, which is the same for all runtimes.
func (l *layout) globals(rt *goja.Runtime) unsafe.Pointer { return l.templateOf(rt.GlobalObject()) }

// templateOf gives the template of an object that goja made from one, or nil.
func (l *layout) templateOf(obj *goja.Object) unsafe.Pointer {
	self := l.self(obj)
	switch self[0] {
	case l.template.objTab:
		return *at[unsafe.Pointer](self[1], l.template.obj)
	case l.template.funcTab:
		return *at[unsafe.Pointer](self[1], l.template.funcObj+l.template.obj)
	}
	if t := implType(obj); t.Kind() == reflect.Struct && t.NumField() > 0 && t.Field(0).Type == l.template.objType {
		return *at[unsafe.Pointer](self[1], l.template.obj) // Array.prototype wraps a templated object
	}
	return nil
}

// Define makes members on obj now.
func Define(rt *goja.Runtime, obj *goja.Object, members []Member) {
	Settle(obj)
	for _, m := range members {
		if m.Wrap != nil {
			if own := get(obj, m); own != nil {
				define(obj, m.Name, m.Symbol, unpack(m.Wrap(rt, own)))
				continue
			}
		}
		define(obj, m.Name, m.Symbol, unpack(m.Make(rt)))
	}
}

func get(obj *goja.Object, m Member) goja.Value {
	if m.Symbol != nil {
		return obj.GetSymbol(m.Symbol)
	}
	return obj.Get(m.Name)
}

// unpack turns an inner property value into a descriptor that goja's public API can define.
func unpack(v goja.Value) goja.Value {
	if native == nil {
		return v
	}
	w := words(&v)
	if w[0] != native.property.tab {
		return v
	}
	p, lp := w[1], native.property
	return &descriptor{
		value: *at[goja.Value](p, lp.value), get: *at[*goja.Object](p, lp.get), set: *at[*goja.Object](p, lp.set),
		accessor: *at[bool](p, lp.accessor), writable: *at[bool](p, lp.writable),
		enumerable: *at[bool](p, lp.enumerable), configurable: *at[bool](p, lp.configurable),
	}
}
