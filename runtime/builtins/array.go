package builtins

import (
	"strconv"

	"github.com/dop251/goja"
)

func arrayProperties() []Property {
	return []Property{method("Array", "fromAsync", 1, arrayFromAsync)}
}

// fromAsyncSource is the loop of Array.fromAsync. It is script because await is the only way to goja's own promise
// reactions that other script can't tamper with; all else is done by the functions that it is given.
var fromAsyncSource = program(`async (start, advance, current, rejected, received, map, store, abandon, finish) => {
	start();
	while (advance()) {
		let v;
		try { v = await current(); } catch (e) { rejected(); throw e; }
		if (!received(v)) break;
		try {
			store(map === undefined ? undefined : await map());
		} catch (e) {
			try { await abandon(); } catch {}
			throw e;
		}
	}
	return finish();
}`)

func arrayFromAsync(rt *goja.Runtime) native {
	loop := stateOf(rt).function(fromAsyncSource)
	return func(call goja.FunctionCall) goja.Value {
		args := append([]goja.Value{call.Argument(0), call.Argument(1), call.Argument(2)}, call.This)
		f := &fromAsync{rt: rt, items: args[0], mapper: args[1], thisArg: args[2], class: args[3]}
		done := goja.Undefined()
		do := func(body func()) goja.Value {
			return rt.ToValue(func(goja.FunctionCall) goja.Value { body(); return done })
		}
		get := func(body func() goja.Value) goja.Value {
			return rt.ToValue(func(goja.FunctionCall) goja.Value { return body() })
		}
		apply := func(body func(goja.Value) goja.Value) goja.Value {
			return rt.ToValue(func(call goja.FunctionCall) goja.Value { return body(call.Argument(0)) })
		}
		var mapValue goja.Value = goja.Undefined()
		if !goja.IsUndefined(f.mapper) {
			mapValue = get(f.mapped)
		}
		return invoke(loop, goja.Undefined(), do(f.start),
			get(func() goja.Value { return rt.ToValue(f.advance()) }),
			get(func() goja.Value { return f.pending }),
			do(f.rejected), apply(f.received), mapValue, apply(f.store), get(f.abandon), get(f.finish))
	}
}

// fromAsync is one call of Array.fromAsync, https://tc39.es/ecma262/#sec-array.fromasync. Exactly one of async, sync and
// arrayLike is where the values come from.
type fromAsync struct {
	rt                            *goja.Runtime
	items, mapper, thisArg, class goja.Value
	mapCall                       goja.Callable

	async, sync *iteratorRecord
	arrayLike   *goja.Object
	length      int64

	target  *goja.Object
	k       int64
	pending goja.Value // what is to be awaited next
	value   goja.Value // the value at k
}

func (f *fromAsync) start() {
	rt := f.rt
	if !goja.IsUndefined(f.mapper) {
		f.mapCall = callable(rt, f.mapper, "mapper")
	}
	open := getSymbolMethod(rt, f.items, SymAsyncIterator)
	async := open != nil
	if !async {
		open = getSymbolMethod(rt, f.items, goja.SymIterator)
	}
	if open == nil {
		f.arrayLike = f.items.ToObject(rt)
		f.length = toLength(getOr(f.arrayLike, "length"))
		f.target = f.create(rt.ToValue(f.length))
		return
	}
	o, ok := invoke(open, f.items).(*goja.Object)
	if !ok {
		panic(rt.NewTypeError("Result of the Symbol.asyncIterator method is not an object"))
	}
	if async {
		f.async = iteratorDirect(rt, o)
	} else {
		f.sync = iteratorDirect(rt, o)
	}
	f.target = f.create()
}

// create makes the array, or what the receiver constructs.
func (f *fromAsync) create(args ...goja.Value) *goja.Object {
	if construct, ok := goja.AssertConstructor(f.class); ok {
		o, err := construct(nil, args...)
		must(err)
		return o
	}
	array := f.rt.NewArray()
	if len(args) > 0 {
		must(array.Set("length", args[0]))
	}
	return array
}

// advance finds what to await next and tells whether there is anything.
func (f *fromAsync) advance() bool {
	switch {
	case f.async != nil:
		if f.async.call == nil {
			f.async.call = callable(f.rt, f.async.next, "next")
		}
		f.pending = invoke(f.async.call, f.async.o)
		return true
	case f.sync != nil:
		v, ok := f.sync.step()
		f.pending = v
		return ok
	default:
		if f.k >= f.length {
			return false
		}
		f.pending = getOr(f.arrayLike, strconv.FormatInt(f.k, 10))
		return true
	}
}

// rejected closes a sync iterator that gave a promise which is rejected.
func (f *fromAsync) rejected() {
	if f.sync != nil {
		_ = f.rt.Try(f.sync.close)
	}
}

// received takes what was awaited and tells whether it is a value.
func (f *fromAsync) received(v goja.Value) goja.Value {
	f.value = v
	if f.async != nil {
		result, ok := v.(*goja.Object)
		if !ok {
			panic(f.rt.NewTypeError("Iterator result %s is not an object", v.String()))
		}
		if done := result.Get("done"); done != nil && done.ToBoolean() {
			return f.rt.ToValue(false)
		}
		f.value = getOr(result, "value")
	}
	return f.rt.ToValue(true)
}

func (f *fromAsync) mapped() goja.Value {
	return invoke(f.mapCall, f.thisArg, f.value, f.rt.ToValue(f.k))
}

// store puts the value, or what the mapper made of it, into the target.
func (f *fromAsync) store(mapped goja.Value) goja.Value {
	if f.mapCall == nil {
		mapped = f.value
	}
	must(f.target.DefineDataProperty(strconv.FormatInt(f.k, 10), mapped, yes, yes, yes))
	f.k++
	return goja.Undefined()
}

// abandon closes the iterator after an exception and gives what is to be awaited.
func (f *fromAsync) abandon() goja.Value {
	r := f.async
	if r == nil {
		r = f.sync
	}
	if r != nil {
		if call := getMethod(f.rt, r.o, "return"); call != nil {
			return invoke(call, r.o)
		}
	}
	return goja.Undefined()
}

func (f *fromAsync) finish() goja.Value {
	must(f.target.Set("length", f.k))
	return f.target
}
