package runtime

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// fetchEvent is the event of classic scripts (https://w3c.github.io/ServiceWorker/#fetchevent-interface).
type fetchEvent struct {
	event.Event
	iso      *Isolate
	inv      *invocation.Invocation
	request  *goja.Object
	response goja.Value // what respondWith was given, nil if it was not called
}

var fetchEventClass = webidl.NewClass[*fetchEvent]("FetchEvent").Extends(event.Class.Interface)

func init() {
	fetchEventClass.
		Getter("request", func(e *fetchEvent, _ *webidl.Realm) goja.Value { return e.request }).
		Method("respondWith", 1, func(e *fetchEvent, c webidl.Call) goja.Value {
			if e.response != nil {
				panic(c.DOMException("InvalidStateError", "FetchEvent.respondWith() has already been called; it can only be called once."))
			}
			e.StopImmediatePropagation()
			e.response = c.Resolve(c.Arg(0))
			return goja.Undefined()
		}).
		Method("waitUntil", 1, func(e *fetchEvent, c webidl.Call) goja.Value {
			e.iso.waitUntil(e.inv, c.Arg(0))
			return goja.Undefined()
		}).
		Method("passThroughOnException", 0, func(*fetchEvent, webidl.Call) goja.Value {
			return goja.Undefined() // as that of ExecutionContext
		})
}

// dispatchFetch fires a fetch event and gives what the script answers with.
func (iso *Isolate) dispatchFetch(inv *invocation.Invocation, request *goja.Object) goja.Value {
	r := iso.Realm
	e := &fetchEvent{Event: event.Event{Type: "fetch", Cancelable: true}, iso: iso, inv: inv, request: request}
	listeners, err := event.DispatchGlobal(r, fetchEventClass.New(r, e))
	if err != nil && e.response == nil {
		panic(err)
	}
	if listeners == 0 {
		panic(r.TypeError("Worker %q listens for no fetch event: call addEventListener(\"fetch\", ...) at its top level, or export default { fetch() { ... } }", iso.Script.Worker))
	}
	if e.response == nil {
		panic(r.TypeError("no listener of the fetch event called event.respondWith(): there is no origin server to pass the request to"))
	}
	return e.response
}
