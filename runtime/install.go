package runtime

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/builtins"
	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// The process's runtimes all get the same globals, once, before the first of them is made.
func init() {
	builtins.Guard, builtins.Poll = bounds.Guard, bounds.Poll
	installBuiltins()
	bounds.Install()
	webidl.Install(apis()...)
	webidl.Install(webidl.API{Classes: []webidl.Declared{contextClass, fetchEventClass}})
}

// installBuiltins adds the newer built-ins of ECMAScript to what goja has, each where it costs an isolate nothing until script
// touches it: in goja's own templates if the object is made from one, else when the global that leads to it is first read.
func installBuiltins() {
	if !engine.Native() {
		webidl.Prepare(builtins.Install)
		return
	}
	byObject := make(map[string][]engine.Member)
	for _, p := range builtins.Properties() {
		if own := p.Make; p.On == "%IteratorPrototype%" && own != nil { // which no template of goja's has
			p.Make = func(rt *goja.Runtime) goja.Value { return bounds.Guard(rt, own(rt)) }
		}
		byObject[p.On] = append(byObject[p.On], member(p))
	}
	touched := make(map[string][]string) // global name -> objects below it
	for on, members := range byObject {
		switch {
		case on == "":
			engine.ExtendGlobal(members)
		case on == "%IteratorPrototype%":
			installIterator(members)
		case !engine.ExtendBuiltin(on, members):
			root, _, _ := strings.Cut(on, ".")
			touched[root] = append(touched[root], on)
		}
	}
	completeBuffers()
	for root, objects := range touched {
		err := engine.WrapGlobal(root, func(rt *goja.Runtime, v *goja.Object) {
			for _, on := range objects {
				if !firstTouch(rt, on) {
					continue
				}
				target := v
				for _, step := range strings.Split(on, ".")[1:] {
					target = target.Get(step).(*goja.Object)
				}
				engine.Define(rt, target, byObject[on])
			}
		})
		if err != nil {
			panic(err)
		}
	}
}

// typedArrays lead to ArrayBuffer.prototype, by their buffers, without the global that leads to it being read.
var typedArrays = []string{
	"Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
	"Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array",
}

// completeBuffers has ArrayBuffer completed when a class of typed arrays is first read.
func completeBuffers() {
	for _, name := range typedArrays {
		err := engine.WrapGlobal(name, func(rt *goja.Runtime, _ *goja.Object) {
			if r := webidl.Of(rt); r != nil {
				r.Global("ArrayBuffer")
			}
		})
		if err != nil {
			panic(err)
		}
	}
}

// touchedGlobal is the key under which a realm remembers that an object of the engine has been completed.
type touchedGlobal string

// firstTouch reports whether the object named on is to be completed now. All typed arrays lead to %TypedArray%, once: script may have changed or
// frozen it since.
func firstTouch(rt *goja.Runtime, on string) bool {
	r := webidl.Of(rt)
	if r == nil {
		return false // a runtime that is no realm stays as goja made it
	}
	if strings.HasSuffix(on, ".__proto__") {
		on = "%TypedArray%"
	}
	if r.Slot(touchedGlobal(on)) != nil {
		return false
	}
	r.SetSlot(touchedGlobal(on), true)
	return true
}

// installIterator gives every realm a %IteratorPrototype% made from a template.
func installIterator(members []engine.Member) {
	template := engine.NewTemplate(append([]engine.Member{{Symbol: goja.SymIterator, Make: func(rt *goja.Runtime) goja.Value {
		return engine.Hidden(engine.NewFunction(rt, "[Symbol.iterator]", 0, func(c goja.FunctionCall) goja.Value { return c.This }))
	}}}, members...), engine.ObjectPrototype)
	webidl.Prepare(func(rt *goja.Runtime) {
		engine.SetIteratorPrototype(rt, engine.NewTemplated(rt, template, func(*goja.Object) {}))
	})
}

// member turns a built-in into a template's member.
func member(p builtins.Property) engine.Member {
	m := engine.Member{Name: p.Name, Symbol: p.Symbol, Make: func(rt *goja.Runtime) goja.Value {
		if p.Kind == builtins.Getter {
			get := p.Make(rt).(*goja.Object)
			var set *goja.Object
			if p.MakeSetter != nil {
				set = p.MakeSetter(rt).(*goja.Object)
			}
			return engine.Accessor(get, set, p.Enumerable)
		}
		return engine.Data(p.Make(rt), p.Writable, p.Enumerable, p.Configurable)
	}}
	if p.Wrap != nil {
		m.Wrap = func(rt *goja.Runtime, own goja.Value) goja.Value {
			return engine.Data(p.Wrap(rt, own), p.Writable, p.Enumerable, p.Configurable)
		}
	}
	return m
}
