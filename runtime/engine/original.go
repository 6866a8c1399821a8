package engine

import (
	"reflect"
	"strings"
	"sync"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// originals keeps the maker of each built-in that Original was asked for, by path; a nil Factory for what no template makes.
var originals sync.Map

// Original makes a built-in function anew as goja's template has it, whatever script has put in its place: "Object.getOwnPropertyDescriptor", or a
// getter, "get DataView.prototype.byteLength". "@@toStringTag" stands for the symbol, "TypedArray" for the class that has no global.
// Nil if the object is made from no template, as those of Map, RegExp and Promise are, or where only goja's public API is used.
func Original(rt *goja.Runtime, path string) *goja.Object {
	if native == nil {
		return nil
	}
	found, ok := originals.Load(path)
	if !ok {
		found, _ = originals.LoadOrStore(path, native.original(path))
	}
	make0 := found.(Factory)
	if make0 == nil {
		return nil
	}
	prop := make0(rt)
	if w := words(&prop); w[0] == native.property.tab && *at[bool](w[1], native.property.accessor) {
		return *at[*goja.Object](w[1], native.property.get)
	}
	fn, _ := native.dataOf(prop).(*goja.Object)
	return fn
}

func (l *layout) original(path string) Factory {
	path = strings.TrimPrefix(path, "get ")
	dot := strings.LastIndexByte(path, '.')
	expression, name := path[:dot], path[dot+1:]
	if rest, ok := strings.CutPrefix(expression, "TypedArray"); ok {
		expression = "Object.getPrototypeOf(Uint8Array)" + rest
	}
	v, err := goja.New().RunString(expression)
	if err != nil {
		return nil
	}
	obj, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	tmpl := l.templateOf(obj)
	if tmpl == nil {
		return nil
	}
	var found reflect.Value
	if name == "@@toStringTag" {
		found = l.member(tmpl, "symProps", reflect.ValueOf(goja.SymToStringTag))
	} else {
		found = l.member(tmpl, "props", reflect.ValueOf(unistring.NewFromString(name)))
	}
	if !found.IsValid() {
		return nil
	}
	return found.Convert(reflect.TypeFor[Factory]()).Interface().(Factory)
}

func (l *layout) member(tmpl unsafe.Pointer, field string, key reflect.Value) reflect.Value {
	members := fieldAt(tmpl, l.template.typ, field)
	if members.IsNil() {
		return reflect.Value{}
	}
	return members.MapIndex(key)
}
