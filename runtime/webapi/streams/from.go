package streams

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/builtins"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// fromIterator is the iterator of ReadableStream.from: https://tc39.es/ecma262/#sec-getiterator of kind async. sync says that it is one
// of kind sync, whose values are awaited.
type fromIterator struct {
	r    *webidl.Realm
	obj  *goja.Object
	next goja.Callable
	sync bool
}

// readableStreamFromIterable is https://streams.spec.whatwg.org/#abstract-opdef-readablestreamfromiterable.
func readableStreamFromIterable(c webidl.Call) *ReadableStream {
	it := getIterator(c)
	r := c.Realm
	var s *ReadableStream
	pull := func(goja.Value) *promise {
		return it.step().react(func(v goja.Value, out *promise) {
			controller := s.controller.(*defaultController)
			thrown := r.Try(func() {
				done, value := it.unpack(v)
				if done {
					readableStreamDefaultControllerClose(controller)
				} else if it.sync {
					out.follow(it.awaitValue(value, controller))
					return
				} else {
					readableStreamDefaultControllerEnqueue(controller, value)
				}
				out.resolveUndefined()
			})
			if thrown != nil {
				out.reject(thrown)
			}
		}, nil)
	}
	s = createReadableStream(r, resolvedUndefined(r), pull, it.cancel, 0, nil)
	return s
}

func getIterator(c webidl.Call) *fromIterator {
	r := c.Realm
	if webidl.IsNullish(c.Arg(0)) {
		panic(c.TypeError("Failed to execute '%s': %s is not iterable", c.Name, c.Arg(0)))
	}
	obj := c.Arg(0).ToObject(r.VM)
	it := &fromIterator{r: r}
	method := obj.GetSymbol(builtins.SymAsyncIterator)
	if webidl.IsNullish(method) {
		it.sync = true
		method = obj.GetSymbol(goja.SymIterator)
	}
	fn, ok := goja.AssertFunction(undefinedOr(method))
	if !ok {
		panic(c.TypeError("Failed to execute '%s': the value is not iterable", c.Name))
	}
	if it.obj, ok = r.Invoke(fn, c.Arg(0)).(*goja.Object); !ok {
		panic(c.TypeError("Failed to execute '%s': the iterator is not an object", c.Name))
	}
	it.next, _ = goja.AssertFunction(undefinedOr(it.obj.Get("next")))
	return it
}

// step calls next() and awaits what it gives, unless that comes from a sync iterator.
func (it *fromIterator) step() *promise {
	if it.next == nil {
		return rejectedPromise(it.r, it.r.TypeError("The iterator's next is not a function"))
	}
	v, thrown := call(it.r, it.next, it.obj)
	if thrown != nil {
		return rejectedPromise(it.r, thrown)
	}
	if it.sync {
		return resolvedPromise(it.r, v)
	}
	return promiseOf(it.r, v)
}

// unpack reads an iterator's result.
func (it *fromIterator) unpack(v goja.Value) (done bool, value goja.Value) {
	obj, ok := v.(*goja.Object)
	if !ok {
		panic(it.r.TypeError("Iterator result %s is not an object", undefinedOr(v).String()))
	}
	if done = undefinedOr(obj.Get("done")).ToBoolean(); done && !it.sync {
		return true, nil
	}
	return done, undefinedOr(obj.Get("value"))
}

// awaitValue enqueues a value of a sync iterator once it has settled; one that is rejected closes the iterator.
func (it *fromIterator) awaitValue(v goja.Value, c *defaultController) *promise {
	return promiseOf(it.r, v).react(func(v goja.Value, out *promise) {
		readableStreamDefaultControllerEnqueue(c, v)
		out.resolveUndefined()
	}, func(e goja.Value, out *promise) {
		_ = it.r.Try(func() {
			if fn := it.method("return"); fn != nil {
				call(it.r, fn, it.obj)
			}
		})
		out.reject(e)
	})
}

func (it *fromIterator) method(name string) goja.Callable {
	v := it.obj.Get(name)
	if webidl.IsNullish(v) {
		return nil
	}
	return it.r.Callback(v, name)
}

// cancel is the cancelAlgorithm: it calls return().
func (it *fromIterator) cancel(reason goja.Value) *promise {
	var v goja.Value
	called := false
	if thrown := it.r.Try(func() {
		fn := it.method("return")
		if fn == nil {
			return
		}
		called = true
		it.r.Framed(func() { v = it.r.Invoke(fn, it.obj, undefinedOr(reason)) })
	}); thrown != nil {
		return rejectedPromise(it.r, thrown)
	}
	if !called {
		return resolvedUndefined(it.r)
	}
	result := resolvedPromise(it.r, v)
	if !it.sync {
		result = promiseOf(it.r, v)
	}
	return result.react(func(v goja.Value, out *promise) {
		if _, ok := v.(*goja.Object); !ok {
			out.reject(it.r.TypeError("Iterator result %s is not an object", undefinedOr(v).String()))
			return
		}
		out.resolveUndefined()
	}, nil)
}
