package event

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// globalMembers are the global object's own methods as an event target, and what else belongs to it as the global scope of a worker
// (https://html.spec.whatwg.org/#workerglobalscope).
var globalMembers = []engine.Member{
	webidl.Function("addEventListener", 2, "addEventListener", func(c webidl.Call) goja.Value { return Global(c.Realm).add(c) }),
	webidl.Function("removeEventListener", 2, "removeEventListener", func(c webidl.Call) goja.Value { return Global(c.Realm).remove(c) }),
	webidl.Function("dispatchEvent", 1, "dispatchEvent", func(c webidl.Call) goja.Value { return Global(c.Realm).dispatchFromScript(c) }),
	webidl.Function("reportError", 1, "reportError", func(c webidl.Call) goja.Value {
		Report(c.Realm, c.Arg(0))
		return goja.Undefined()
	}),
	{Name: "self", Make: func(rt *goja.Runtime) goja.Value { return rt.GlobalObject() }},
}

type globalKey struct{}

// globalScope is the global object as an event target.
type globalScope struct {
	Target
	reporting bool // an error event is being dispatched: what its listeners throw makes no other
}

func scope(r *webidl.Realm) *globalScope {
	g, _ := r.Slot(globalKey{}).(*globalScope)
	if g == nil {
		g = &globalScope{}
		g.object = r.VM.GlobalObject()
		r.SetSlot(globalKey{}, g)
	}
	return g
}

// Global is the global object of r as an event target.
func Global(r *webidl.Realm) *Target { return &scope(r).Target }

// Listeners is the number of listeners that script has put on the global object for events of a type ("fetch", "scheduled").
func Listeners(r *webidl.Realm, typ string) int { return Global(r).Count(typ) }

// DispatchGlobal calls the listeners on the global object with an event, an object of Class or of a class that extends it. It gives the
// number of listeners for the event's type, and what the first listener that threw has thrown (a *goja.Exception, to be panicked with or shown),
// nil if none did: the caller answers for that one. What others throw is reported. It must be called on the strand, within a turn.
func DispatchGlobal(r *webidl.Realm, event *goja.Object) (listeners int, thrown error) {
	e, ok := Of(event)
	if !ok {
		panic(r.TypeError("dispatch an event to the global scope: the object is no Event"))
	}
	g := Global(r)
	listeners = g.Count(e.Type)
	g.dispatch(r, e, func(ex *goja.Exception) {
		if thrown == nil {
			thrown = ex
			return
		}
		Report(r, ex.Value())
	})
	return listeners, thrown
}

// Report is https://html.spec.whatwg.org/#report-an-exception: an error event on the global object and, unless a listener prevents it, the
// host is told.
func Report(r *webidl.Realm, thrown goja.Value) {
	g := scope(r)
	if !g.reporting && g.Has("error") {
		e := &ErrorEvent{Event: Event{Type: "error", Cancelable: true, Trusted: true}, Error: thrown}
		e.Message = "Uncaught " + r.Describe(thrown).Error()
		ErrorEventClass.New(r, e)
		g.reporting = true
		proceed := g.Dispatch(r, &e.Event)
		g.reporting = false
		if !proceed {
			return
		}
	}
	r.Host.Unhandled(r.Invocation(), thrown)
}

// Unhandled dispatches an unhandledrejection event for a promise that was rejected and that nobody handled, and reports whether it should be
// reported to the host, that is, no listener prevented the default (https://html.spec.whatwg.org/#unhandled-promise-rejections).
func Unhandled(r *webidl.Realm, promise, reason goja.Value) bool {
	g := Global(r)
	if !g.Has("unhandledrejection") {
		return true
	}
	e := &PromiseRejectionEvent{Event: Event{Type: "unhandledrejection", Cancelable: true, Trusted: true}, Promise: promise, Reason: reason}
	PromiseRejectionEventClass.New(r, e)
	return g.Dispatch(r, &e.Event)
}
