package engine

import (
	"fmt"
	"os"
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// layout holds what was learnt of goja's types at start. Offsets are in bytes from the start of the named struct.
type layout struct {
	objectRuntime, objectSelf uintptr // goja.Object

	runtimeVM, vmStack uintptr // goja.Runtime and its vm

	runtimeTracker, runtimeJobs, runtimeIterProto, runtimeFuncProto, runtimeObjectProto, runtimePromiseProto uintptr // goja.Runtime

	base       baseLayout
	hostType   reflect.Type // struct{ Object goja.Object; Base goja.baseObject; Value any }
	hostBase   uintptr
	hostShaped bool // allocated as a hostShape
	hostVal    uintptr
	baseTab    unsafe.Pointer // itab of (objectImpl, *baseObject)
	viewTab    unsafe.Pointer // itab of (objectImpl, *dataViewObject)

	property propertyLayout
	function functionLayout
	template templateLayout
	promise  promiseLayout

	resolving resolvingLayout
	async     asyncLayout
}

type baseLayout struct {
	typ                                     reflect.Type
	class, val, prototype, ext, vals, names uintptr
}

type propertyLayout struct {
	typ                                                           reflect.Type
	tab                                                           unsafe.Pointer // itab of (goja.Value, *valueProperty)
	value, writable, configurable, enumerable, accessor, get, set uintptr
}

type functionLayout struct {
	typ          reflect.Type
	objType      reflect.Type // struct{ Object goja.Object; Func goja.nativeFuncObject }
	objFunc      uintptr
	tab          unsafe.Pointer
	base, length uintptr // baseObject and lenProp within nativeFuncObject
	f, construct uintptr
}

type templateLayout struct {
	typ                                         reflect.Type // objectTemplate
	propNames, props, symProps, symNames, proto uintptr

	objType      reflect.Type // templatedObject
	objTab       unsafe.Pointer
	objBase, obj uintptr // offsets of baseObject and tmpl in templatedObject

	funcType                         reflect.Type // templatedFuncObject
	funcTab                          unsafe.Pointer
	funcObj, funcCall, funcConstruct uintptr
}

type promiseLayout struct {
	tab                                          unsafe.Pointer
	base, state, result, fulfil, reject, handled uintptr

	reaction                                   reflect.Type
	reactionType, reactionHandler, reactionCtx uintptr
	job                                        reflect.Type
}

// native is what start-up learnt, nil when only the public API is used.
var native *layout

func init() {
	native = learn()
	machine = learnMachine()
}

// Native reports whether goja's inside is used. If not, everything works through goja's public API, at a higher price.
func Native() bool { return native != nil }

func learn() *layout {
	if os.Getenv("BINDERY_ENGINE") == "public" {
		return nil
	}
	l, err := inspect(goja.New())
	if err != nil {
		return nil
	}
	if err := l.trial(goja.New()); err != nil {
		return nil
	}
	return l
}

// inspect reads the layout off live samples. Any surprise is an error, whether reflection panics or a name is gone.
func inspect(rt *goja.Runtime) (l *layout, err error) {
	defer func() {
		if x := recover(); x != nil {
			l, err = nil, fmt.Errorf("inspect goja: %v", x)
		}
	}()
	l = &layout{}
	object := reflect.TypeFor[goja.Object]()
	l.objectRuntime = offset(object, "runtime", reflect.TypeFor[*goja.Runtime]())
	l.objectSelf = offset(object, "self", nil)
	l.inspectRuntime(rt)

	plain := rt.NewObject()
	l.base.typ = implType(plain)
	l.baseTab = l.self(plain)[0]
	view, err := rt.RunString("new DataView(new ArrayBuffer(1))")
	if err != nil {
		return nil, err
	}
	l.viewTab = l.self(view.(*goja.Object))[0]
	l.inspectBase()
	l.hostType = reflect.StructOf([]reflect.StructField{
		{Name: "Object", Type: object},
		{Name: "Base", Type: l.base.typ},
		{Name: "Value", Type: reflect.TypeFor[any]()},
	})
	l.hostBase = offset(l.hostType, "Base", nil)
	l.hostVal = offset(l.hostType, "Value", nil)
	l.hostShaped = sameShape(l.hostType, reflect.TypeFor[hostShape]())

	l.inspectProperty(rt)
	l.inspectFunction(rt)
	l.inspectTemplate(rt)
	l.inspectPromise(rt)
	l.inspectResolving(rt)
	l.inspectAsync(rt)
	return l, nil
}

func (l *layout) inspectRuntime(rt *goja.Runtime) {
	t := reflect.TypeOf(rt).Elem()
	l.runtimeTracker = offset(t, "asyncContextTracker", reflect.TypeFor[goja.AsyncContextTracker]())
	l.runtimeJobs = offset(t, "jobQueue", reflect.TypeFor[[]func()]())
	vm := field(t, "vm", nil)
	l.runtimeVM = vm.Offset
	stack := field(vm.Type.Elem(), "stack", nil)
	l.vmStack = stack.Offset
	if stack.Type.Kind() != reflect.Slice || stack.Type.Elem() != reflect.TypeFor[goja.Value]() {
		panic("stack is no slice of values")
	}
	global := field(t, "global", nil)
	l.runtimeFuncProto = global.Offset + offset(global.Type, "FunctionPrototype", reflect.TypeFor[*goja.Object]())
	l.runtimeObjectProto = global.Offset + offset(global.Type, "ObjectPrototype", reflect.TypeFor[*goja.Object]())
	l.runtimePromiseProto = global.Offset + offset(global.Type, "PromisePrototype", reflect.TypeFor[*goja.Object]())
	l.runtimeIterProto = global.Offset + offset(global.Type, "IteratorPrototype", reflect.TypeFor[*goja.Object]())
}

func (l *layout) inspectBase() {
	t := l.base.typ
	l.base.class = offset(t, "class", reflect.TypeFor[string]())
	l.base.val = offset(t, "val", reflect.TypeFor[*goja.Object]())
	l.base.prototype = offset(t, "prototype", reflect.TypeFor[*goja.Object]())
	l.base.ext = offset(t, "extensible", reflect.TypeFor[bool]())
	l.base.vals = offset(t, "values", reflect.TypeFor[map[unistring.String]goja.Value]())
	l.base.names = offset(t, "propNames", reflect.TypeFor[[]unistring.String]())
}

func (l *layout) inspectProperty(rt *goja.Runtime) {
	sample := rt.NewObject()
	fn := rt.ToValue(func(goja.FunctionCall) goja.Value { return nil })
	if err := sample.DefineAccessorProperty("a", fn, nil, goja.FLAG_TRUE, goja.FLAG_TRUE); err != nil {
		panic(err)
	}
	vals := *(*map[unistring.String]goja.Value)(unsafe.Add(l.self(sample)[1], l.base.vals))
	prop := vals["a"]
	l.property.tab = words(&prop)[0]
	t := reflect.TypeOf(prop).Elem()
	l.property.typ = t
	l.property.value = offset(t, "value", reflect.TypeFor[goja.Value]())
	l.property.writable = offset(t, "writable", reflect.TypeFor[bool]())
	l.property.configurable = offset(t, "configurable", reflect.TypeFor[bool]())
	l.property.enumerable = offset(t, "enumerable", reflect.TypeFor[bool]())
	l.property.accessor = offset(t, "accessor", reflect.TypeFor[bool]())
	l.property.get = offset(t, "getterFunc", reflect.TypeFor[*goja.Object]())
	l.property.set = offset(t, "setterFunc", reflect.TypeFor[*goja.Object]())
}

func (l *layout) inspectFunction(rt *goja.Runtime) {
	sample := rt.ToValue(func(goja.FunctionCall) goja.Value { return nil }).(*goja.Object)
	t := implType(sample)
	l.function.typ = t
	l.function.tab = l.self(sample)[0]
	baseFunc := field(t, "baseFuncObject", nil)
	l.function.base = baseFunc.Offset + offset(baseFunc.Type, "baseObject", l.base.typ)
	l.function.length = baseFunc.Offset + offset(baseFunc.Type, "lenProp", l.property.typ)
	l.function.f = offset(t, "f", reflect.TypeFor[func(goja.FunctionCall) goja.Value]())
	l.function.construct = offset(t, "construct", reflect.TypeFor[func([]goja.Value, *goja.Object) *goja.Object]())
	l.function.objType = reflect.StructOf([]reflect.StructField{
		{Name: "Object", Type: reflect.TypeFor[goja.Object]()},
		{Name: "Func", Type: t},
	})
	l.function.objFunc = offset(l.function.objType, "Func", nil)
}

func (l *layout) inspectTemplate(rt *goja.Runtime) {
	t := &l.template
	t.objType = implType(rt.GlobalObject())
	t.objTab = l.self(rt.GlobalObject())[0]
	t.objBase = offset(t.objType, "baseObject", l.base.typ)
	tmpl := field(t.objType, "tmpl", nil)
	t.obj = tmpl.Offset
	t.typ = tmpl.Type.Elem()
	factory := reflect.TypeFor[func(*goja.Runtime) goja.Value]()
	t.propNames = offset(t.typ, "propNames", reflect.TypeFor[[]unistring.String]())
	t.props = offset(t.typ, "props", nil)
	t.symProps = offset(t.typ, "symProps", nil)
	t.symNames = offset(t.typ, "symPropNames", reflect.TypeFor[[]*goja.Symbol]())
	t.proto = offset(t.typ, "protoFactory", reflect.TypeFor[func(*goja.Runtime) *goja.Object]())
	for _, name := range []string{"props", "symProps"} {
		if m := field(t.typ, name, nil).Type; m.Kind() != reflect.Map || !factory.ConvertibleTo(m.Elem()) {
			panic(name + " is no map of factories")
		}
	}

	ctor := rt.Get("Object").(*goja.Object)
	t.funcType = implType(ctor)
	t.funcTab = l.self(ctor)[0]
	t.funcObj = offset(t.funcType, "templatedObject", t.objType)
	t.funcCall = offset(t.funcType, "f", reflect.TypeFor[func(goja.FunctionCall) goja.Value]())
	t.funcConstruct = offset(t.funcType, "construct", reflect.TypeFor[func([]goja.Value, *goja.Object) *goja.Object]())
}

func (l *layout) inspectPromise(rt *goja.Runtime) {
	p, _, _ := rt.NewPromise()
	obj := rt.ToValue(p).(*goja.Object)
	l.promise.tab = l.self(obj)[0]
	t := reflect.TypeFor[goja.Promise]()
	l.promise.base = offset(t, "baseObject", l.base.typ)
	l.promise.state = offset(t, "state", reflect.TypeFor[goja.PromiseState]())
	l.promise.result = offset(t, "result", reflect.TypeFor[goja.Value]())
	l.promise.fulfil = offset(t, "fulfillReactions", nil)
	l.promise.reject = offset(t, "rejectReactions", nil)
	l.promise.handled = offset(t, "handled", reflect.TypeFor[bool]())
	r := field(t, "fulfillReactions", nil).Type.Elem().Elem()
	l.promise.reaction = r
	l.promise.reactionType = offset(r, "typ", nil)
	if field(r, "typ", nil).Type.Kind() != reflect.Int {
		panic("typ is no int")
	}
	l.promise.reactionHandler = offset(r, "handler", nil)
	l.promise.reactionCtx = offset(r, "asyncCtx", reflect.TypeFor[any]())
	l.promise.job = field(r, "handler", nil).Type.Elem()
	if offset(l.promise.job, "callback", reflect.TypeFor[func(goja.FunctionCall) goja.Value]()) != 0 {
		panic("callback is not first")
	}
}

// self gives the two words of obj's interface to its implementation: itab and data.
func (l *layout) self(obj *goja.Object) *[2]unsafe.Pointer {
	return (*[2]unsafe.Pointer)(unsafe.Add(unsafe.Pointer(obj), l.objectSelf))
}

// words gives the two words of an interface value.
func words[T any](v *T) *[2]unsafe.Pointer { return (*[2]unsafe.Pointer)(unsafe.Pointer(v)) }

// implType is the concrete struct type behind obj.
func implType(obj *goja.Object) reflect.Type {
	return reflect.ValueOf(obj).Elem().FieldByName("self").Elem().Type().Elem()
}

func field(t reflect.Type, name string, want reflect.Type) reflect.StructField {
	f, ok := t.FieldByName(name)
	if !ok || len(f.Index) != 1 {
		panic(fmt.Sprintf("%v has no field %s", t, name))
	}
	if want != nil && f.Type != want {
		panic(fmt.Sprintf("%v.%s is %v, want %v", t, name, f.Type, want))
	}
	return f
}

func offset(t reflect.Type, name string, want reflect.Type) uintptr {
	return field(t, name, want).Offset
}

// at reads or writes a field of type T at an offset.
func at[T any](p unsafe.Pointer, off uintptr) *T { return (*T)(unsafe.Add(p, off)) }
