package webidl

import (
	"strings"
	"sync"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// intrinsics keeps the functions that Intrinsic has found, by path.
type intrinsics map[string]goja.Callable

type intrinsicsKey struct{}

// kept are the built-ins of objects that goja makes in one go: they are kept when the global that leads to them is first read, which is before
// script can replace them. What else Intrinsic is asked for, package engine makes anew.
var kept = map[string][]string{
	"Map":     {"Map.prototype.forEach", "Map.prototype.set", "get Map.prototype.size"},
	"Set":     {"Set.prototype.forEach", "Set.prototype.add", "get Set.prototype.size"},
	"RegExp":  {"RegExp.prototype.exec", "get RegExp.prototype.source", "get RegExp.prototype.global", "get RegExp.prototype.ignoreCase", "get RegExp.prototype.multiline", "get RegExp.prototype.dotAll", "get RegExp.prototype.unicode", "get RegExp.prototype.sticky"},
	"JSON":    {"JSON.stringify", "JSON.parse"},
	"Symbol":  {"Symbol.prototype.valueOf"},
	"Boolean": {"Boolean.prototype.valueOf"},
}

const descriptorPath = "Object.getOwnPropertyDescriptor"

// others are the built-ins that package engine makes anew; where it can't, they are kept as a realm is made.
var others = []string{
	descriptorPath, "Function.prototype.toString", "Date.prototype.getTime",
	"Number.prototype.valueOf", "String.prototype.valueOf", "BigInt.prototype.valueOf",
	"TypedArray.prototype.at", "get TypedArray.prototype.@@toStringTag", "get TypedArray.prototype.buffer", "get TypedArray.prototype.byteOffset", "get TypedArray.prototype.length",
	"get DataView.prototype.buffer", "get DataView.prototype.byteOffset", "get DataView.prototype.byteLength",
}

// globalsKept are the globals of ECMAScript that Global is asked for, beside those of kept.
var globalsKept = []string{
	"Object", "Function", "Array", "Date", "Promise", "ArrayBuffer", "DataView", "String", "Number", "BigInt",
	"Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError", "URIError", "AggregateError",
	"Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array",
	"BigInt64Array", "BigUint64Array",
	"WeakMap", "WeakSet", "WeakRef", "FinalizationRegistry", "DisposableStack", "AsyncDisposableStack",
}

// keepIntrinsics must run before the first realm is made, and after all that changes the engine's templates.
var keepIntrinsics = sync.OnceFunc(func() {
	if !engine.Native() {
		return
	}
	for root, paths := range kept {
		err := engine.WrapGlobal(root, func(rt *goja.Runtime, v *goja.Object) {
			if r := Of(rt); r != nil {
				r.keep(v, paths)
			}
		})
		if err != nil {
			panic(err)
		}
	}
})

// keepAll is what keepIntrinsics does, for one realm and at once, where only goja's public API is used.
func (r *Realm) keepAll() {
	for _, name := range globalsKept {
		r.Global(name)
	}
	r.keep(nil, []string{descriptorPath})
	for root, paths := range kept {
		r.keep(r.Global(root), paths)
	}
	r.keep(nil, others)
}

// keep looks functions up as script would and keeps those that are there. root is the global that all paths begin with; nil: each its own.
func (r *Realm) keep(root *goja.Object, paths []string) {
	known, _ := r.Slot(intrinsicsKey{}).(intrinsics)
	if known == nil {
		known = make(intrinsics)
		r.SetSlot(intrinsicsKey{}, known)
	}
	for _, path := range paths {
		if known[path] == nil {
			if fn, ok := goja.AssertFunction(r.find(root, path)); ok {
				known[path] = fn
			}
		}
	}
}

// Intrinsic gives a built-in function by its path, "Map.prototype.forEach", or a getter, "get RegExp.prototype.source"; "@@toStringTag"
// stands for the symbol, "TypedArray" for the class that has no global. It is the engine's own, whatever script has put in its place; but for one of
// RegExp.prototype that script has replaced by way of a literal: then it is what is there, or a TypeError is thrown.
func (r *Realm) Intrinsic(path string) goja.Callable {
	known, _ := r.Slot(intrinsicsKey{}).(intrinsics)
	if fn := known[path]; fn != nil {
		return fn
	}
	if obj := engine.Original(r.VM, path); obj != nil {
		fn, _ := goja.AssertFunction(obj)
		if known == nil {
			known = make(intrinsics)
			r.SetSlot(intrinsicsKey{}, known)
		}
		known[path] = fn
		return fn
	}
	root, _, _ := strings.Cut(strings.TrimPrefix(path, "get "), ".")
	if kept[root] == nil {
		panic("webidl: " + path + " is not among the built-ins that are kept: list it")
	}
	r.keep(r.Global(root), kept[root]) // if the global was not read yet, reading it keeps them
	known, _ = r.Slot(intrinsicsKey{}).(intrinsics)
	fn := known[path]
	if fn == nil {
		panic(r.TypeError("%s is not a function", path))
	}
	return fn
}

// find gives the function at a path as it is now, nil if there is none. It runs no script but what that has put in the way.
func (r *Realm) find(root *goja.Object, path string) (fn goja.Value) {
	rest, getter := strings.CutPrefix(path, "get ")
	steps := strings.Split(rest, ".")
	obj := root
	switch {
	case obj != nil:
	case steps[0] == "TypedArray":
		obj = r.Global("Uint8Array").Prototype()
	default:
		obj = r.Global(steps[0])
	}
	for _, step := range steps[1 : len(steps)-1] {
		next, ok := obj.Get(step).(*goja.Object)
		if !ok {
			return nil
		}
		obj = next
	}
	name := steps[len(steps)-1]
	if !getter {
		return obj.Get(name)
	}
	key := r.Str(name)
	if name == "@@toStringTag" {
		key = goja.SymToStringTag
	}
	desc, ok := r.Invoke(r.Intrinsic(descriptorPath), goja.Undefined(), obj, key).(*goja.Object)
	if !ok {
		return nil
	}
	if err := desc.SetPrototype(nil); err != nil {
		panic(err)
	}
	return desc.Get("get")
}
