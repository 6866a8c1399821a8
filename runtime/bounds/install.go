package bounds

import (
	"strings"
	"sync"

	"github.com/dlclark/regexp2/v2"
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// templated are the built-ins that goja makes member by member, as they are touched; each with the prefix of its rules.
var templated = []struct{ expression, path string }{
	{"Object", "Object"},
	{"Object.prototype", "Object.prototype"},
	{"Function.prototype", "Function.prototype"},
	{"Array.prototype", "Array.prototype"},
	{"String.prototype", "String.prototype"},
	{"Number", "Number"},
	{"Number.prototype", "Number.prototype"},
	{"BigInt", "BigInt"},
	{"BigInt.prototype", "BigInt.prototype"},
	{"Date", "Date"},
	{"Date.prototype", "Date.prototype"},
	{"Math", "Math"},
	{"Object.getPrototypeOf(Uint8Array).prototype", "%TypedArray%.prototype"},
	{"DataView.prototype", "DataView.prototype"},
}

// whole are the globals that goja makes in one go, with all that hangs on them, when they are first read.
var whole = []string{
	"Array", "String", "Symbol", "Boolean", "RegExp", "Promise", "Map", "Set", "WeakMap", "WeakSet", "Reflect", "JSON", "Proxy",
	"ArrayBuffer", "DataView", "Error", "AggregateError",
}

var typedArrays = map[string]int64{
	"Uint8Array": 1, "Uint8ClampedArray": 1, "Int8Array": 1, "Uint16Array": 2, "Int16Array": 2, "Uint32Array": 4, "Int32Array": 4,
	"Float32Array": 4, "Float64Array": 8, "BigInt64Array": 8, "BigUint64Array": 8,
}

// deferred tells whether the prototypes that script reaches without reading a global (by a regular expression literal, an async function, an error
// of the engine's) are made and bounded when a property of theirs is first touched. To read the global does the latter, whoever reads it.
// Before Install, no realm has them deferred. It is set before anything has wrapped those globals.
var deferred = engine.DeferPrototypes(func(rt *goja.Runtime, class string, _ *goja.Object) {
	if r := webidl.Of(rt); r != nil {
		r.Global(class)
	}
})

// guardReachable is for goja's inside in a form that package engine can't defer anything in: each realm makes all of it before script runs.
func (s *state) guardReachable() {
	r := webidl.Of(s.rt)
	r.Global("RegExp")
	r.Global("Error")
	promise, _, _ := s.rt.NewPromise()
	s.guardProperties("Promise.prototype", s.rt.ToValue(promise).(*goja.Object).Prototype())
}

var globalFunctions = []string{
	"Function", "Object", "Number", "BigInt", "Date", "eval",
	"isNaN", "parseInt", "parseFloat", "isFinite", "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "unescape",
}

var install = sync.OnceFunc(func() {
	regexp2.DefaultMatchTimeout = RegExpTimeout
	if inner == nil {
		webidl.Prepare(prepareEagerly)
		return
	}
	for _, t := range templated {
		members := templateMembers(t.expression, t.path)
		if !engine.ExtendBuiltin(t.expression, members) {
			panic("bounds: " + t.path + " is made from no template")
		}
	}
	wrap := func(name string, touched func(s *state, o *goja.Object)) {
		err := engine.WrapGlobal(name, func(rt *goja.Runtime, o *goja.Object) {
			if s := of(rt); s != nil {
				touched(s, o)
			}
		})
		if err != nil {
			panic(err)
		}
	}
	for _, name := range whole {
		wrap(name, func(s *state, o *goja.Object) { s.guardWhole(name, o) })
	}
	for name := range typedArrays {
		wrap(name, func(s *state, o *goja.Object) { s.guardTypedArray(name, o) })
	}
	for _, name := range globalFunctions {
		wrap(name, func(s *state, o *goja.Object) { s.guard(name, o) })
	}
	webidl.Prepare(func(rt *goja.Runtime) {
		refuseCode(rt)
		if deferred {
			engine.Defer(rt)
			return
		}
		of(rt).guardReachable()
	})
})

// Guard bounds a built-in function that did not come from goja, as it is made: calls of it are counted with those of goja's. It gives
// what must stand in v's place, v itself where package engine is native, and does nothing with what is no native function or
// belongs to no realm.
func Guard(rt *goja.Runtime, v goja.Value) goja.Value {
	o, ok := v.(*goja.Object)
	s := of(rt)
	if !ok || s == nil {
		return v
	}
	if _, isClass := goja.AssertConstructor(o); isClass && inner == nil {
		return v
	}
	return s.guard("", o)
}

// Install bounds the built-ins of every realm made from now on in this process. Call it while the process starts, after the
// built-ins of package builtins are installed and before the first realm. Calling it again does nothing.
func Install() { install() }

// key is a property of a built-in that holds a function.
type key struct {
	name                               string
	symbol                             *goja.Symbol
	id                                 string
	writable, enumerable, configurable bool
}

// keysOf lists the data properties of the object that expression gives, in a runtime of its own. Those that hold no
// function are among them only if a template can hold a class there.
func keysOf(expression, path string) []key {
	rt := goja.New()
	list, err := rt.RunString(`(o) => Reflect.ownKeys(o).map((k) => {
		const d = Object.getOwnPropertyDescriptor(o, k);
		return typeof d.value === "function" ? [k, d.writable, d.enumerable, d.configurable] : null;
	}).filter((x) => x)`)
	if err != nil {
		panic(err)
	}
	o, err := rt.RunString(expression)
	if err != nil {
		panic(err)
	}
	call, _ := goja.AssertFunction(list)
	found, err := call(goja.Undefined(), o)
	if err != nil {
		panic(err)
	}
	var keys []key
	rt.ForOf(found, func(v goja.Value) bool {
		row := v.(*goja.Object)
		k := key{writable: row.Get("1").ToBoolean(), enumerable: row.Get("2").ToBoolean(), configurable: row.Get("3").ToBoolean()}
		if symbol, ok := row.Get("0").(*goja.Symbol); ok {
			k.symbol, k.id = symbol, path+"["+symbol.String()+"]"
		} else {
			k.name = row.Get("0").String()
			k.id = path + "." + k.name
		}
		if k.name == "constructor" {
			k.id = strings.TrimSuffix(path, ".prototype")
		}
		keys = append(keys, k)
		return true
	})
	return keys
}

func templateMembers(expression, path string) []engine.Member {
	var members []engine.Member
	for _, k := range keysOf(expression, path) {
		members = append(members, engine.Member{
			Name: k.name, Symbol: k.symbol,
			Wrap: func(rt *goja.Runtime, own goja.Value) goja.Value {
				if s := of(rt); s != nil {
					if o, ok := own.(*goja.Object); ok {
						own = s.guardMember(&k, o)
					}
				}
				return engine.Data(own, k.writable, k.enumerable, k.configurable)
			},
		})
	}
	if path == "Object.prototype" {
		members = append(members, engine.Member{Name: "__proto__", Make: protoAccessor})
	}
	return members
}

func (s *state) guardMember(k *key, o *goja.Object) *goja.Object {
	if k.name == "constructor" {
		switch k.id {
		case "Array", "String":
			s.guardWhole(k.id, o)
			return o
		}
	}
	return s.guard(k.id, o)
}

// guardWhole bounds a global of whole and all that hangs on it.
func (s *state) guardWhole(name string, o *goja.Object) {
	if s.guarded(o) {
		return
	}
	s.guard(name, o)
	s.guardProperties(name, o)
	p, ok := o.Get("prototype").(*goja.Object)
	if ok {
		engine.Settle(p)
	}
	if ok && name != "Array" && name != "String" && name != "DataView" {
		s.guardProperties(name+".prototype", p)
	}
}

func (s *state) guarded(o *goja.Object) bool {
	if config := inner.traps(o); config != nil && config.Construct != nil {
		return entry(config.Construct) == guardedConstructTrap
	}
	call, _ := inner.code(o)
	return call != nil && *call != nil && entry(*call) == guardedCode
}

// symbolic are the symbols that name methods of goja's.
var symbolic = []*goja.Symbol{
	goja.SymHasInstance, goja.SymIterator, goja.SymMatch, goja.SymMatchAll, goja.SymReplace, goja.SymSearch, goja.SymSplit, goja.SymToPrimitive,
}

// guardProperties bounds the functions that are properties of o, which no script has touched yet, getters and setters too.
func (s *state) guardProperties(path string, o *goja.Object) {
	if target := proxied(o); target != nil {
		o = target
	}
	for _, name := range o.GetOwnPropertyNames() {
		if name == "prototype" || name == "constructor" {
			continue
		}
		functions, _ := inner.functions(o, name)
		for _, f := range functions {
			s.guard(path+"."+name, f)
		}
	}
	for _, symbol := range symbolic {
		if f, ok := o.GetSymbol(symbol).(*goja.Object); ok {
			s.guard(path+"["+symbol.String()+"]", f)
		}
	}
}

// proxied gives what a class that Go code made a proxy of is a proxy of, nil if o is none.
func proxied(o *goja.Object) *goja.Object {
	if inner.traps(o) == nil {
		return nil
	}
	return o.Export().(goja.Proxy).Target()
}

// guardTypedArray bounds one class of typed arrays, and what they share.
func (s *state) guardTypedArray(name string, o *goja.Object) {
	if s.guarded(o) {
		return
	}
	s.guard(name, o)
	s.guardProperties(name, o)
	if parent := o.Prototype(); parent != nil {
		s.guardProperties("%TypedArray%", parent)
	}
}
