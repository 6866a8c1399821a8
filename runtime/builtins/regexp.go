package builtins

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/regex"
)

func regExpProperties() []Property {
	class := func(rt *goja.Runtime, own goja.Value) goja.Value { return stateOf(rt).regExpClass(own.(*goja.Object)) }
	return []Property{
		wrap(Property{Name: "RegExp", Kind: Constructor, Length: 2, Writable: true, Configurable: true}, class),
		wrap(Property{On: "RegExp.prototype", Name: "constructor", Kind: Data, Writable: true, Configurable: true}, class),
		wrap(method("RegExp.prototype", "compile", 2, nil), regExpCompile),
		wrap(method("RegExp.prototype", "test", 1, nil), regExpTest),
		method("RegExp", "escape", 1, regExpEscape),
		regExpFlag("hasIndices"),
		regExpFlag("unicodeSets"),
	}
}

// regExpFlag is the accessor of a flag that no regular expression of goja has.
func regExpFlag(name string) Property {
	return getter("RegExp.prototype", name, func(rt *goja.Runtime) native {
		return func(call goja.FunctionCall) goja.Value {
			o, ok := call.This.(*goja.Object)
			switch {
			case ok && o.ClassName() == "RegExp":
				return rt.ToValue(false)
			case ok && o.SameAs(resolve(rt, "RegExp.prototype")):
				return goja.Undefined()
			}
			panic(rt.NewTypeError("RegExp.prototype.%s getter called on incompatible receiver %s", name, describe(call.This, "object")))
		}
	})
}

// regExpClass wraps goja's RegExp in a proxy, so that statics, prototype, species and subclassing are goja's own, and
// only calls and constructions with a pattern that holds a property escape are changed.
func (s *state) regExpClass(own *goja.Object) *goja.Object {
	if s.regExp != nil {
		return s.regExp
	}
	if prototype, ok := own.Get("prototype").(*goja.Object); ok {
		exec := prototype.Get("exec")
		if s.regExp != nil { // the prototype was made just now, which asked for the class
			return s.regExp
		}
		s.regExpExec, _ = exec.(*goja.Object)
	}
	rt := s.rt
	construct, _ := goja.AssertConstructor(own)
	call, _ := goja.AssertFunction(own)
	s.regExp = rt.ToValue(rt.NewProxy(own, &goja.ProxyTrapConfig{
		Apply: func(_ *goja.Object, this goja.Value, args []goja.Value) goja.Value {
			if o := s.sameRegExp(args); o != nil {
				return o
			}
			e := expandArguments(rt, args)
			made := invoke(call, this, e.args...)
			e.show(rt, made)
			return made
		},
		Construct: func(_ *goja.Object, args []goja.Value, newTarget *goja.Object) *goja.Object {
			e := expandArguments(rt, args)
			made, err := construct(newTarget, e.args...)
			must(err)
			e.show(rt, made)
			return made
		},
	})).(*goja.Object)
	must(own.DefineDataPropertySymbol(goja.SymHasInstance, newFunction(rt, "[Symbol.hasInstance]", 1, hasInstance(rt)), no, yes, no))
	return s.regExp
}

// hasInstance is Function.prototype[Symbol.hasInstance], that is OrdinaryHasInstance: goja's refuses proxies.
func hasInstance(rt *goja.Runtime) native {
	return func(call goja.FunctionCall) goja.Value {
		class, ok := call.This.(*goja.Object)
		o, isObject := call.Argument(0).(*goja.Object)
		if _, callable := goja.AssertFunction(call.This); !ok || !callable || !isObject {
			return rt.ToValue(false)
		}
		prototype, ok := class.Get("prototype").(*goja.Object)
		if !ok {
			panic(rt.NewTypeError("Function has non-object prototype in instanceof check"))
		}
		for p := o.Prototype(); p != nil; p = p.Prototype() {
			if p.SameAs(prototype) {
				return rt.ToValue(true)
			}
		}
		return rt.ToValue(false)
	}
}

// sameRegExp is the first step of RegExp(pattern, flags) called as a function: a regular expression made by this class
// is given back as it is.
func (s *state) sameRegExp(args []goja.Value) *goja.Object {
	if len(args) == 0 || len(args) > 1 && !goja.IsUndefined(args[1]) {
		return nil
	}
	o, ok := args[0].(*goja.Object)
	if ok && isRegExp(o) && s.regExp.SameAs(getOr(o, "constructor")) {
		return o
	}
	return nil
}

// isRegExp is IsRegExp.
func isRegExp(o *goja.Object) bool {
	if matcher := o.GetSymbol(goja.SymMatch); matcher != nil && !goja.IsUndefined(matcher) {
		return matcher.ToBoolean()
	}
	return o.ClassName() == "RegExp"
}

// regExpCompile is the legacy RegExp.prototype.compile.
func regExpCompile(rt *goja.Runtime, replaced goja.Value) goja.Value {
	own := callable(rt, replaced, "compile")
	return newFunction(rt, "compile", 2, func(call goja.FunctionCall) goja.Value {
		e := expandArguments(rt, call.Arguments)
		v := invoke(own, call.This, e.args...)
		e.show(rt, v)
		return v
	})
}

