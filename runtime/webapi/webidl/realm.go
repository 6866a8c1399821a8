package webidl

import (
	"errors"
	"slices"
	"sync"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/invocation"
)

// Host is the isolate that a realm lives in.
type Host interface {
	// Post has task run on the strand as one entry of script in the name of inv (nil: nobody's), with microtasks run to their
	// end after it. Safe from any goroutine. A task for an isolate that is gone is dropped.
	Post(inv *invocation.Invocation, task func())
	// Pending counts work under way that will come back by Post: +1 when it begins, -1 when it comes back. With nothing
	// pending, a promise that is not settled never will be. Safe from any goroutine.
	Pending(delta int)
	// Log takes what script writes to its console. Called on the strand.
	Log(inv *invocation.Invocation, entry LogEntry)
	// Unhandled takes the reason of a promise that was rejected and that nobody handled by the end of the turn. Called on the strand.
	Unhandled(inv *invocation.Invocation, reason goja.Value)
}

// LogEntry is one console message, already formatted.
type LogEntry struct {
	Level string // "log", "debug", "info", "warn" or "error", as the console method; "trace" comes as "debug"
	Text  string // may hold several lines
}

// Realm is one goja runtime with what Web APIs need. All methods must be called by the goroutine that holds the strand, but
// for those that say otherwise.
type Realm struct {
	VM   *goja.Runtime
	Host Host

	current *invocation.Invocation
	turn    *invocation.Invocation // whose entry this is: the fallback for jobs that carry no context
	turns   uint64
	enter   goja.Callable
	task    func()
	stack   []goja.Value // kept from turn to turn
	jobs    [4]func()    // where a turn's first microtasks are queued

	protos   []*goja.Object // by Interface.id, made at first use
	ctors    []*goja.Object
	slots    []slot
	globals  map[string]*goja.Object
	rejected []rejection // in the order they came
}

var _ goja.AsyncContextTracker = (*Realm)(nil)

// NewRealm makes a runtime that has every API given to Install.
func NewRealm(host Host) *Realm {
	keepIntrinsics()
	r := &Realm{VM: goja.New(), Host: host}
	engine.SetOwner(r.VM, r)
	r.VM.SetPromiseRejectionTracker(r.trackRejection)
	for _, prepare := range preparations() {
		prepare(r.VM)
	}
	if !engine.Native() {
		engine.Define(r.VM, r.VM.GlobalObject(), globals())
		r.keepAll()
	}
	return r
}

// Of gives the realm of a runtime made by NewRealm, nil for any other.
func Of(vm *goja.Runtime) *Realm {
	r, _ := engine.Owner(vm).(*Realm)
	return r
}

// Grab, Resumed and Exited let the current invocation follow promises: see goja.AsyncContextTracker.
func (r *Realm) Grab() any { return r.current }

// Resumed makes the invocation that was current when a reaction was added current again.
func (r *Realm) Resumed(x any) {
	if inv, _ := x.(*invocation.Invocation); inv != nil {
		r.current = inv
		return
	}
	r.current = r.turn
}

// Exited goes back to the invocation whose turn this is. Jobs of foreign thenables carry no context and run as that one.
func (r *Realm) Exited() { r.current = r.turn }

// Invocation is the one on whose behalf script runs now; nil while a module is loaded.
func (r *Realm) Invocation() *invocation.Invocation { return r.current }

// Turns is how many turns have begun: within one it stays the same.
func (r *Realm) Turns() uint64 { return r.turns }

// Enter runs task as one turn in the name of inv: then all microtasks, then what was left unhandled is reported. It must not be
// called while script of this realm is on the stack. Errors: *goja.Exception if task threw, *goja.InterruptedError and
// *goja.StackOverflowError, after which the realm must not be used again; a Go panic passes through.
func (r *Realm) Enter(inv *invocation.Invocation, task func()) error {
	if r.enter == nil {
		r.enter, _ = goja.AssertFunction(engine.NewFunction(r.VM, "", 0, func(goja.FunctionCall) goja.Value {
			t := r.task
			r.task = nil
			t()
			if stack := engine.Stack(r.VM); cap(stack) > cap(r.stack) {
				r.stack = stack
			}
			return nil
		}))
	}
	r.turns++
	r.turn, r.current, r.task = inv, inv, task
	engine.KeepJobs(r.VM, r.jobs[:0])
	_, err := r.enter(goja.Undefined())
	clear(r.jobs[:])
	if err == nil {
		engine.KeepStack(r.VM, r.stack)
	}
	if len(r.rejected) > 0 && isCatchable(err) {
		r.reportRejections()
	}
	r.turn, r.current = nil, nil
	return err
}

