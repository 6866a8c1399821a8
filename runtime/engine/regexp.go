package engine

import (
	"os"
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
)

// regExps is how goja itself tells a regular expression that is as it made it, learnt at start; nil when only the public API is used.
var regExps = learnRegExps()

type regExpLayout struct {
	self                uintptr        // of goja.Object
	tab                 unsafe.Pointer // itab of a regular expression's implementation
	protoTab            unsafe.Pointer // that of RegExp.prototype's while it is as it was made: what takes its place has the same address
	prototype, standard uintptr        // in it
	original            uintptr        // in goja.Runtime: the implementation of RegExp.prototype while that is as it was made
	runtime             uintptr        // of goja.Object
}

func learnRegExps() (l *regExpLayout) {
	if os.Getenv("BINDERY_ENGINE") == "public" {
		return nil
	}
	defer func() {
		if recover() != nil {
			l = nil
		}
	}()
	rt := goja.New()
	sample, err := rt.RunString("/x/")
	must(err)
	o := sample.(*goja.Object)
	base := field(implType(o), "baseObject", nil)
	global := field(reflect.TypeFor[goja.Runtime](), "global", nil)
	original := field(global.Type, "stdRegexpProto", nil)
	if original.Type.Kind() != reflect.Pointer {
		return nil
	}
	l = &regExpLayout{
		self: offset(reflect.TypeFor[goja.Object](), "self", nil), runtime: offset(reflect.TypeFor[goja.Object](), "runtime", reflect.TypeFor[*goja.Runtime]()),
		prototype: base.Offset + offset(base.Type, "prototype", reflect.TypeFor[*goja.Object]()),
		standard:  offset(implType(o), "standard", reflect.TypeFor[bool]()),
		original:  global.Offset + original.Offset,
	}
	l.tab = at[[2]unsafe.Pointer](unsafe.Pointer(o), l.self)[0]
	l.protoTab = at[[2]unsafe.Pointer](unsafe.Pointer(o.Prototype()), l.self)[0]
	if !l.trial(rt) {
		return nil
	}
	return l
}

func (l *regExpLayout) trial(rt *goja.Runtime) bool {
	v, err := rt.RunString(`const a = [/x/, /x/, Object.setPrototypeOf(/x/, {}), {}]; a[1].exec = () => null; a`)
	must(err)
	first := v.(*goja.Object).Get("0").(*goja.Object)
	for i, name := range []string{"0", "1", "2", "3"} {
		if l.ordinary(v.(*goja.Object).Get(name).(*goja.Object)) != (i == 0) {
			return false
		}
	}
	_, err = rt.RunString(`RegExp.prototype.exec = () => null`)
	return err == nil && !l.ordinary(first)
}

// OrdinaryRegExp reports whether o is a regular expression of which script has changed nothing that its methods ask for: exec and flags, on
// itself and on RegExp.prototype. It may say no of one that is, and does where only goja's public API is used.
func OrdinaryRegExp(o *goja.Object) bool { return regExps != nil && regExps.ordinary(o) }

func (l *regExpLayout) ordinary(o *goja.Object) bool {
	impl := at[[2]unsafe.Pointer](unsafe.Pointer(o), l.self)
	if impl[0] != l.tab || !*at[bool](impl[1], l.standard) {
		return false
	}
	proto := *at[*goja.Object](impl[1], l.prototype)
	if proto == nil {
		return false
	}
	original := *at[unsafe.Pointer](*at[unsafe.Pointer](unsafe.Pointer(o), l.runtime), l.original)
	self := at[[2]unsafe.Pointer](unsafe.Pointer(proto), l.self)
	return original != nil && self[0] == l.protoTab && self[1] == original
}
