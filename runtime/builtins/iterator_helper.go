package builtins

import (
	"math"

	"github.com/dop251/goja"
)

// helper is an iterator helper object, https://tc39.es/ecma262/#sec-iterator-helper-objects: a generator in the
// specification, a step function here.
type helper struct {
	rt       *goja.Runtime
	s        *state
	step     func() (goja.Value, bool) // throws after closing what is to be closed
	onReturn func(started bool)        // closes the underlying iterators

	started, running, done bool
}

func (s *state) newHelper(step func() (goja.Value, bool), onReturn func(started bool)) *goja.Object {
	return newNativeIterator(s.rt, &helper{rt: s.rt, s: s, step: step, onReturn: onReturn}, s.helperPrototype())
}

// helperOn is newHelper for the helpers that have one underlying iterator.
func (s *state) helperOn(r *iteratorRecord, step func() (goja.Value, bool)) *goja.Object {
	return s.newHelper(step, func(bool) { r.close() })
}

// helperPrototype is %IteratorHelperPrototype%.
func (s *state) helperPrototype() *goja.Object {
	if s.helperProto != nil {
		return s.helperProto
	}
	rt := s.rt
	s.helperProto = rt.CreateObject(s.iteratorPrototype())
	s.helperNext = addMethod(rt, s.helperProto, "next", 0, func(call goja.FunctionCall) goja.Value {
		return nativeIterator[*helper](rt, call.This, "Iterator Helper.prototype.next").next()
	})
	addMethod(rt, s.helperProto, "return", 0, func(call goja.FunctionCall) goja.Value {
		return nativeIterator[*helper](rt, call.This, "Iterator Helper.prototype.return").doReturn()
	})
	addTag(rt, s.helperProto, "Iterator Helper")
	return s.helperProto
}

func (h *helper) enter() {
	if h.running {
		panic(h.rt.NewTypeError("Generator is already running"))
	}
}

func (h *helper) next() goja.Value {
	v, ok := h.advance()
	if !ok {
		return iterResult(h.rt, goja.Undefined(), true)
	}
	return iterResult(h.rt, v, false)
}

// maxHelpers is how many helpers may draw on each other: each takes some of the Go stack, whose end can't be recovered from.
const maxHelpers = 4000

// advance is next without a result object; false at the end.
func (h *helper) advance() (goja.Value, bool) {
	h.enter()
	if h.done {
		return nil, false
	}
	if h.s.advancing >= maxHelpers {
		throwRange(h.rt, "Maximum call stack size exceeded")
	}
	h.started, h.running, h.done = true, true, true
	h.s.advancing++
	defer func() {
		h.s.advancing--
		h.running = false
	}()
	v, ok := h.step()
	h.done = !ok
	return v, ok
}

func (h *helper) doReturn() goja.Value {
	h.enter()
	if !h.done {
		h.done = true
		if h.started {
			h.running = true
			defer func() { h.running = false }()
		}
		h.onReturn(h.started)
	}
	return iterResult(h.rt, goja.Undefined(), true)
}

// receiver is the beginning of each helper method: this value must be an object.
func receiver(rt *goja.Runtime, call goja.FunctionCall, name string) *goja.Object {
	o, ok := call.This.(*goja.Object)
	if !ok {
		panic(rt.NewTypeError("Iterator.prototype.%s called on non-object", name))
	}
	return o
}

// withCallback checks receiver and callback, and closes the receiver if the latter is no function.
func withCallback(rt *goja.Runtime, call goja.FunctionCall, name string) (*iteratorRecord, goja.Callable) {
	o := receiver(rt, call, name)
	f, ok := goja.AssertFunction(call.Argument(0))
	if !ok {
		(&iteratorRecord{rt: rt, o: o}).try(func() { callable(rt, call.Argument(0), "callback") })
	}
	return iteratorDirect(rt, o), f
}

// withLimit checks receiver and limit as take and drop do.
func withLimit(rt *goja.Runtime, call goja.FunctionCall, name string) (*iteratorRecord, float64) {
	o := receiver(rt, call, name)
	var limit float64
	(&iteratorRecord{rt: rt, o: o}).try(func() {
		limit = call.Argument(0).ToNumber().ToFloat()
		if math.IsNaN(limit) || math.Trunc(limit) < 0 {
			throwRange(rt, call.Argument(0).String()+" must be positive")
		}
	})
	return iteratorDirect(rt, o), math.Trunc(limit)
}

// counter hands out 0, 1, 2... as values.
type counter struct {
	rt *goja.Runtime
	n  int64
}

func (c *counter) next() goja.Value {
	v := c.rt.ToValue(c.n)
	c.n++
	return v
}

// iteratorMethods lists the helpers of https://tc39.es/ecma262/#sec-%iterator.prototype%-object.
func iteratorMethods() []Property {
	on := "%IteratorPrototype%"
	lazy := func(name string, length int, body func(s *state, call goja.FunctionCall) goja.Value) Property {
		return method(on, name, length, func(rt *goja.Runtime) native {
			s := stateOf(rt)
			return func(call goja.FunctionCall) goja.Value { return body(s, call) }
		})
	}
	return []Property{
		lazy("map", 1, iteratorMap),
		lazy("filter", 1, iteratorFilter),
		lazy("take", 1, iteratorTake),
		lazy("drop", 1, iteratorDrop),
		lazy("flatMap", 1, iteratorFlatMap),
		lazy("reduce", 1, iteratorReduce),
		lazy("toArray", 0, iteratorToArray),
		lazy("forEach", 1, iteratorForEach),
		lazy("some", 1, iteratorSome),
		lazy("every", 1, iteratorEvery),
		lazy("find", 1, iteratorFind),
	}
}

