package engine

import (
	"reflect"
	"sync"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// deferred is one of the prototypes that script reaches without reading a global: by a promise, a regular expression literal, an error
// of the engine's. goja makes them, with all their functions, when it first needs one as a prototype. A placeholder takes the field
// in which goja keeps it, and becomes what goja makes when a property of it is first touched.
type deferred struct {
	class    string
	field    uintptr // of goja.Runtime
	class0   Factory // goja's own maker of the class
	again    func(d *deferred, rt *goja.Runtime)
	template unsafe.Pointer
}

// deferring is set once by DeferPrototypes.
var deferring struct {
	once  sync.Once
	list  []*deferred
	typ   reflect.Type // struct of a goja.Object and a templatedObject for each
	at    []uintptr
	made  func(rt *goja.Runtime, class string, proto *goja.Object)
	other struct { // a class of errors, whose making asks for Error.prototype
		field uintptr
		make  Factory
	}
}

// DeferPrototypes prepares Defer. made is called on the strand when a prototype has just been made ("Promise", "RegExp" or "Error"), before
// script sees any of its properties. Call it while the process starts, before the globals of those names are wrapped. It reports false, and Defer
// does nothing, where only goja's public API is used.
func DeferPrototypes(made func(rt *goja.Runtime, class string, proto *goja.Object)) (ok bool) {
	deferring.once.Do(func() {
		if native == nil {
			return
		}
		deferring.made = made
		native.learnDeferred()
	})
	return len(deferring.list) > 0
}

// learnDeferred reads names and offsets off a sample; on any surprise nothing is deferred.
func (l *layout) learnDeferred() {
	defer func() {
		if recover() != nil {
			deferring.list = nil
		}
	}()
	rt := goja.New()
	global := field(reflect.TypeFor[goja.Runtime](), "global", nil)
	at := func(name string) uintptr {
		return global.Offset + offset(global.Type, name, reflect.TypeFor[*goja.Object]())
	}
	globals := l.globals(rt)
	deferring.other.field, deferring.other.make = at("URIError"), l.factory(globals, "URIError")
	var fields []reflect.StructField
	var list []*deferred
	for class, again := range map[string]func(*deferred, *goja.Runtime){
		"Promise": func(_ *deferred, rt *goja.Runtime) { rt.NewPromise() },
		"RegExp":  l.regExpAgain,
		"Error":   l.errorAgain,
	} {
		d := &deferred{class: class, field: at(class + "Prototype"), class0: l.factory(globals, class), again: again}
		sample := l.dataOf(d.class0(rt)).(*goja.Object).Get("prototype").(*goja.Object)
		if t := implType(sample); t != l.base.typ && offset(t, "baseObject", l.base.typ) != 0 {
			panic("a prototype does not begin as a base object")
		}
		d.template = NewTemplate(l.standIns(rt, d, sample), ObjectPrototype).native
		list = append(list, d)
		fields = append(fields, reflect.StructField{Name: class, Type: reflect.TypeFor[goja.Object]()},
			reflect.StructField{Name: class + "Self", Type: l.template.objType})
	}
	deferring.typ = reflect.StructOf(fields)
	for i := range fields {
		deferring.at = append(deferring.at, deferring.typ.Field(i).Offset)
	}
	deferring.list = list
	l.tryDeferred()
}

// tryDeferred has the placeholders become what they stand for once, and panics if anything is not as goja has it.
func (l *layout) tryDeferred() {
	made := deferring.made
	defer func() { deferring.made = made }()
	count := 0
	deferring.made = func(*goja.Runtime, string, *goja.Object) { count++ }
	rt := goja.New()
	Defer(rt)
	v, err := rt.RunString(`
		const r = /a(b)/g, p = (async () => {})();
		let e; try { null.x } catch (x) { e = x }
		[Object.prototype.toString.call(p), "ab".replace(r, "c"), Object.getPrototypeOf(r) === RegExp.prototype, r.exec("ab")[1], r.flags, r.constructor === RegExp, new RegExp("x") instanceof RegExp,
			Object.getPrototypeOf(p) === Promise.prototype, p.then === Promise.prototype.then, p.constructor === Promise, p instanceof Promise,
			e.toString().slice(0, 10), e instanceof Error, Object.getPrototypeOf(TypeError.prototype) === Error.prototype,
			Object.getPrototypeOf(TypeError) === Error, Error.prototype.constructor === Error, "x".replace(/x/, "y"),
			Reflect.ownKeys(Promise.prototype).length, "exec" in r, new URIError("u") instanceof Error].join()`)
	const want = "[object Promise],c,true,b,g,true,true,true,true,true,true,TypeError:,true,true,true,true,y,5,true,true"
	if err != nil || v.String() != want || count != len(deferring.list) {
		panic("placeholders are not what they stand for")
	}
}

// standIns are the members of a placeholder: to touch one has all of them made.
func (l *layout) standIns(rt *goja.Runtime, d *deferred, sample *goja.Object) []Member {
	var members []Member
	for _, name := range sample.GetOwnPropertyNames() {
		key := unistring.NewFromString(name)
		members = append(members, Member{Name: name, Make: func(rt *goja.Runtime) goja.Value {
			base := l.self(l.settle(rt, d))[1]
			return (*at[map[unistring.String]goja.Value](base, l.base.vals))[key]
		}})
	}
	keys, _ := goja.AssertFunction(rt.Get("Object").(*goja.Object).Get("getOwnPropertySymbols"))
	found, err := keys(goja.Undefined(), sample)
	must(err)
	rt.ForOf(found, func(v goja.Value) bool {
		symbol := v.(*goja.Symbol)
		members = append(members, Member{Symbol: symbol, Make: func(rt *goja.Runtime) goja.Value {
			return Hidden(l.settle(rt, d).GetSymbol(symbol))
		}})
		return true
	})
	return members
}

// Defer gives a new runtime placeholders for Promise.prototype, RegExp.prototype and Error.prototype.
func Defer(rt *goja.Runtime) {
	l := native
	if len(deferring.list) == 0 {
		return
	}
	p := reflect.New(deferring.typ).UnsafePointer()
	for i, d := range deferring.list {
		obj, self := (*goja.Object)(unsafe.Add(p, deferring.at[2*i])), unsafe.Add(p, deferring.at[2*i+1])
		*at[*goja.Runtime](unsafe.Pointer(obj), l.objectRuntime) = rt
		*l.self(obj) = [2]unsafe.Pointer{l.template.objTab, self}
		l.initBase(unsafe.Add(self, l.template.objBase), obj, nil, "Object")
		*at[unsafe.Pointer](self, l.template.obj) = d.template
		*at[*goja.Object](unsafe.Pointer(rt), d.field) = obj
	}
}

// Settle makes what a placeholder of Defer's stands for. Call it with any object before script gets hold of it that may be one: goja's
// own ways to a prototype, which touch no property of it. It does nothing with other objects.
func Settle(obj *goja.Object) {
	l := native
	if l == nil || len(deferring.list) == 0 {
		return
	}
	self := l.self(obj)
	if self[0] != l.template.objTab {
		return
	}
	template := *at[unsafe.Pointer](self[1], l.template.obj)
	for _, d := range deferring.list {
		if d.template == template {
			l.settle(*at[*goja.Runtime](unsafe.Pointer(obj), l.objectRuntime), d)
			return
		}
	}
}

// settle makes the prototype, if it isn't yet, and gives it. The placeholder keeps its identity: it takes over the implementation of the
// object that goja makes.
func (l *layout) settle(rt *goja.Runtime, d *deferred) *goja.Object {
	slot := at[*goja.Object](unsafe.Pointer(rt), d.field)
	obj := *slot
	if l.self(obj)[0] != l.template.objTab {
		return obj
	}
	d.class0(rt) // whose default prototype is obj
	defer func() { *slot = obj }()
	*slot = nil
	d.again(d, rt)
	impl := *l.self(*slot)
	*at[*goja.Object](impl[1], l.base.val) = obj
	*l.self(obj) = impl
	*slot = obj
	deferring.made(rt, d.class, obj)
	return obj
}

// regExpAgain calls RegExp as a function, which asks for RegExp.prototype.
func (l *layout) regExpAgain(d *deferred, rt *goja.Runtime) {
	class := l.dataOf(d.class0(rt)).(*goja.Object)
	call := *at[func(goja.FunctionCall) goja.Value](l.self(class)[1], l.function.f)
	call(goja.FunctionCall{This: goja.Undefined()})
}

// errorAgain makes a class of errors that nobody gets, which asks for Error.prototype.
func (l *layout) errorAgain(_ *deferred, rt *goja.Runtime) {
	slot := at[*goja.Object](unsafe.Pointer(rt), deferring.other.field)
	kept := *slot
	*slot = nil
	defer func() { *slot = kept }()
	deferring.other.make(rt)
}
