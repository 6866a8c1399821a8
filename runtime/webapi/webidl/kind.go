package webidl

import (
	"math"
	"math/big"
	"reflect"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// Kind is what an object is by its internal slots, whatever its prototype and properties claim.
type Kind uint8

// The kinds of objects.
const (
	KindOrdinary Kind = iota
	KindArray
	KindArguments
	KindFunction
	KindError
	KindBoolean // a boxed primitive; so are the next four
	KindNumber
	KindString
	KindBigInt
	KindSymbol
	KindDate
	KindRegExp
	KindMap
	KindSet
	KindArrayBuffer
	KindTypedArray
	KindDataView
	KindPromise
	KindProxy
	KindPlatform // carries a Go value: an object of a Web API
)

var (
	typeOfMap    = reflect.TypeFor[[][2]any]()
	typeOfList   = reflect.TypeFor[[]any]()
	typeOfBuffer = reflect.TypeFor[goja.ArrayBuffer]()
	typeOfBigInt = reflect.TypeFor[*big.Int]()
)

// KindOf tells what obj is. It never runs script. Objects of ECMAScript that no kind stands for, such as a WeakMap or an iterator, are
// KindOrdinary (see Inherits).
func (r *Realm) KindOf(obj *goja.Object) Kind {
	t := obj.ExportType()
	switch t {
	case typeOfProxy:
		return KindProxy
	case typeOfPromise:
		return KindPromise
	case typeOfBuffer:
		return KindArrayBuffer
	case typeOfMap:
		return KindMap
	case typeOfBigInt:
		return KindBigInt
	}
	switch obj.ClassName() {
	case "Array":
		return KindArray
	case "Arguments":
		return KindArguments
	case "Error":
		return KindError
	case "Boolean":
		return KindBoolean
	case "Number":
		return KindNumber
	case "String":
		return KindString
	case "Date":
		return KindDate
	case "RegExp":
		return KindRegExp
	}
	if t.Kind() == reflect.Func {
		return KindFunction
	}
	if _, ok := goja.AssertFunction(obj); ok {
		return KindFunction
	}
	switch {
	case t == typeOfList:
		return KindSet
	case t.Kind() == reflect.String:
		return KindSymbol
	case engine.Value(obj) != nil:
		return KindPlatform
	case r.IsView(obj):
		if engine.IsDataView(r.VM, obj) {
			return KindDataView
		}
		return KindTypedArray
	}
	return KindOrdinary
}

// ProxyTarget gives what a Proxy stands for: nil if it has been revoked. obj must be KindProxy.
func ProxyTarget(obj *goja.Object) *goja.Object {
	p, ok := obj.Export().(goja.Proxy)
	if !ok {
		return nil
	}
	return p.Target()
}

// maxChain bounds walks along prototypes, which may be as long as script likes.
const maxChain = 1000

// Inherits reports whether proto is on obj's prototype chain, as far as that can be told without running script: the walk ends at a Proxy.
func Inherits(obj, proto *goja.Object) bool {
	for range maxChain {
		if obj.ExportType() == typeOfProxy {
			return false
		}
		if obj = obj.Prototype(); obj == nil {
			return false
		}
		if obj == proto {
			return true
		}
	}
	return false
}

// Entries gives the entries of a Map, or the values of a Set (keys only), in order, without running script. obj must be one.
func (r *Realm) Entries(obj *goja.Object) [][2]goja.Value {
	entries, _ := r.FirstEntries(obj, math.MaxInt)
	return entries
}

// FirstEntries is Entries for the first ones, and tells how many there are.
func (r *Realm) FirstEntries(obj *goja.Object, limit int) (entries [][2]goja.Value, total int) {
	class := "Set"
	if r.KindOf(obj) == KindMap {
		class = "Map"
	}
	total = int(r.Invoke(r.Intrinsic("get "+class+".prototype.size"), obj).ToInteger())
	if limit = min(limit, total); limit == 0 {
		return nil, total
	}
	enough := r.VM.NewObject()
	collect := r.VM.ToValue(func(c goja.FunctionCall) goja.Value {
		entries = append(entries, [2]goja.Value{c.Argument(1), c.Argument(0)})
		if len(entries) == limit && limit < total {
			panic(enough)
		}
		return goja.Undefined()
	})
	forEach := r.Intrinsic(class + ".prototype.forEach")
	if thrown := r.Try(func() { r.Invoke(forEach, obj, collect) }); thrown != nil && !thrown.SameAs(enough) {
		panic(thrown)
	}
	return entries, total
}

// RegExp gives the source and flags of a RegExp, without running script. obj must be one.
func (r *Realm) RegExp(obj *goja.Object) (source, flags string) {
	source = r.Invoke(r.Intrinsic("get RegExp.prototype.source"), obj).String()
	for _, f := range []struct{ letter, name string }{
		{"g", "global"}, {"i", "ignoreCase"}, {"m", "multiline"}, {"s", "dotAll"}, {"u", "unicode"}, {"y", "sticky"},
	} {
		if r.Invoke(r.Intrinsic("get RegExp.prototype."+f.name), obj).ToBoolean() {
			flags += f.letter
		}
	}
	return source, flags
}

// Unbox gives the primitive in a boxed one. obj must be of one of these kinds.
func (r *Realm) Unbox(obj *goja.Object) goja.Value {
	class := ""
	switch r.KindOf(obj) {
	case KindBoolean:
		class = "Boolean"
	case KindNumber:
		class = "Number"
	case KindString:
		class = "String"
	case KindBigInt:
		class = "BigInt"
	default:
		class = "Symbol"
	}
	return r.Invoke(r.Intrinsic(class+".prototype.valueOf"), obj)
}

// DateTime gives the time value of a Date in milliseconds, NaN for an invalid one. obj must be a Date.
func (r *Realm) DateTime(obj *goja.Object) float64 {
	return r.Invoke(r.Intrinsic("Date.prototype.getTime"), obj).ToFloat()
}

// View describes a typed array or a DataView: its class ("Uint8Array"), its buffer, where it begins there, and its length in
// elements (a DataView: in bytes). obj must be one.
func (r *Realm) View(obj *goja.Object) (class string, buffer *goja.Object, offset, length int) {
	owner, size := "TypedArray", "length"
	if r.KindOf(obj) == KindDataView {
		class, owner, size = "DataView", "DataView", "byteLength"
	} else {
		class = r.Invoke(r.Intrinsic("get TypedArray.prototype.@@toStringTag"), obj).String()
	}
	get := func(name string) goja.Value { return r.Invoke(r.Intrinsic("get "+owner+".prototype."+name), obj) }
	buffer = get("buffer").(*goja.Object)
	return class, buffer, int(get("byteOffset").ToInteger()), int(get(size).ToInteger())
}
