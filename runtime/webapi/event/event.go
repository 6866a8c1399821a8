// Package event is the DOM's events for Workers (https://dom.spec.whatwg.org/#events, https://dom.spec.whatwg.org/#aborting-ongoing-activities):
// Event and its small subclasses, EventTarget, AbortController and AbortSignal, the global object as an event target, and reporting of
// exceptions that nobody catches.
//
// There is no tree of nodes, so an event's path is its target alone. Events that belong to one API (FetchEvent, CloseEvent of a socket) are
// made by that API: it embeds Event and extends Class.
package event

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// API is what this package adds to the global object.
var API = webidl.API{
	Classes: []webidl.Declared{
		Class, CustomEventClass, ErrorEventClass, PromiseRejectionEventClass, MessageEventClass, CloseEventClass,
		TargetClass, ControllerClass, SignalClass,
	},
	Globals: globalMembers,
}

// Phases of an event (https://dom.spec.whatwg.org/#dom-event-eventphase).
const (
	phaseNone = iota
	phaseCapturing
	phaseAtTarget
	phaseBubbling
)

// Event is https://dom.spec.whatwg.org/#interface-event. Packages with events of their own embed it in their struct.
type Event struct {
	Type       string
	Bubbles    bool
	Cancelable bool
	Composed   bool
	Trusted    bool // made by the runtime, not by script

	object      goja.Value
	target      goja.Value
	current     goja.Value
	phase       int
	stopped     bool // stopPropagation
	stoppedNow  bool // stopImmediatePropagation
	canceled    bool
	passive     bool // the listener that runs now promised not to cancel
	dispatching bool
}

// base makes every struct that embeds Event an event to this package.
func (e *Event) base() *Event { return e }

// Bind implements what webidl asks of a value that wants to know its object.
func (e *Event) Bind(_ *webidl.Realm, obj *goja.Object) { e.object = obj }

// New makes a trusted event for Go to dispatch; Class.New, or that of a subclass whose value embeds it, makes its object.
func New(typ string) *Event { return &Event{Type: typ, Trusted: true} }

// StopImmediatePropagation keeps the listeners that have not been called yet from being called.
func (e *Event) StopImmediatePropagation() { e.stopped, e.stoppedNow = true, true }

// Prevented reports whether preventDefault was called.
func (e *Event) Prevented() bool { return e.canceled }

// Dispatching reports whether listeners are being called with the event now.
func (e *Event) Dispatching() bool { return e.dispatching }

type based interface{ base() *Event }

// Of gives the Event that a script value is, of whatever subclass.
func Of(v goja.Value) (*Event, bool) { return Class.From(v) }

// Init reads the type and the EventInit of an event's constructor call (https://dom.spec.whatwg.org/#inner-event-creation-steps).
func Init(c webidl.Call) Event {
	e := Event{Type: c.String(0)}
	d := c.Dict(1)
	e.Bubbles = d.Bool("bubbles", false)
	e.Cancelable = d.Bool("cancelable", false)
	e.Composed = d.Bool("composed", false)
	return e
}

// Class is the class Event.
var Class = webidl.NewClass[*Event]("Event")

func orNull(v goja.Value) goja.Value {
	if v == nil {
		return goja.Null()
	}
	return v
}

func init() {
	Class.Cast = func(v any) (*Event, bool) {
		if b, ok := v.(based); ok {
			return b.base(), true
		}
		return nil, false
	}
	Class.Constructor(1, func(c webidl.Call) *Event {
		e := Init(c)
		return &e
	})
	for i, name := range []string{"NONE", "CAPTURING_PHASE", "AT_TARGET", "BUBBLING_PHASE"} {
		Class.Constant(name, i)
	}
	boolean := func(name string, get func(e *Event) bool) {
		Class.Getter(name, func(e *Event, r *webidl.Realm) goja.Value { return r.ToValue(get(e)) })
	}
	Class.Getter("type", func(e *Event, r *webidl.Realm) goja.Value { return r.Str(e.Type) }).
		Getter("target", func(e *Event, _ *webidl.Realm) goja.Value { return orNull(e.target) }).
		Getter("srcElement", func(e *Event, _ *webidl.Realm) goja.Value { return orNull(e.target) }).
		Getter("currentTarget", func(e *Event, _ *webidl.Realm) goja.Value { return orNull(e.current) }).
		Getter("eventPhase", func(e *Event, r *webidl.Realm) goja.Value { return r.ToValue(e.phase) }).
		Getter("timeStamp", func(_ *Event, r *webidl.Realm) goja.Value { return r.ToValue(0) }). // as in workerd: time is not shown here
		Method("composedPath", 0, func(e *Event, c webidl.Call) goja.Value {
			if !e.dispatching || e.target == nil {
				return c.Array()
			}
			return c.Array(e.target)
		}).
		Method("stopPropagation", 0, func(e *Event, _ webidl.Call) goja.Value {
			e.stopped = true
			return goja.Undefined()
		}).
		Method("stopImmediatePropagation", 0, func(e *Event, _ webidl.Call) goja.Value {
			e.StopImmediatePropagation()
			return goja.Undefined()
		}).
		Method("preventDefault", 0, func(e *Event, _ webidl.Call) goja.Value {
			e.cancel()
			return goja.Undefined()
		}).
		Method("initEvent", 1, func(e *Event, c webidl.Call) goja.Value {
			typ := c.String(0)
			if !e.dispatching {
				e.Type, e.Bubbles, e.Cancelable = typ, c.Bool(1), c.Bool(2)
				e.stopped, e.stoppedNow, e.canceled, e.Trusted, e.target = false, false, false, false, nil
			}
			return goja.Undefined()
		}).
		Attribute("cancelBubble", func(e *Event, r *webidl.Realm) goja.Value { return r.ToValue(e.stopped) },
			func(e *Event, _ webidl.Call, v goja.Value) { e.stopped = e.stopped || v.ToBoolean() }).
		Attribute("returnValue", func(e *Event, r *webidl.Realm) goja.Value { return r.ToValue(!e.canceled) },
			func(e *Event, _ webidl.Call, v goja.Value) {
				if !v.ToBoolean() {
					e.cancel()
				}
			})
	boolean("bubbles", func(e *Event) bool { return e.Bubbles })
	boolean("cancelable", func(e *Event) bool { return e.Cancelable })
	boolean("composed", func(e *Event) bool { return e.Composed })
	boolean("defaultPrevented", func(e *Event) bool { return e.canceled })
	boolean("isTrusted", func(e *Event) bool { return e.Trusted })
}

// cancel is https://dom.spec.whatwg.org/#set-the-canceled-flag.
func (e *Event) cancel() {
	if e.Cancelable && !e.passive {
		e.canceled = true
	}
}