// regExpTest is https://tc39.es/ecma262/#sec-regexp.prototype.test. goja's own matches without asking for exec.
func regExpTest(rt *goja.Runtime, replaced goja.Value) goja.Value {
	s := stateOf(rt)
	own, ok := replaced.(*goja.Object).Export().(native)
	if !ok {
		return replaced
	}
	execute := newFunction(rt, "", 2, func(call goja.FunctionCall) goja.Value {
		exec, _ := goja.AssertFunction(call.Argument(1))
		found := invoke(exec, call.This, call.Argument(0))
		if _, ok := found.(*goja.Object); !ok && !goja.IsNull(found) {
			panic(rt.NewTypeError("%s is not an object or null", describe(found, "result of exec")))
		}
		return rt.ToValue(!goja.IsNull(found))
	})
	if Guard != nil { // it calls script, and counts among the functions that do
		execute = Guard(rt, execute).(*goja.Object)
	}
	slow, _ := execute.Export().(native)
	return newFunction(rt, "test", 1, func(call goja.FunctionCall) goja.Value {
		r, ok := call.This.(*goja.Object)
		if !ok || engine.OrdinaryRegExp(r) {
			return own(call) // which throws if it is no object
		}
		if _, ok := call.Argument(0).(goja.String); !ok {
			call.Arguments = []goja.Value{toString(rt, call.Argument(0))}
		}
		exec := r.Get("exec")
		if f, ok := exec.(*goja.Object); ok && f != s.regExpExec {
			if _, ok := goja.AssertFunction(exec); ok {
				return slow(goja.FunctionCall{This: r, Arguments: []goja.Value{call.Arguments[0], exec}})
			}
		}
		return own(call)
	})
}

// expanded is a pattern and flags as goja runs them, and as script is to see them.
type expanded struct {
	args          []goja.Value
	source, flags goja.Value // nil where they are those of args
}

// expandArguments rewrites the arguments of RegExp where goja would compile them and never match (\p{...}) or refuse
// them (flag v, modifiers).
func expandArguments(rt *goja.Runtime, args []goja.Value) expanded {
	e := expanded{args: args}
	if len(args) == 0 {
		return e
	}
	if o, ok := args[0].(*goja.Object); ok && o.ClassName() == "RegExp" {
		if hasOwnName(o, "source") { // an expanded one: goja copies the pattern that it runs
			e.source = o.Get("source")
		}
		return e
	}
	pattern, ok := args[0].(goja.String)
	if !ok {
		return e
	}
	flags := ""
	if len(args) > 1 && !goja.IsUndefined(args[1]) {
		flags = toString(rt, args[1]).String()
	}
	source := pattern.String()
	if !regex.Needed(source, flags) {
		return e
	}
	refuse := func(why string) {
		panic(newError(rt, "SyntaxError", "Invalid regular expression: /"+source+"/"+flags+": "+why))
	}
	text, err := regex.ExpandPattern(source, flags)
	if err != nil {
		refuse(err.Error())
	}
	engineFlags := regex.EngineFlags(flags)
	if text == source && engineFlags == flags {
		return e
	}
	if lossy(source) && !wellFormed(pattern) {
		refuse("a lone surrogate beside what has to be rewritten is not supported")
	}
	e.args = []goja.Value{rt.ToValue(text), rt.ToValue(engineFlags)}
	e.source = pattern
	if engineFlags != flags {
		e.flags = rt.ToValue(flags)
	}
	return e
}

// show gives made the properties that differ from what goja says of the pattern that it runs.
func (e *expanded) show(rt *goja.Runtime, made goja.Value) {
	o, ok := made.(*goja.Object)
	if !ok {
		return
	}
	if e.source != nil {
		must(o.DefineDataProperty("source", e.source, no, yes, no))
	}
	if e.flags != nil {
		must(o.DefineDataProperty("flags", e.flags, no, yes, no))
		must(o.DefineDataProperty("unicodeSets", rt.ToValue(true), no, yes, no))
	}
}

// regExpEscape is RegExp.escape, https://tc39.es/ecma262/#sec-regexp.escape.
func regExpEscape(rt *goja.Runtime) native {
	return func(call goja.FunctionCall) goja.Value {
		s, ok := call.Argument(0).(goja.String)
		if !ok {
			panic(rt.NewTypeError("RegExp.escape expects a string"))
		}
		units := make([]uint16, 0, s.Length()+8)
		for i, n := 0, s.Length(); i < n; i++ {
			c := s.CharAt(i)
			switch {
			case i == 0 && (c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'):
				units = appendASCII(units, `\x`, c, 2)
			case isLead(c) && i+1 < n && isTrail(s.CharAt(i+1)):
				units = append(units, c, s.CharAt(i+1))
				i++
			default:
				units = escapeUnit(units, c)
			}
		}
		return goja.StringFromUTF16(units)
	}
}

// escapeUnit is EncodeForRegExpEscape for all but surrogate pairs.
func escapeUnit(units []uint16, c uint16) []uint16 {
	if c < 0x80 {
		if strings.ContainsRune(`^$\.*+?()[]{}|/`, rune(c)) {
			return append(units, '\\', c)
		}
		if i := strings.IndexByte("\t\n\v\f\r", byte(c)); i >= 0 {
			return append(units, '\\', uint16("tnvfr"[i]))
		}
		if strings.ContainsRune(",-=<>#&!%:;@~'`\" ", rune(c)) {
			return appendASCII(units, `\x`, c, 2)
		}
		return append(units, c)
	}
	switch {
	case c == 0xA0:
		return appendASCII(units, `\x`, c, 2)
	case c == 0x1680 || c >= 0x2000 && c <= 0x200A || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
		c == 0x3000 || c == 0xFEFF || isLead(c) || isTrail(c):
		return appendASCII(units, `\u`, c, 4)
	}
	return append(units, c)
}

func appendASCII(units []uint16, prefix string, c uint16, digits int) []uint16 {
	for i := range len(prefix) {
		units = append(units, uint16(prefix[i]))
	}
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		units = append(units, uint16(hexDigits[c>>shift&15]))
	}
	return units
}
