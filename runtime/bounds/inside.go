package bounds

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"

	"github.com/bindery/bindery/runtime/engine"
)

// inside is what was learnt at start of goja's types, by name and through reflection as package engine does. It is nil where only
// goja's public API is used; all methods work on nil and then say that they don't know.
type inside struct {
	self uintptr // of goja.Object: its implementation, an interface

	function, templated, bound, proxy, array, mapping, set unsafe.Pointer // itabs

	functionF, functionConstruct   uintptr
	templatedF, templatedConstruct uintptr
	boundWrapped                   uintptr
	proxyHandler                   uintptr
	nativeTab, scriptTab           unsafe.Pointer // itabs of (proxyHandler, *nativeProxyHandler) and (proxyHandler, *jsProxyHandler)
	listed                         *table         // scriptTab with another ownKeys
	objectRuntime                  uintptr
	arrayLength, arrayValues       uintptr
	arrayCount, arrayProps         uintptr // how many elements are there, and how many of them are no plain values
	extensible                     uintptr // of an array
	mapTable, setTable, tableSize  uintptr
	vm, vmFlag                     uintptr
	ascii, integer                 unsafe.Pointer // itabs of (goja.Value, asciiString) and (goja.Value, valueInt)
	propertyTab                    unsafe.Pointer // itab of (goja.Value, *valueProperty)
	property                       struct{ value, get, set uintptr }
	failure                        unsafe.Pointer             // itab of an error's implementation
	failureStack                   uintptr                    // in it: its frames
	plainObject                    unsafe.Pointer             // itab of an ordinary object's implementation
	values                         map[unsafe.Pointer]uintptr // by itab: where the named properties of an implementation lie
}

var inner = learn()

type (
	native    = func(goja.FunctionCall) goja.Value
	construct = func([]goja.Value, *goja.Object) *goja.Object
)

func learn() *inside {
	if !engine.Native() {
		return nil
	}
	l, err := inspect(goja.New())
	if err != nil {
		return nil
	}
	return l
}

func inspect(rt *goja.Runtime) (l *inside, err error) {
	defer func() {
		if x := recover(); x != nil {
			l, err = nil, fmt.Errorf("inspect goja: %v", x)
		}
	}()
	l = &inside{self: offset(reflect.TypeFor[goja.Object](), "self", nil)}
	sample := func(source string) (*goja.Object, reflect.Type, unsafe.Pointer) {
		v, err := rt.RunString(source)
		if err != nil {
			panic(err)
		}
		o := v.(*goja.Object)
		return o, reflect.ValueOf(o).Elem().FieldByName("self").Elem().Type().Elem(), l.impl(o)[0]
	}
	fn, ctor := reflect.TypeFor[native](), reflect.TypeFor[construct]()
	_, t, tab := sample("Array")
	l.function, l.functionF, l.functionConstruct = tab, offset(t, "f", fn), offset(t, "construct", ctor)
	plain := t
	_, t, tab = sample("Object")
	l.templated, l.templatedF, l.templatedConstruct = tab, offset(t, "f", fn), offset(t, "construct", ctor)
	_, t, tab = sample("Object.bind()")
	l.bound, l.boundWrapped = tab, offset(t, "wrapped", reflect.TypeFor[*goja.Object]())
	if f := field(t, "nativeFuncObject", plain); f.Offset != 0 {
		panic("a bound function does not begin as a native one")
	}
	o, t, tab := sample("new Proxy({}, {})")
	l.proxy, l.proxyHandler = tab, offset(t, "handler", nil)
	l.inspectHandler(field(t, "handler", nil), o)
	p := rt.ToValue(rt.NewProxy(rt.NewObject(), &goja.ProxyTrapConfig{})).(*goja.Object)
	l.nativeTab = (*[2]unsafe.Pointer)(unsafe.Add(l.impl(p)[1], l.proxyHandler))[0]
	handler := reflect.ValueOf(p).Elem().FieldByName("self").Elem().Elem().FieldByName("handler").Elem().Type()
	if offset(handler.Elem(), "handler", reflect.TypeFor[*goja.ProxyTrapConfig]()) != 0 {
		panic("the traps are not first")
	}
	_, t, tab = sample("[]")
	l.array, l.arrayLength, l.arrayValues = tab, offset(t, "length", reflect.TypeFor[uint32]()), offset(t, "values", reflect.TypeFor[[]goja.Value]())
	l.arrayCount, l.arrayProps = offset(t, "objCount", reflect.TypeFor[int]()), offset(t, "propValueCount", reflect.TypeFor[int]())
	l.extensible = offset(t, "extensible", reflect.TypeFor[bool]())
	l.inspectTables(sample)
	text, err := rt.RunString("'text'")
	if err != nil {
		return nil, err
	}
	l.ascii = (*[2]unsafe.Pointer)(unsafe.Pointer(&text))[0]
	if err := l.inspectInteger(rt); err != nil {
		return nil, err
	}
	v := field(reflect.TypeFor[goja.Runtime](), "vm", nil)
	l.vm, l.vmFlag = v.Offset, offset(v.Type.Elem(), "interrupted", reflect.TypeFor[uint32]())
	l.inspectProperty(rt)
	_, t, tab = sample("new Error")
	l.failure, l.failureStack = tab, offset(t, "stack", reflect.TypeFor[[]goja.StackFrame]())
	l.values = make(map[unsafe.Pointer]uintptr)
	for _, source := range []string{"Array", "({})", "RegExp.prototype"} {
		_, t, tab := sample(source)
		l.values[tab] = offset(t, "values", reflect.TypeFor[map[unistring.String]goja.Value]())
		if source == "({})" {
			l.plainObject = tab
		}
	}
	return l, nil
}

