package builtins

import (
	"weak"

	"github.com/dop251/goja"
)

func weakProperties() []Property {
	return []Property{
		constructor("WeakRef", 1, weakRefClass),
		constructor("FinalizationRegistry", 1, finalizationRegistryClass),
	}
}

// canBeHeldWeakly is CanBeHeldWeakly. Registered symbols can't be told from others, they are let pass.
func canBeHeldWeakly(v goja.Value) bool {
	switch v.(type) {
	case *goja.Object, *goja.Symbol:
		return true
	}
	return false
}

// weakly holds an object weakly and a symbol, which costs little, strongly.
type weakly struct {
	object weak.Pointer[goja.Object]
	symbol *goja.Symbol
}

func holdWeakly(v goja.Value) weakly {
	if o, ok := v.(*goja.Object); ok {
		return weakly{object: weak.Make(o)}
	}
	return weakly{symbol: v.(*goja.Symbol)}
}

var tickSource = program("async (f) => { await undefined; f(); }")

// keep is AddToKeptObjects: o lives at least until the running job has ended.
func (s *state) keep(o *goja.Object) {
	s.keptAlive = append(s.keptAlive, o)
	if s.clearingPending {
		return
	}
	s.clearingPending = true
	invoke(s.function(tickSource), goja.Undefined(), s.rt.ToValue(func(goja.FunctionCall) goja.Value {
		s.keptAlive, s.clearingPending = nil, false
		return goja.Undefined()
	}))
}

// weakRefClass is https://tc39.es/ecma262/#sec-weak-ref-objects.
func weakRefClass(rt *goja.Runtime) *goja.Object {
	s := stateOf(rt)
	c := newClass(rt, "WeakRef", 1, func(call goja.ConstructorCall) {
		target := call.Argument(0)
		if !canBeHeldWeakly(target) {
			panic(rt.NewTypeError("WeakRef: invalid target"))
		}
		if o, ok := target.(*goja.Object); ok {
			s.keep(o)
		}
		attach(rt, call.This, holdWeakly(target))
	})
	c.method("deref", 0, func(call goja.FunctionCall) goja.Value {
		ref := slots[weakly](rt, call.This, "WeakRef.prototype.deref")
		if ref.symbol != nil {
			return ref.symbol
		}
		if o := ref.object.Value(); o != nil {
			s.keep(o)
			return o
		}
		return goja.Undefined()
	})
	c.tag("WeakRef")
	return c.constructor
}

// registry counts the registrations that can be taken back by token. No callback is ever called, which the
// specification allows; so nothing else is kept.
type registry struct{ tokens map[weakly]int }

// finalizationRegistryClass is https://tc39.es/ecma262/#sec-finalization-registry-objects.
func finalizationRegistryClass(rt *goja.Runtime) *goja.Object {
	c := newClass(rt, "FinalizationRegistry", 1, func(call goja.ConstructorCall) {
		callable(rt, call.Argument(0), "cleanup")
		attach(rt, call.This, &registry{tokens: make(map[weakly]int)})
	})
	c.method("register", 2, func(call goja.FunctionCall) goja.Value {
		r := slots[*registry](rt, call.This, "FinalizationRegistry.prototype.register")
		target, token := call.Argument(0), call.Argument(2)
		if !canBeHeldWeakly(target) {
			panic(rt.NewTypeError("Invalid value used in FinalizationRegistry"))
		}
		if target.SameAs(call.Argument(1)) {
			panic(rt.NewTypeError("FinalizationRegistry.prototype.register: target and holdings must not be same"))
		}
		if canBeHeldWeakly(token) {
			r.add(holdWeakly(token))
		} else if !goja.IsUndefined(token) {
			panic(rt.NewTypeError("Invalid unregister token ('%s')", token.String()))
		}
		return goja.Undefined()
	})
	c.method("unregister", 1, func(call goja.FunctionCall) goja.Value {
		r := slots[*registry](rt, call.This, "FinalizationRegistry.prototype.unregister")
		if !canBeHeldWeakly(call.Argument(0)) {
			panic(rt.NewTypeError("Invalid unregister token ('%s')", call.Argument(0).String()))
		}
		token := holdWeakly(call.Argument(0))
		_, known := r.tokens[token]
		delete(r.tokens, token)
		return rt.ToValue(known)
	})
	c.tag("FinalizationRegistry")
	return c.constructor
}

// add notes a token. Now and then, as the table has doubled, those of dead objects go.
func (r *registry) add(token weakly) {
	r.tokens[token]++
	if n := len(r.tokens); n >= 64 && n&(n-1) == 0 {
		for t := range r.tokens {
			if t.symbol == nil && t.object.Value() == nil {
				delete(r.tokens, t)
			}
		}
	}
}
