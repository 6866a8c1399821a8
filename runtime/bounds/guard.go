package bounds

import (
	"reflect"
	"sync/atomic"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// rule makes the bounded form of a built-in from goja's own code.
type rule func(s *state, own native) native

// constructRule is rule for what new calls.
type constructRule func(s *state, own construct) construct

// nested is what every guarded built-in is at its outside: calls of built-ins by built-ins are counted, since a Go stack that
// overflows ends the process, and see an interrupt. It must not be inlined: see guardedCode.
//
//go:noinline
func (s *state) nested(own native) native {
	return func(c goja.FunctionCall) goja.Value {
		if s.depth >= MaxDepth || atomic.LoadUint32(s.flag) != 0 || stackUsed() > maxStack {
			s.stop()
		}
		v := s.run(own, c)
		if s.unwinding != nil {
			s.unwind()
		}
		return v
	}
}

// run is a function of its own so that leave can end it.
func (s *state) run(own native, c goja.FunctionCall) goja.Value {
	defer s.leave(s.enter())
	return own(c)
}

//go:noinline
func (s *state) nestedConstruct(own construct) construct {
	return func(args []goja.Value, newTarget *goja.Object) *goja.Object {
		if s.depth >= MaxDepth || atomic.LoadUint32(s.flag) != 0 || stackUsed() > maxStack {
			s.stop()
		}
		o := s.runConstruct(own, args, newTarget)
		if s.unwinding != nil {
			s.unwind()
		}
		return o
	}
}

func (s *state) runConstruct(own construct, args []goja.Value, newTarget *goja.Object) *goja.Object {
	defer s.leave(s.enter())
	return own(args, newTarget)
}

// enter counts a call, and gives what leave must be told.
func (s *state) enter() (outer int) {
	s.depth++
	outer = s.flat
	s.flat = *s.frames
	return outer
}

// leave ends a call. An interrupt stops here and goes on once this part of the Go stack is gone: goja recovers from it and panics anew
// wherever native code has called script, and each such panic looks through the frames of all that came before it.
func (s *state) leave(outer int) {
	s.depth--
	s.flat = outer
	if atomic.LoadUint32(s.flag) != 0 {
		s.unwinding = recover()
	}
}

// Flat is how many frames script's stack had when the innermost bounded built-in of rt began; 0 if none runs. An interrupt passes through
// those below one after the other.
func Flat(rt *goja.Runtime) int {
	if s := of(rt); s != nil {
		return s.flat
	}
	return 0
}

// unwind has what leave stopped go on.
func (s *state) unwind() {
	x := s.unwinding
	s.unwinding = nil
	panic(x)
}

// stop ends a built-in that may not begin.
func (s *state) stop() {
	if s.failing {
		return
	}
	s.poll()
	if s.depth >= MaxDepth || stackUsed() > maxStack {
		s.throwRange(textStack)
	}
}

// All functions made by nested have one entry point, and so those by nestedConstruct: this tells what is guarded already.
var (
	guardedCode      = entry((&state{}).nested(nil))
	guardedConstruct = entry((&state{}).nestedConstruct(nil))
)

func entry(f any) uintptr { return reflect.ValueOf(f).Pointer() }

// guard bounds the function o, known as id. It gives what must stand in its place: o itself where its code can be replaced.
func (s *state) guard(id string, o *goja.Object) *goja.Object {
	if config := inner.traps(o); config != nil {
		s.guardTraps(id, config)
		return o
	}
	call, construct := inner.code(o)
	if call == nil {
		if inner != nil {
			return o // no native function, or a kind that is bound, or script's own
		}
		return s.replace(id, o)
	}
	if *call != nil && entry(*call) != guardedCode {
		*call = s.nested(s.bounded(id, *call))
	}
	if *construct != nil && entry(*construct) != guardedConstruct {
		*construct = s.nestedConstruct(s.boundedConstruct(id, *construct))
	}
	return o
}

func (s *state) bounded(id string, own native) native {
	if r := rules[id]; r != nil {
		return r(s, own)
	}
	return own
}

func (s *state) boundedConstruct(id string, own construct) construct {
	if r := constructRules[id]; r != nil {
		return r(s, own)
	}
	return own
}

// guardTraps bounds a class that Go code has made a proxy of.
func (s *state) guardTraps(id string, config *goja.ProxyTrapConfig) {
	if apply := config.Apply; apply != nil && entry(apply) != guardedApply {
		config.Apply = s.applyTrap(s.bounded(id, func(c goja.FunctionCall) goja.Value { return apply(nil, c.This, c.Arguments) }))
	}
	if construct := config.Construct; construct != nil && entry(construct) != guardedConstructTrap {
		config.Construct = s.constructTrap(s.boundedConstruct(id, func(args []goja.Value, newTarget *goja.Object) *goja.Object {
			return construct(nil, args, newTarget)
		}))
	}
}

var (
	guardedApply         = entry((&state{}).applyTrap(nil))
	guardedConstructTrap = entry((&state{}).constructTrap(nil))
)

//go:noinline
func (s *state) applyTrap(own native) func(*goja.Object, goja.Value, []goja.Value) goja.Value {
	return func(_ *goja.Object, this goja.Value, args []goja.Value) goja.Value {
		return own(goja.FunctionCall{This: this, Arguments: args})
	}
}

//go:noinline
func (s *state) constructTrap(own construct) func(*goja.Object, []goja.Value, *goja.Object) *goja.Object {
	return func(_ *goja.Object, args []goja.Value, newTarget *goja.Object) *goja.Object {
		return own(args, newTarget)
	}
}

// replace makes a guarded function to stand for o, where only goja's public API is used.
func (s *state) replace(id string, o *goja.Object) *goja.Object {
	own := code(o)
	if own == nil {
		return o
	}
	ctor, isClass := goja.AssertConstructor(o)
	if !isClass {
		length := o.Get("length")
		return engine.NewFunction(s.rt, o.Get("name").String(), int(length.ToInteger()), s.nested(s.bounded(id, own)))
	}
	call := s.nested(s.bounded(id, own))
	construct := s.nestedConstruct(s.boundedConstruct(id, func(args []goja.Value, newTarget *goja.Object) *goja.Object {
		made, err := ctor(newTarget, args...)
		if err != nil {
			panic(err)
		}
		return made
	}))
	_ = o.DefineDataPropertySymbol(goja.SymHasInstance, engine.NewFunction(s.rt, "[Symbol.hasInstance]", 1, hasInstance), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	config := &goja.ProxyTrapConfig{Apply: s.applyTrap(call), Construct: s.constructTrap(construct)}
	return s.rt.ToValue(s.rt.NewProxy(o, config)).(*goja.Object)
}

// hasInstance is OrdinaryHasInstance: goja's refuses proxies made by Go.
func hasInstance(c goja.FunctionCall) goja.Value {
	class, ok := c.This.(*goja.Object)
	o, isObject := c.Argument(0).(*goja.Object)
	if !ok || !isObject {
		return no
	}
	prototype, ok := class.Get("prototype").(*goja.Object)
	if !ok {
		return no
	}
	for p := o.Prototype(); p != nil; p = p.Prototype() {
		if p.SameAs(prototype) {
			return yes
		}
	}
	return no
}

var yes, no = goja.New().ToValue(true), goja.New().ToValue(false)

// code gives the code of a function for calls from Go without the cost of goja.Callable: what it panics with passes through. Nil
// if v is no function, or one that has no code of that kind (a class).
func code(v goja.Value) native {
	o, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	if o.ClassName() == "Function" && o.ExportType() != proxyType { // exporting anything else may take long
		if f, ok := o.Export().(native); ok {
			return f
		}
	}
	call, ok := goja.AssertFunction(o)
	if !ok {
		return nil
	}
	return func(c goja.FunctionCall) goja.Value {
		v, err := call(c.This, c.Arguments...)
		if err != nil {
			panic(err)
		}
		return v
	}
}
