package bounds

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

func init() {
	for _, name := range []string{"union", "intersection", "difference", "symmetricDifference", "isSubsetOf", "isSupersetOf", "isDisjointFrom"} {
		rules["Set.prototype."+name] = takesSet
	}
}

// takesSet is for what takes another set, or something like one: goja calls the next of what its keys gives, whether there is one or not.
func takesSet(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		if o, ok := c.Argument(0).(*goja.Object); ok && !isOrdinarySet(o) {
			set(&c, 0, s.setLike(o))
		}
		return own(c)
	}
}

// isOrdinarySet reports whether goja goes through a set without calling script.
func isOrdinarySet(o *goja.Object) bool {
	if o.ClassName() != "Set" || o.ExportType() == proxyType {
		return false
	}
	keys, ok := o.Get("keys").(*goja.Object)
	return ok && code(keys) != nil && strings.HasPrefix(keys.String(), "function values() { [native code]")
}

// setLike stands for something like a set, and asks it when it's asked.
func (s *state) setLike(o *goja.Object) *goja.Object {
	like := s.rt.NewObject()
	getter := func(name string, get func(v goja.Value) goja.Value) {
		f := engine.NewFunction(s.rt, "", 0, func(goja.FunctionCall) goja.Value { return get(orUndefined(o.Get(name))) })
		if err := like.DefineAccessorProperty(name, f, nil, goja.FLAG_FALSE, goja.FLAG_FALSE); err != nil {
			panic(err)
		}
	}
	getter("size", func(v goja.Value) goja.Value { return v })
	getter("has", func(v goja.Value) goja.Value {
		return s.around(v, func(f native, c goja.FunctionCall) goja.Value {
			return f(goja.FunctionCall{This: o, Arguments: c.Arguments})
		})
	})
	getter("keys", func(v goja.Value) goja.Value {
		return s.around(v, func(f native, _ goja.FunctionCall) goja.Value { return s.iterator(f(goja.FunctionCall{This: o})) })
	})
	return like
}

// around gives a function that calls another by call, or v itself if that's no function.
func (s *state) around(v goja.Value, call func(f native, c goja.FunctionCall) goja.Value) goja.Value {
	f := code(v)
	if f == nil {
		return v
	}
	return engine.NewFunction(s.rt, "", 0, func(c goja.FunctionCall) goja.Value { return call(f, c) })
}

// iterator stands for an iterator, of which it has read next.
func (s *state) iterator(v goja.Value) goja.Value {
	o, ok := v.(*goja.Object)
	if !ok {
		return v // goja throws its error
	}
	next := code(orUndefined(o.Get("next")))
	if next == nil {
		panic(s.rt.NewTypeError("iterator.next is not a function"))
	}
	stands := s.rt.NewObject()
	step := engine.NewFunction(s.rt, "", 0, func(goja.FunctionCall) goja.Value { return next(goja.FunctionCall{This: o}) })
	end := engine.NewFunction(s.rt, "", 0, func(goja.FunctionCall) goja.Value {
		return s.around(orUndefined(o.Get("return")), func(f native, _ goja.FunctionCall) goja.Value { return f(goja.FunctionCall{This: o}) })
	})
	for _, err := range []error{
		stands.DefineDataProperty("next", step, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE),
		stands.DefineAccessorProperty("return", end, nil, goja.FLAG_FALSE, goja.FLAG_FALSE),
	} {
		if err != nil {
			panic(err)
		}
	}
	return stands
}
