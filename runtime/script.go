package runtime

import (
	"sync"
	"sync/atomic"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bundle/lower"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Script is what an isolate is loaded from. It is immutable once a pool has it, and shared by all isolates of the pool.
type Script struct {
	Worker  string // the Worker's name, for logs and errors
	Version string // for evidence; "" keeps none
	Program *lower.Program
	// Compile makes the program when the first isolate is loaded, where Program is nil. Its error fails that load, and is asked for again
	// with the next.
	Compile       func() (*lower.Program, error)
	ServiceWorker bool // classic syntax: handlers by addEventListener, bindings as globals

	// Env builds the object of bindings for one realm, on its strand, before the code is loaded. Nil means an empty object.
	Env func(r *webidl.Realm) *goja.Object
	// Prepare sets the realm up before anything else: outbound fetch and the like. May be nil.
	Prepare func(r *webidl.Realm)
	// Observer is told what happens in the isolates. Nil means nobody is.
	Observer Observer
	// Guard keeps the isolates within Limits. Nil means that nobody does.
	Guard  *Guard
	Limits Limits

	compiled atomic.Pointer[lower.Program]
	compile  sync.Mutex

	known  sync.Once
	stands *evidence // made under known

	arities sync.Map // entrypoint name -> how many arguments its fetch handler asks for
}

// program gives the program, made if it has to be.
func (s *Script) program() (*lower.Program, error) {
	if s.Program != nil {
		return s.Program, nil
	}
	if p := s.compiled.Load(); p != nil {
		return p, nil
	}
	s.compile.Lock()
	defer s.compile.Unlock()
	if p := s.compiled.Load(); p != nil {
		return p, nil
	}
	p, err := s.Compile()
	if err == nil {
		s.compiled.Store(p)
	}
	return p, err
}

// Observer is told what script says and does wrong. Its methods are called on strands: they must be quick, not block, and be safe
// from several goroutines.
type Observer interface {
	// Console takes a line of the console. inv is nil while a module is loaded.
	Console(worker string, inv *invocation.Invocation, e webidl.LogEntry)
	// Exception takes an exception that nobody caught: thrown by a handler, a timer or a promise.
	Exception(worker string, inv *invocation.Invocation, e *Uncaught)
}

// Uncaught is an exception that nobody caught.
type Uncaught struct {
	*webidl.Thrown
	// In says where: "fetch handler", "promise", "waitUntil", "timer", "top-level code".
	In string
	// GoStack is set where it was a fault of ours.
	GoStack string
}

// Job is one call into an isolate. Start is called once, on the strand, in the turn that begins the call; it returns the handler's value
// or promise, or panics with what script throws. Then exactly one of Fulfilled and Failed is called: Fulfilled on the strand,
// Failed on any goroutine (with *webidl.Thrown where script threw). Neither may run script.
type Job interface {
	Start(iso *Isolate) goja.Value
	Fulfilled(iso *Isolate, v goja.Value)
	Failed(err error)
}
