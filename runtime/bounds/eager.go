package bounds

import (
	"maps"
	"slices"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// prepareEagerly bounds the built-ins of one runtime where only goja's public API is used: each is replaced by a function or
// proxy of ours.
func prepareEagerly(rt *goja.Runtime) {
	s := stateOf(webidl.Of(rt))
	refuseCode(rt)
	for _, t := range templated {
		v, err := rt.RunString(t.expression)
		if err != nil {
			panic(err)
		}
		s.replaceProperties(t.path, v.(*goja.Object))
	}
	engine.Define(rt, engine.ObjectPrototype(rt), []engine.Member{{Name: "__proto__", Make: protoAccessor}})
	global := rt.GlobalObject()
	names := slices.Concat(whole, globalFunctions, slices.Sorted(maps.Keys(typedArrays)))
	for _, name := range names {
		o, ok := global.Get(name).(*goja.Object)
		if !ok {
			continue
		}
		s.replaceProperties(name, o)
		p, hasPrototype := o.Get("prototype").(*goja.Object)
		if hasPrototype && slices.Contains(whole, name) && name != "Array" && name != "String" && name != "DataView" {
			s.replaceProperties(name+".prototype", p)
		}
		if name == "Function" || name == "Object" || name == "Error" || name == "AggregateError" {
			continue // subclassed, or too much depends on which object it is
		}
		replaced := s.guard(name, o)
		if replaced == o {
			continue
		}
		_ = global.DefineDataProperty(name, replaced, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
		if hasPrototype {
			_ = p.DefineDataProperty("constructor", replaced, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
		}
	}
	s.exec, _ = webidl.Of(rt).Global("RegExp").Get("prototype").(*goja.Object).Get("exec").(*goja.Object)
}

// replaceProperties bounds the functions that are properties of o.
func (s *state) replaceProperties(path string, o *goja.Object) {
	replace := func(id string, get func() goja.Value, define func(*goja.Object)) {
		var v goja.Value
		s.rt.Try(func() { v = get() })
		f, ok := v.(*goja.Object)
		if !ok {
			return
		}
		if replaced := s.guard(id, f); replaced != f {
			define(replaced)
		}
	}
	for _, name := range o.GetOwnPropertyNames() {
		if name == "prototype" || name == "constructor" || name == "__proto__" {
			continue
		}
		replace(path+"."+name, func() goja.Value { return o.Get(name) }, func(f *goja.Object) {
			_ = o.DefineDataProperty(name, f, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
		})
	}
	for _, symbol := range symbolic {
		replace(path+"["+symbol.String()+"]", func() goja.Value { return o.GetSymbol(symbol) }, func(f *goja.Object) {
			_ = o.DefineDataPropertySymbol(symbol, f, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
		})
	}
}
