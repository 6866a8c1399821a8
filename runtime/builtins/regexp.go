package builtins

import (
	"strings"
	"sync/atomic"

	"github.com/dop251/goja"
)

// PatternExpander rewrites a regular expression's pattern that goja would compile and never match (\p{...}) into one
// that means the same without. flags are those of the expression. An error is thrown as a SyntaxError with its text.
type PatternExpander func(source, flags string) (string, error)

var patternExpander atomic.Pointer[PatternExpander]

// SetPatternExpander plugs in what new RegExp uses for patterns with Unicode property escapes, in all runtimes. Without
// one, such patterns throw a SyntaxError. Safe from any goroutine; meant for start-up.
func SetPatternExpander(expand PatternExpander) { patternExpander.Store(&expand) }

func regExpProperties() []Property {
	return []Property{
		{
			Name: "RegExp", Kind: Constructor, Length: 2, Replace: true, Writable: true, Configurable: true,
			Make: func(rt *goja.Runtime) goja.Value { return stateOf(rt).regExpClass() },
		},
		{
			On: "RegExp.prototype", Name: "constructor", Kind: Data, Replace: true, Writable: true, Configurable: true,
			Make: func(rt *goja.Runtime) goja.Value { return stateOf(rt).regExpClass() },
		},
		method("RegExp", "escape", 1, regExpEscape),
	}
}

// regExpClass wraps goja's RegExp in a proxy, so that statics, prototype, species and subclassing are goja's own, and
// only calls and constructions with a pattern that holds a property escape are changed.
func (s *state) regExpClass() *goja.Object {
	if s.regExp != nil {
		return s.regExp
	}
	rt := s.rt
	own := rt.GlobalObject().Get("RegExp").(*goja.Object)
	if own.ExportType() == proxyType { // made before, by a state that is gone
		s.regExp = own
		return own
	}
	construct, _ := goja.AssertConstructor(own)
	call, _ := goja.AssertFunction(own)
	s.regExp = rt.ToValue(rt.NewProxy(own, &goja.ProxyTrapConfig{
		Apply: func(_ *goja.Object, this goja.Value, args []goja.Value) goja.Value {
			if o := s.sameRegExp(args); o != nil {
				return o
			}
			args, source := expandArguments(rt, args)
			made := invoke(call, this, args...)
			showSource(made, source)
			return made
		},
		Construct: func(_ *goja.Object, args []goja.Value, newTarget *goja.Object) *goja.Object {
			args, source := expandArguments(rt, args)
			made, err := construct(newTarget, args...)
			must(err)
			showSource(made, source)
			return made
		},
	})).(*goja.Object)
	return s.regExp
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

// expandArguments gives the arguments for goja's RegExp, and the source that script is to see if it isn't that of the
// pattern.
func expandArguments(rt *goja.Runtime, args []goja.Value) ([]goja.Value, goja.Value) {
	if len(args) == 0 {
		return args, nil
	}
	if o, ok := args[0].(*goja.Object); ok && o.ClassName() == "RegExp" {
		if hasOwnName(o, "source") {
			return args, o.Get("source")
		}
		return args, nil
	}
	text, ok := args[0].(goja.String)
	if !ok {
		return args, nil
	}
	source := text.String()
	if !strings.Contains(source, `\p{`) && !strings.Contains(source, `\P{`) {
		return args, nil
	}
	flags := ""
	if len(args) > 1 && !goja.IsUndefined(args[1]) {
		flags = args[1].String()
	}
	if !strings.ContainsAny(flags, "uv") {
		return args, nil
	}
	expand := patternExpander.Load()
	if expand == nil {
		panic(newError(rt, "SyntaxError", "Invalid regular expression: /"+source+"/"+flags+": Unicode property escapes are not supported here"))
	}
	expanded, err := (*expand)(source, flags)
	if err != nil {
		panic(newError(rt, "SyntaxError", "Invalid regular expression: /"+source+"/"+flags+": "+err.Error()))
	}
	return []goja.Value{rt.ToValue(expanded), rt.ToValue(flags)}, args[0]
}

func showSource(made, source goja.Value) {
	if source != nil {
		must(made.(*goja.Object).DefineDataProperty("source", source, no, yes, no))
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
