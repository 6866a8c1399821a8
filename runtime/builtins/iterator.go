package builtins

import (
	"github.com/dop251/goja"
)

func iteratorProperties() []Property {
	list := []Property{
		constructor("Iterator", 0, func(rt *goja.Runtime) *goja.Object { return stateOf(rt).iterator() }),
		{
			On: "%IteratorPrototype%", Symbol: goja.SymToStringTag, Kind: Getter, Configurable: true,
			Make: func(rt *goja.Runtime) goja.Value {
				return newFunction(rt, "get [Symbol.toStringTag]", 0, func(goja.FunctionCall) goja.Value { return rt.ToValue("Iterator") })
			},
			MakeSetter: func(rt *goja.Runtime) goja.Value {
				s := stateOf(rt)
				return newFunction(rt, "set [Symbol.toStringTag]", 1, func(call goja.FunctionCall) goja.Value {
					s.setIgnoringPrototype(call, propertyKey{symbol: goja.SymToStringTag})
					return goja.Undefined()
				})
			},
		},
		{
			On: "%IteratorPrototype%", Name: "constructor", Kind: Getter, Configurable: true,
			Make: func(rt *goja.Runtime) goja.Value {
				s := stateOf(rt)
				return newFunction(rt, "get constructor", 0, func(goja.FunctionCall) goja.Value { return s.iterator() })
			},
			MakeSetter: func(rt *goja.Runtime) goja.Value {
				s := stateOf(rt)
				return newFunction(rt, "set constructor", 1, func(call goja.FunctionCall) goja.Value {
					s.setIgnoringPrototype(call, propertyKey{text: "constructor"})
					return goja.Undefined()
				})
			},
		},
		{
			On: "%IteratorPrototype%", Symbol: SymDispose, Kind: Method, Writable: true, Configurable: true,
			Make: func(rt *goja.Runtime) goja.Value { return newFunction(rt, "[Symbol.dispose]", 0, iteratorDispose(rt)) },
		},
	}
	return append(list, iteratorMethods()...)
}

var generatorSource = program("(function*() {})")

// iteratorPrototype is %IteratorPrototype%. Syntax leads to it: a generator function's prototype object inherits from
// %GeneratorPrototype%, and that from it.
func (s *state) iteratorPrototype() *goja.Object {
	if s.iteratorProto == nil {
		own := s.run(generatorSource).(*goja.Object).Get("prototype").(*goja.Object)
		s.iteratorProto = own.Prototype().Prototype()
	}
	return s.iteratorProto
}

// iterator is %Iterator%, https://tc39.es/ecma262/#sec-iterator-constructor.
func (s *state) iterator() *goja.Object {
	if s.iteratorClass != nil {
		return s.iteratorClass
	}
	rt := s.rt
	c := newCallableClass(rt, "Iterator", 0, s.iteratorPrototype(), func(call goja.ConstructorCall) *goja.Object {
		if call.NewTarget == nil || call.NewTarget.SameAs(s.iteratorClass) {
			panic(rt.NewTypeError("Abstract class Iterator not directly constructable"))
		}
		return nil
	})
	s.iteratorClass = c.constructor
	addMethod(rt, c.constructor, "from", 1, s.iteratorFrom)
	addMethod(rt, c.constructor, "concat", 0, s.iteratorConcat)
	return s.iteratorClass
}

// setIgnoringPrototype is SetterThatIgnoresPrototypeProperties with %Iterator.prototype% as home.
func (s *state) setIgnoringPrototype(call goja.FunctionCall, key propertyKey) {
	o, ok := call.This.(*goja.Object)
	if !ok {
		panic(s.rt.NewTypeError("Iterator.prototype setter called on non-object"))
	}
	if o.SameAs(s.iteratorPrototype()) {
		panic(s.rt.NewTypeError("Cannot assign to this property of Iterator.prototype"))
	}
	v := call.Argument(0)
	switch {
	case key.symbol != nil && hasOwnSymbol(o, key.symbol):
		must(o.SetSymbol(key.symbol, v))
	case key.symbol == nil && hasOwnName(o, key.text):
		must(o.Set(key.text, v))
	default:
		key.createOn(s, o, v)
	}
}

func hasOwnSymbol(o *goja.Object, symbol *goja.Symbol) bool {
	for _, own := range o.Symbols() {
		if own == symbol {
			return true
		}
	}
	return false
}

func hasOwnName(o *goja.Object, name string) bool {
	for _, own := range o.GetOwnPropertyNames() {
		if own == name {
			return true
		}
	}
	return false
}

func iteratorDispose(rt *goja.Runtime) native {
	return func(call goja.FunctionCall) goja.Value {
		if f := getMethod(rt, call.This.ToObject(rt), "return"); f != nil {
			invoke(f, call.This)
		}
		return goja.Undefined()
	}
}

// iteratorRecord is an Iterator Record; next is looked up when first called, as an iterator may have a next that
// can't be called without anybody noticing.
type iteratorRecord struct {
	rt   *goja.Runtime
	o    *goja.Object
	next goja.Value
	call goja.Callable
	// helper is set where o is an iterator helper with its own next: it is asked without result objects between.
	helper *helper
}