func (l *inside) inspectInteger(rt *goja.Runtime) error {
	n := rt.ToValue(1234567)
	w := (*[2]unsafe.Pointer)(unsafe.Pointer(&n))
	if t := reflect.TypeOf(n); t.Kind() != reflect.Int64 || *(*int64)(w[1]) != 1234567 {
		return fmt.Errorf("an integer is %v", t)
	}
	if t := reflect.TypeOf(rt.ToValue("text")); t.Kind() != reflect.String {
		return fmt.Errorf("a text is %v", t)
	}
	l.integer = w[0]
	return nil
}

func (l *inside) inspectProperty(rt *goja.Runtime) {
	accessor := engine.Accessor(rt.NewObject(), nil, true)
	l.propertyTab = (*[2]unsafe.Pointer)(unsafe.Pointer(&accessor))[0]
	t := reflect.TypeOf(accessor).Elem()
	l.property.value = offset(t, "value", reflect.TypeFor[goja.Value]())
	l.property.get = offset(t, "getterFunc", reflect.TypeFor[*goja.Object]())
	l.property.set = offset(t, "setterFunc", reflect.TypeFor[*goja.Object]())
}

func (l *inside) inspectTables(sample func(string) (*goja.Object, reflect.Type, unsafe.Pointer)) {
	_, t, tab := sample("new Map")
	table := field(t, "m", nil)
	l.mapping, l.mapTable, l.tableSize = tab, table.Offset, offset(table.Type.Elem(), "size", reflect.TypeFor[int]())
	_, t, tab = sample("new Set")
	l.set, l.setTable = tab, field(t, "m", table.Type).Offset
}

// impl gives the two words of o's interface to its implementation.
func (l *inside) impl(o *goja.Object) *[2]unsafe.Pointer {
	return (*[2]unsafe.Pointer)(unsafe.Add(unsafe.Pointer(o), l.self))
}

// code gives where the code of a native function lies; both nil if o is none or this is unknown.
func (l *inside) code(o *goja.Object) (*native, *construct) {
	if l == nil {
		return nil, nil
	}
	w := l.impl(o)
	switch w[0] {
	case l.function:
		return (*native)(unsafe.Add(w[1], l.functionF)), (*construct)(unsafe.Add(w[1], l.functionConstruct))
	case l.templated:
		return (*native)(unsafe.Add(w[1], l.templatedF)), (*construct)(unsafe.Add(w[1], l.templatedConstruct))
	}
	return nil, nil
}

// traps gives the traps of a proxy made by Go, nil if o is none.
func (l *inside) traps(o *goja.Object) *goja.ProxyTrapConfig {
	if l == nil || l.impl(o)[0] != l.proxy {
		return nil
	}
	handler := (*[2]unsafe.Pointer)(unsafe.Add(l.impl(o)[1], l.proxyHandler))
	if handler[0] != l.nativeTab {
		return nil
	}
	return *(**goja.ProxyTrapConfig)(handler[1])
}

// wrapped gives what a bound function is bound to, nil if o is none.
func (l *inside) wrapped(o *goja.Object) *goja.Object {
	if l == nil || l.impl(o)[0] != l.bound {
		return nil
	}
	return *(**goja.Object)(unsafe.Add(l.impl(o)[1], l.boundWrapped))
}

// elements gives the length and elements of an ordinary array; ok tells whether o is one. Holes are nil, and elements may be
// fewer than length.
func (l *inside) elements(o *goja.Object) (length int64, values []goja.Value, ok bool) {
	if l == nil || l.impl(o)[0] != l.array {
		return 0, nil, false
	}
	p := l.impl(o)[1]
	return int64(*(*uint32)(unsafe.Add(p, l.arrayLength))), *(*[]goja.Value)(unsafe.Add(p, l.arrayValues)), true
}

// plain is elements for an array whose elements are plain values, and tells how many of them are there. Changing them changes the array.
func (l *inside) plain(o *goja.Object) (length int64, values []goja.Value, count int, ok bool) {
	length, values, ok = l.elements(o)
	if !ok {
		return 0, nil, 0, false
	}
	p := l.impl(o)[1]
	return length, values, *(*int)(unsafe.Add(p, l.arrayCount)), *(*int)(unsafe.Add(p, l.arrayProps)) == 0
}

// grows reports whether an array may get more elements.
func (l *inside) grows(o *goja.Object) bool { return *(*bool)(unsafe.Add(l.impl(o)[1], l.extensible)) }