// isCatchable tells what script threw, or nothing, from what leaves the realm unusable.
func isCatchable(err error) bool {
	var ex *goja.Exception
	return err == nil || errors.As(err, &ex)
}

// rejection is a promise that was rejected while nobody had a reaction on it.
type rejection struct {
	promise *goja.Promise
	inv     *invocation.Invocation
}

// OnUnhandled, where it is set, is asked within a turn about each promise that nobody handled; the host is told of those for which it gives
// true. The package that has the event sets it while the process starts.
var OnUnhandled func(r *Realm, promise, reason goja.Value) (report bool)

func (r *Realm) trackRejection(p *goja.Promise, op goja.PromiseRejectionOperation) {
	if op == goja.PromiseRejectionHandle {
		r.forget(p)
		return
	}
	r.rejected = append(r.rejected, rejection{p, r.current})
}

func (r *Realm) forget(p *goja.Promise) {
	r.rejected = slices.DeleteFunc(r.rejected, func(x rejection) bool { return x.promise == p })
}

// maxRejectionRounds bounds what listeners that reject promises themselves can go on with.
const maxRejectionRounds = 10

func (r *Realm) reportRejections() {
	for range maxRejectionRounds {
		rejected := r.rejected
		r.rejected = nil
		for _, x := range rejected {
			r.turn, r.current = x.inv, x.inv
			report := true
			if OnUnhandled != nil {
				r.task = func() { report = OnUnhandled(r, r.VM.ToValue(x.promise), x.promise.Result()) }
				if _, err := r.enter(goja.Undefined()); err != nil {
					report = true
				}
			}
			if report {
				r.Host.Unhandled(x.inv, x.promise.Result())
			}
		}
		if len(r.rejected) == 0 {
			return
		}
	}
	r.rejected = nil
}

// Handled says that the outcome of p has been looked at, so that its rejection is nobody's surprise.
func (r *Realm) Handled(p *goja.Promise) {
	if !engine.MarkHandled(p) {
		ignore := func(goja.Value) {}
		engine.Then(r.VM, p, ignore, ignore)
	}
	if len(r.rejected) > 0 {
		r.forget(p)
	}
}

// Pending announces work done elsewhere that will come back to script. settle takes the task that brings it back; it must be
// called exactly once, from any goroutine, and panics when called again. The task runs on the strand as one turn, in the
// name of the invocation that was current here.
func (r *Realm) Pending() (settle func(task func())) {
	inv, host := r.current, r.Host
	host.Pending(1)
	var once sync.Mutex
	return func(task func()) {
		if !once.TryLock() {
			panic("webidl: settled twice")
		}
		host.Post(inv, func() {
			host.Pending(-1)
			task()
		})
	}
}

// Microtask has fn run after the script that runs now, before anything else, in the name of the current invocation.
func (r *Realm) Microtask(fn func()) {
	inv := r.current
	job := func() {
		r.current = inv
		fn()
		r.current = r.turn
	}
	if engine.Enqueue(r.VM, job) {
		return
	}
	p, resolve, _ := r.VM.NewPromise()
	engine.Then(r.VM, p, func(goja.Value) { fn() }, func(goja.Value) {})
	if err := resolve(goja.Undefined()); err != nil {
		panic(err)
	}
}

// slot is one value of SetSlot. There are few: a list takes a fifth of a map's memory, in every isolate.
type slot struct{ key, value any }

// Slot gives what SetSlot kept under key, nil if nothing. Packages use keys of types of their own, as with context.Context.
func (r *Realm) Slot(key any) any {
	for i := range r.slots {
		if r.slots[i].key == key {
			return r.slots[i].value
		}
	}
	return nil
}

// SetSlot keeps a value for this realm under key.
func (r *Realm) SetSlot(key, value any) {
	for i := range r.slots {
		if r.slots[i].key == key {
			r.slots[i].value = value
			return
		}
	}
	r.slots = append(r.slots, slot{key, value})
}

// Global gives the intrinsic global called name as the engine made it ("Uint8Array", "Error"), whatever script has put there since.
func (r *Realm) Global(name string) *goja.Object {
	if obj := r.globals[name]; obj != nil {
		return obj
	}
	obj, _ := engine.Intrinsic(r.VM, name).(*goja.Object)
	if obj != nil {
		if r.globals == nil {
			r.globals = make(map[string]*goja.Object)
		}
		r.globals[name] = obj
	}
	return obj
}
