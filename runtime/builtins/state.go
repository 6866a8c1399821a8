package builtins

import (
	"runtime"
	"sync"
	"weak"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// state is what built-ins of one runtime share: prototypes that several of them need. Every function that this package
// makes and that needs it holds it, the table below only weakly: so it lives as long as one of those functions, and a
// runtime is not kept alive by the table.
type state struct {
	rt *goja.Runtime

	iteratorProto   *goja.Object
	iteratorClass   *goja.Object
	helperProto     *goja.Object
	helperNext      *goja.Object
	advancing       int // helpers that draw on each other now
	wrapProto       *goja.Object
	suppressed      *goja.Object
	regExp          *goja.Object
	regExpExec      *goja.Object // as it was before script saw it
	typedArrayFrom  *goja.Object
	syntax          map[*goja.Program]goja.Value
	keptAlive       []*goja.Object
	clearingPending bool
}

// states maps weak.Pointer[goja.Runtime] to weak.Pointer[state].
var states sync.Map

// stateOf gives the state of rt, made at the first call. Only at first touch of a built-in, never on a hot path.
func stateOf(rt *goja.Runtime) *state {
	key := weak.Make(rt)
	known, ok := states.Load(key)
	if ok {
		if s := known.(weak.Pointer[state]).Value(); s != nil {
			return s
		}
	}
	s := &state{rt: rt}
	states.Store(key, weak.Make(s))
	if !ok {
		runtime.AddCleanup(rt, func(key weak.Pointer[goja.Runtime]) { states.Delete(key) }, key)
	}
	return s
}

// run gives the value of a program in this runtime, run once. Such programs hold only syntax (an async function, a
// computed key), which script can't change, where goja's public API has no way to the same.
func (s *state) run(p func() *goja.Program) goja.Value {
	program := p()
	if v, ok := s.syntax[program]; ok {
		return v
	}
	v, err := s.rt.RunProgram(program)
	must(err)
	if s.syntax == nil {
		s.syntax = make(map[*goja.Program]goja.Value)
	}
	s.syntax[program] = v
	return v
}

// function is run for programs whose value is a function.
func (s *state) function(p func() *goja.Program) goja.Callable {
	f, _ := goja.AssertFunction(s.run(p))
	return f
}

// program compiles a helper at its first use, once for all runtimes.
func program(source string) func() *goja.Program {
	return sync.OnceValue(func() *goja.Program { return goja.MustCompile("builtins", source, true) })
}

// intrinsic looks a built-in of goja up by its path from the global object: the engine's own, whatever script has put there, if a template
// makes it. For the others' sake built-ins call it when they are made, not when they are called.
func intrinsic(rt *goja.Runtime, on, name string) goja.Callable {
	if own := engine.Original(rt, on+"."+name); own != nil {
		f, _ := goja.AssertFunction(own)
		return f
	}
	if o := resolve(rt, on); o != nil {
		if f, ok := goja.AssertFunction(o.Get(name)); ok {
			return f
		}
	}
	panic(rt.NewTypeError("%s.%s is not a function", on, name))
}
