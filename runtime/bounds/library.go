package bounds

import (
	_ "embed"
	"slices"
	"strconv"
	"sync"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

//go:embed library.js
var librarySource string

var libraryProgram = sync.OnceValue(func() *goja.Program { return goja.MustCompile(libraryName, librarySource, true) })

// libraryName is the file that frames of the library are in.
const libraryName = "<native>"

// call runs the long way of a built-in, in script. What it throws shows nothing of that.
func (s *state) call(name string, c goja.FunctionCall) goja.Value {
	if s.library == nil {
		s.library = s.load()
	}
	defer func() {
		if x := recover(); x != nil {
			hide(x)
			panic(x)
		}
	}()
	return s.library[name](c)
}

// hide takes the frames of the library and of functions without a name, which script can't have called by itself, from a thrown error.
func hide(thrown any) {
	if ex, ok := thrown.(*goja.Exception); ok {
		thrown = ex.Value()
	}
	o, ok := thrown.(*goja.Object)
	if !ok {
		return
	}
	if stack := inner.stack(o); stack != nil {
		*stack = slices.DeleteFunc(slices.Clone(*stack), func(f goja.StackFrame) bool {
			return f.SrcName() == libraryName && (f.FuncName() == libraryName || f.Position().Line > 0)
		})
	}
}

func (s *state) load() map[string]native {
	var v goja.Value
	webidl.Of(s.rt).Framed(func() { // else the end of the program would be taken for the end of the turn
		var err error
		if v, err = s.rt.RunProgram(libraryProgram()); err != nil {
			panic(err)
		}
	})
	methods := code(v)(goja.FunctionCall{This: goja.Undefined(), Arguments: []goja.Value{s.tools()}}).(*goja.Object)
	library := make(map[string]native)
	for _, name := range methods.Keys() {
		library[name] = code(methods.Get(name))
	}
	return library
}

// tools is what the library needs beside syntax.
func (s *state) tools() *goja.Object {
	rt, r := s.rt, webidl.Of(s.rt)
	// Defined, not set: script may have put setters on Object.prototype.
	define := func(on *goja.Object, name string, v any) {
		if err := on.DefineDataProperty(name, rt.ToValue(v), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_TRUE); err != nil {
			panic(err)
		}
	}
	tools := rt.CreateObject(nil)
	set := func(on *goja.Object, name string, f native) { define(on, name, engine.NewFunction(rt, "", 0, f)) }
	set(tools, "put", func(c goja.FunctionCall) goja.Value {
		s.put(c.Arguments[0].(*goja.Object), c.Arguments[1], c.Arguments[2])
		return nil
	})
	set(tools, "room", func(c goja.FunctionCall) goja.Value {
		if len(c.Arguments) > 1 {
			s.fits(c.Arguments[1].ToInteger(), bytesValue, textArray)
		}
		s.chargeSmall(c.Arguments[0].ToInteger())
		return nil
	})
	set(tools, "integer", func(c goja.FunctionCall) goja.Value { return s.integer(c.Argument(0)) })
	set(tools, "isArray", func(c goja.FunctionCall) goja.Value {
		o, ok := c.Argument(0).(*goja.Object)
		return rt.ToValue(ok && s.isArray(o))
	})
	set(tools, "isConstructor", func(c goja.FunctionCall) goja.Value {
		_, ok := goja.AssertConstructor(c.Argument(0))
		return rt.ToValue(ok)
	})
	set(tools, "construct", func(c goja.FunctionCall) goja.Value {
		ctor, _ := goja.AssertConstructor(c.Argument(0))
		made, err := ctor(c.Argument(0).(*goja.Object), c.Arguments[1:]...)
		if err != nil {
			panic(err)
		}
		return made
	})
	set(tools, "newArray", func(c goja.FunctionCall) goja.Value {
		a := rt.NewArray()
		if n := c.Argument(0).ToInteger(); n > 0 {
			_ = a.Set("length", n) // its own property
		}
		return a
	})
	set(tools, "text", func(c goja.FunctionCall) goja.Value { return s.mustText(c.Argument(0)) })
	set(tools, "compare", func(c goja.FunctionCall) goja.Value {
		return rt.ToValue(s.compare(s.mustText(c.Argument(0)), s.mustText(c.Argument(1))))
	})
	set(tools, "call", func(c goja.FunctionCall) goja.Value {
		f := code(c.Argument(0))
		if f == nil {
			panic(rt.NewTypeError("%s is not a function", c.Argument(0).String()))
		}
		return f(goja.FunctionCall{This: c.Argument(1), Arguments: append([]goja.Value(nil), c.Arguments[2:]...)})
	})
	set(tools, "object", func(c goja.FunctionCall) goja.Value { return c.Argument(0).ToObject(rt) })
	set(tools, "slice", func(c goja.FunctionCall) goja.Value {
		return c.Argument(0).(goja.String).Substring(int(c.Argument(1).ToInteger()), int(c.Argument(2).ToInteger()))
	})
	symbols := rt.CreateObject(nil)
	define(symbols, "maxArguments", MaxArguments)
	define(symbols, "species", goja.SymSpecies)
	define(symbols, "isConcatSpreadable", goja.SymIsConcatSpreadable)
	for _, name := range []string{"TypeError", "RangeError", "RegExp", "Array"} {
		define(symbols, name, r.Global(name))
	}
	exec := r.Intrinsic("RegExp.prototype.exec")
	set(symbols, "exec", func(c goja.FunctionCall) goja.Value { return r.Invoke(exec, c.Argument(0), c.Argument(1)) })
	set(symbols, "builder", func(goja.FunctionCall) goja.Value {
		b := s.builder()
		return engine.NewFunction(rt, "", 0, func(c goja.FunctionCall) goja.Value {
			if len(c.Arguments) == 0 {
				return b.text()
			}
			b.add(c.Arguments[0].(goja.String))
			return nil
		})
	})
	set(symbols, "substitute", func(c goja.FunctionCall) goja.Value {
		return s.expand(parse(c.Argument(0).(goja.String)), s.values(c.Argument(1)))
	})
	set(symbols, "apply", func(c goja.FunctionCall) goja.Value {
		return code(c.Argument(0))(goja.FunctionCall{This: goja.Undefined(), Arguments: s.values(c.Argument(1))})
	})
	define(tools, "symbols", symbols)
	return tools
}

// put is CreateDataPropertyOrThrow, which for an array must not make more than one allocation may take.
func (s *state) put(o *goja.Object, k, v goja.Value) {
	n := k.ToInteger()
	s.fits(n, bytesValue, textArray)
	s.chargeSmall(bytesValue)
	if err := o.DefineDataProperty(k.String(), v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE); err != nil {
		panic(err)
	}
}

// integer is ToIntegerOrInfinity.
func (s *state) integer(v goja.Value) goja.Value {
	switch t := v.(type) {
	case *goja.Object:
		v = t.ToNumber()
	case *goja.Symbol:
		panic(s.rt.NewTypeError("Cannot convert a Symbol value to a number"))
	}
	if goja.IsUndefined(v) {
		return s.rt.ToValue(0)
	}
	return s.rt.ToValue(truncate(v.ToFloat()))
}

// values copies the elements of an array of the library's own.
func (s *state) values(v goja.Value) []goja.Value {
	o := v.(*goja.Object)
	n := o.Get("length").ToInteger()
	list := make([]goja.Value, n)
	for i := range n {
		list[i] = orUndefined(o.Get(index(i)))
	}
	return list
}

// isArray is IsArray.
func (s *state) isArray(o *goja.Object) bool {
	for o.ExportType() == proxyType {
		target := o.Export().(goja.Proxy).Target()
		if target == nil {
			panic(s.rt.NewTypeError("Cannot perform 'IsArray' on a proxy that has been revoked"))
		}
		o = target
	}
	return o.ClassName() == "Array"
}

func index(i int64) string { return strconv.FormatInt(i, 10) }