func iteratorMap(s *state, call goja.FunctionCall) goja.Value {
	r, f := withCallback(s.rt, call, "map")
	count := counter{rt: s.rt}
	return s.helperOn(r, func() (goja.Value, bool) {
		v, ok := r.step()
		if !ok {
			return nil, false
		}
		return r.invoke(f, v, count.next()), true
	})
}

func iteratorFilter(s *state, call goja.FunctionCall) goja.Value {
	r, f := withCallback(s.rt, call, "filter")
	count := counter{rt: s.rt}
	return s.helperOn(r, func() (goja.Value, bool) {
		for {
			v, ok := r.step()
			if !ok {
				return nil, false
			}
			if r.invoke(f, v, count.next()).ToBoolean() {
				return v, true
			}
		}
	})
}

func iteratorTake(s *state, call goja.FunctionCall) goja.Value {
	r, remaining := withLimit(s.rt, call, "take")
	return s.helperOn(r, func() (goja.Value, bool) {
		if remaining == 0 {
			r.close()
			return nil, false
		}
		remaining--
		return r.step()
	})
}

func iteratorDrop(s *state, call goja.FunctionCall) goja.Value {
	r, remaining := withLimit(s.rt, call, "drop")
	return s.helperOn(r, func() (goja.Value, bool) {
		for ; remaining > 0; remaining-- {
			if _, ok := r.step(); !ok {
				return nil, false
			}
		}
		return r.step()
	})
}

func iteratorFlatMap(s *state, call goja.FunctionCall) goja.Value {
	r, f := withCallback(s.rt, call, "flatMap")
	count := counter{rt: s.rt}
	var inner *iteratorRecord
	step := func() (v goja.Value, ok bool) {
		for {
			if inner == nil {
				outer, more := r.step()
				if !more {
					return nil, false
				}
				mapped := r.invoke(f, outer, count.next())
				r.try(func() { inner = flattenable(s.rt, mapped, false) })
			}
			r.try(func() { v, ok = inner.step() })
			if ok {
				return v, true
			}
			inner = nil
		}
	}
	return s.newHelper(step, func(bool) {
		if inner != nil {
			r.try(inner.close)
		}
		r.close()
	})
}

func iteratorReduce(s *state, call goja.FunctionCall) goja.Value {
	r, f := withCallback(s.rt, call, "reduce")
	count := counter{rt: s.rt}
	acc := call.Argument(1)
	if len(call.Arguments) < 2 {
		first, ok := r.step()
		if !ok {
			panic(s.rt.NewTypeError("Reduce of a done iterator with no initial value"))
		}
		acc = first
		count.n = 1
	}
	for {
		v, ok := r.step()
		if !ok {
			return acc
		}
		acc = r.invoke(f, acc, v, count.next())
	}
}

func iteratorToArray(s *state, call goja.FunctionCall) goja.Value {
	r := iteratorDirect(s.rt, receiver(s.rt, call, "toArray"))
	var items []any
	for {
		v, ok := r.step()
		if !ok {
			return s.rt.NewArray(items...)
		}
		items = append(items, v)
	}
}

func iteratorForEach(s *state, call goja.FunctionCall) goja.Value {
	r, f := withCallback(s.rt, call, "forEach")
	count := counter{rt: s.rt}
	for {
		v, ok := r.step()
		if !ok {
			return goja.Undefined()
		}
		r.invoke(f, v, count.next())
	}
}

// search is what some, every and find share: it closes the iterator at the first value whose test is wanted.
func search(s *state, call goja.FunctionCall, name string, wanted bool) (goja.Value, bool) {
	r, f := withCallback(s.rt, call, name)
	count := counter{rt: s.rt}
	for {
		v, ok := r.step()
		if !ok {
			return nil, false
		}
		if r.invoke(f, v, count.next()).ToBoolean() == wanted {
			r.close()
			return v, true
		}
	}
}

func iteratorSome(s *state, call goja.FunctionCall) goja.Value {
	_, found := search(s, call, "some", true)
	return s.rt.ToValue(found)
}

func iteratorEvery(s *state, call goja.FunctionCall) goja.Value {
	_, found := search(s, call, "every", false)
	return s.rt.ToValue(!found)
}

func iteratorFind(s *state, call goja.FunctionCall) goja.Value {
	if v, found := search(s, call, "find", true); found {
		return v
	}
	return goja.Undefined()
}

// iteratorConcat is Iterator.concat, https://tc39.es/ecma262/#sec-iterator.concat.
func (s *state) iteratorConcat(call goja.FunctionCall) goja.Value {
	type source struct {
		open goja.Callable
		on   *goja.Object
	}
	rt := s.rt
	sources := make([]source, 0, len(call.Arguments))
	for _, v := range arguments(call, 0) {
		o, ok := v.(*goja.Object)
		if !ok {
			panic(rt.NewTypeError("%s is not an object", v.String()))
		}
		open := getSymbolMethod(rt, o, goja.SymIterator)
		if open == nil {
			panic(rt.NewTypeError("Iterator.concat argument is not iterable"))
		}
		sources = append(sources, source{open, o})
	}
	var inner *iteratorRecord
	step := func() (goja.Value, bool) {
		for {
			if inner == nil {
				if len(sources) == 0 {
					return nil, false
				}
				o, ok := invoke(sources[0].open, sources[0].on).(*goja.Object)
				if !ok {
					panic(rt.NewTypeError("Result of the Symbol.iterator method is not an object"))
				}
				sources, inner = sources[1:], iteratorDirect(rt, o)
			}
			if v, ok := inner.step(); ok {
				return v, true
			}
			inner = nil
		}
	}
	return s.newHelper(step, func(bool) {
		if inner != nil {
			inner.close()
		}
	})
}