// iteratorDirect is GetIteratorDirect.
func iteratorDirect(rt *goja.Runtime, o *goja.Object) *iteratorRecord {
	r := &iteratorRecord{rt: rt, o: o, next: o.Get("next")}
	if o.ExportType() == nativeObjectType {
		if h, ok := o.Export().(*nativeObject).data.(*helper); ok && h.s.helperNext.SameAs(r.next) {
			r.helper = h
		}
	}
	return r
}

// step is IteratorStepValue: false at the end.
func (r *iteratorRecord) step() (goja.Value, bool) {
	if r.helper != nil {
		return r.helper.advance()
	}
	if r.call == nil {
		r.call = callable(r.rt, r.next, "next")
	}
	result, ok := invoke(r.call, r.o).(*goja.Object)
	if !ok {
		panic(r.rt.NewTypeError("Iterator result is not an object"))
	}
	if done := result.Get("done"); done != nil && done.ToBoolean() {
		return nil, false
	}
	return getOr(result, "value"), true
}

// close is IteratorClose with a normal completion.
func (r *iteratorRecord) close() {
	if f := getMethod(r.rt, r.o, "return"); f != nil {
		if _, ok := invoke(f, r.o).(*goja.Object); !ok {
			panic(r.rt.NewTypeError("Iterator result is not an object"))
		}
	}
}

// fail is IteratorClose with a throw completion: what return throws is dropped, thrown is thrown on.
func (r *iteratorRecord) fail(thrown any) {
	_ = r.rt.Try(func() {
		if f := getMethod(r.rt, r.o, "return"); f != nil {
			invoke(f, r.o)
		}
	})
	panic(thrown)
}

// try runs f; if that throws, the iterator is closed and the exception goes on.
func (r *iteratorRecord) try(f func()) {
	if thrown := r.rt.Try(f); thrown != nil {
		r.fail(thrown)
	}
}

// invoke calls user code; if that throws, the iterator is closed and the exception goes on.
func (r *iteratorRecord) invoke(f goja.Callable, args ...goja.Value) goja.Value {
	v, err := f(goja.Undefined(), args...)
	if err != nil {
		if thrown, ok := err.(*goja.Exception); ok {
			r.fail(thrown)
		}
		panic(err)
	}
	return v
}

// forOf calls step with each value of an iterable, until it throws, which closes the iterator. goja's own takes it that there is a next method.
func forOf(rt *goja.Runtime, items goja.Value, step func(goja.Value)) {
	open := getSymbolMethod(rt, items, goja.SymIterator)
	if open == nil {
		panic(rt.NewTypeError("%s is not iterable", describe(items, "object")))
	}
	o, ok := invoke(open, items).(*goja.Object)
	if !ok {
		panic(rt.NewTypeError("Result of the Symbol.iterator method is not an object"))
	}
	record := iteratorDirect(rt, o)
	for v, ok := record.step(); ok; v, ok = record.step() {
		record.try(func() { step(v) })
	}
}

// flattenable is GetIteratorFlattenable, https://tc39.es/ecma262/#sec-getiteratorflattenable.
func flattenable(rt *goja.Runtime, v goja.Value, stringsToo bool) *iteratorRecord {
	if _, ok := v.(*goja.Object); !ok {
		if _, isString := v.(goja.String); !isString || !stringsToo {
			panic(rt.NewTypeError("%s is not an object", v.String()))
		}
	}
	f := getSymbolMethod(rt, v, goja.SymIterator)
	iterator := v
	if f != nil {
		iterator = invoke(f, v)
	}
	o, ok := iterator.(*goja.Object)
	if !ok {
		panic(rt.NewTypeError("%s is not an object", iterator.String()))
	}
	return iteratorDirect(rt, o)
}

// iteratorFrom is Iterator.from, https://tc39.es/ecma262/#sec-iterator.from.
func (s *state) iteratorFrom(call goja.FunctionCall) goja.Value {
	record := flattenable(s.rt, call.Argument(0), true)
	for p := record.o.Prototype(); p != nil; p = p.Prototype() {
		if p.SameAs(s.iteratorPrototype()) {
			return record.o
		}
	}
	return newNativeIterator(s.rt, record, s.wrapPrototype())
}

// wrapPrototype is %WrapForValidIteratorPrototype%.
func (s *state) wrapPrototype() *goja.Object {
	if s.wrapProto != nil {
		return s.wrapProto
	}
	rt := s.rt
	s.wrapProto = rt.CreateObject(s.iteratorPrototype())
	addMethod(rt, s.wrapProto, "next", 0, func(call goja.FunctionCall) goja.Value {
		r := nativeIterator[*iteratorRecord](rt, call.This, "next")
		if r.call == nil {
			r.call = callable(rt, r.next, "next")
		}
		return invoke(r.call, r.o)
	})
	addMethod(rt, s.wrapProto, "return", 0, func(call goja.FunctionCall) goja.Value {
		r := nativeIterator[*iteratorRecord](rt, call.This, "return")
		if f := getMethod(rt, r.o, "return"); f != nil {
			return invoke(f, r.o)
		}
		return iterResult(rt, goja.Undefined(), true)
	})
	return s.wrapProto
}