// setElements gives an array of plain values its elements, count of which are no holes.
func (l *inside) setElements(o *goja.Object, length int64, values []goja.Value, count int) {
	p := l.impl(o)[1]
	*(*uint32)(unsafe.Add(p, l.arrayLength)) = uint32(length)
	*(*[]goja.Value)(unsafe.Add(p, l.arrayValues)) = values
	*(*int)(unsafe.Add(p, l.arrayCount)) = count
}

// bare gives how many named properties of its own an ordinary object has; -1 if it is no such.
func (l *inside) bare(o *goja.Object) int {
	if l == nil || l.impl(o)[0] != l.plainObject {
		return -1
	}
	w := l.impl(o)
	return len(*(*map[unistring.String]goja.Value)(unsafe.Add(w[1], l.values[w[0]])))
}

// asciiText gives the text of s without a copy, if it is ASCII of goja's.
func (l *inside) asciiText(v goja.Value) (text string, ok bool) {
	w := (*[2]unsafe.Pointer)(unsafe.Pointer(&v))
	if l == nil || w[0] != l.ascii {
		return "", false
	}
	return *(*string)(w[1]), true
}

// integerOf gives the number that v is, if it is one that goja keeps as an integer.
func (l *inside) integerOf(v goja.Value) (n int64, ok bool) {
	w := (*[2]unsafe.Pointer)(unsafe.Pointer(&v))
	if l == nil || w[0] != l.integer {
		return 0, false
	}
	return *(*int64)(w[1]), true
}

// asciiValue makes a value of ASCII text, without a copy.
func (l *inside) asciiValue(s string) (v goja.Value) {
	*(*[2]unsafe.Pointer)(unsafe.Pointer(&v)) = [2]unsafe.Pointer{l.ascii, unsafe.Pointer(&s)}
	return v
}

// functions gives the functions that are the value, getter or setter of an own property of o, without running any. ok is false if
// this can't be told.
func (l *inside) functions(o *goja.Object, name string) (functions []*goja.Object, ok bool) {
	if l == nil {
		return nil, false
	}
	w := l.impl(o)
	at, ok := l.values[w[0]]
	if !ok {
		return nil, false
	}
	prop := (*(*map[unistring.String]goja.Value)(unsafe.Add(w[1], at)))[unistring.NewFromString(name)]
	if f, ok := prop.(*goja.Object); ok {
		return []*goja.Object{f}, true
	}
	p := (*[2]unsafe.Pointer)(unsafe.Pointer(&prop))
	if p[0] != l.propertyTab {
		return nil, true
	}
	if f, ok := (*(*goja.Value)(unsafe.Add(p[1], l.property.value))).(*goja.Object); ok {
		functions = append(functions, f)
	}
	for _, at := range []uintptr{l.property.get, l.property.set} {
		if f := *(**goja.Object)(unsafe.Add(p[1], at)); f != nil {
			functions = append(functions, f)
		}
	}
	return functions, true
}

// stack gives where the frames of an error lie, nil if o is none.
func (l *inside) stack(o *goja.Object) *[]goja.StackFrame {
	if l == nil || l.impl(o)[0] != l.failure {
		return nil
	}
	return (*[]goja.StackFrame)(unsafe.Add(l.impl(o)[1], l.failureStack))
}

// isASCII reports whether s is of the type that goja has for ASCII.
func (l *inside) isASCII(s goja.String) bool {
	v := goja.Value(s)
	return (*[2]unsafe.Pointer)(unsafe.Pointer(&v))[0] == l.ascii
}

// size gives how many entries a Map or Set has, -1 if o is none.
func (l *inside) size(v goja.Value) int {
	o, ok := v.(*goja.Object)
	if l == nil || !ok {
		return -1
	}
	w := l.impl(o)
	at := l.mapTable
	switch w[0] {
	case l.mapping:
	case l.set:
		at = l.setTable
	default:
		return -1
	}
	table := *(*unsafe.Pointer)(unsafe.Add(w[1], at))
	return *(*int)(unsafe.Add(table, l.tableSize))
}

// interruptFlag is the mark that Runtime.Interrupt sets.
func (l *inside) interruptFlag(rt *goja.Runtime) *uint32 {
	if l == nil {
		return nil
	}
	return (*uint32)(unsafe.Add(*(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(rt), l.vm)), l.vmFlag))
}

func field(t reflect.Type, name string, want reflect.Type) reflect.StructField {
	f, ok := t.FieldByName(name)
	if !ok {
		panic(fmt.Sprintf("%v has no field %s", t, name))
	}
	if want != nil && f.Type != want {
		panic(fmt.Sprintf("%v.%s is %v, want %v", t, name, f.Type, want))
	}
	// FieldByName looks into embedded structs, whose offsets add up.
	at := uintptr(0)
	for i, outer := 0, t; i < len(f.Index); i++ {
		step := outer.Field(f.Index[i])
		at, outer = at+step.Offset, step.Type
		if i < len(f.Index)-1 && outer.Kind() == reflect.Pointer {
			panic(name + " is behind a pointer")
		}
	}
	f.Offset = at
	return f
}

func offset(t reflect.Type, name string, want reflect.Type) uintptr {
	return field(t, name, want).Offset
}
