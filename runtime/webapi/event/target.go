package event

import (
	"slices"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// listener is https://dom.spec.whatwg.org/#concept-event-listener.
type listener struct {
	typ      string
	callback *goja.Object
	fn       goja.Callable // nil if callback is an object with a handleEvent method
	capture  bool
	once     bool
	passive  bool
	handler  bool   // it is an event handler attribute (onabort), whose callback may be replaced
	removed  bool   // taken away while its event is being dispatched
	forget   func() // takes back the abort algorithm of its signal; may be nil
}

// Target is https://dom.spec.whatwg.org/#interface-eventtarget. A Web API whose objects are event targets embeds it in its struct and
// has its class extend TargetClass. The zero value is ready for use; like all of a realm it belongs to the strand.
type Target struct {
	object    *goja.Object
	listeners []*listener
	watch     func() // told when the list of listeners has changed; may be nil
}

func (t *Target) target() *Target { return t }

// Bind implements what webidl asks of a value that wants to know its object.
func (t *Target) Bind(_ *webidl.Realm, obj *goja.Object) { t.object = obj }

// TargetClass is the class EventTarget. Script may extend it.
var TargetClass = webidl.NewClass[*Target]("EventTarget")

func init() {
	TargetClass.Cast = func(v any) (*Target, bool) {
		if t, ok := v.(interface{ target() *Target }); ok {
			return t.target(), true
		}
		return nil, false
	}
	TargetClass.Constructor(0, func(webidl.Call) *Target { return &Target{} }).
		Method("addEventListener", 2, (*Target).add).
		Method("removeEventListener", 2, (*Target).remove).
		Method("dispatchEvent", 1, (*Target).dispatchFromScript)
}

// add is https://dom.spec.whatwg.org/#dom-eventtarget-addeventlistener.
func (t *Target) add(c webidl.Call) goja.Value {
	l := &listener{typ: c.String(0)}
	callback := c.Arg(1)
	signal := l.options(c)
	if webidl.IsNullish(callback) {
		return goja.Undefined()
	}
	obj, ok := callback.(*goja.Object)
	if !ok {
		panic(c.TypeError("Failed to execute '%s': parameter 2 is not of type 'EventListener': a function or an object with handleEvent is wanted", c.Name))
	}
	if signal != nil && signal.aborted {
		return goja.Undefined()
	}
	if t.find(l.typ, obj, l.capture) >= 0 {
		return goja.Undefined()
	}
	l.callback = obj
	l.fn, _ = goja.AssertFunction(obj)
	t.listeners = append(t.listeners, l)
	t.changed()
	if signal != nil {
		l.forget = signal.OnAbort(func() { t.drop(l) })
	}
	return goja.Undefined()
}

// options reads the third argument of addEventListener, and gives the signal in it.
func (l *listener) options(c webidl.Call) (signal *Signal) {
	v := c.Arg(2)
	if _, ok := v.(*goja.Object); !ok {
		l.capture = !webidl.IsNullish(v) && v.ToBoolean()
		return nil
	}
	d := c.Dict(2)
	l.capture, l.once, l.passive = d.Bool("capture", false), d.Bool("once", false), d.Bool("passive", false)
	if s, ok := d.Get("signal"); ok {
		if signal, ok = SignalOf(s); !ok {
			panic(c.TypeError("Failed to execute '%s': the member 'signal' of its options is not of type 'AbortSignal'.", c.Name))
		}
	}
	return signal
}

// remove is https://dom.spec.whatwg.org/#dom-eventtarget-removeeventlistener.
func (t *Target) remove(c webidl.Call) goja.Value {
	typ, capture := c.String(0), false
	switch v := c.Arg(2).(type) {
	case *goja.Object:
		capture = c.Dictionary(v).Bool("capture", false)
	default:
		capture = v.ToBoolean()
	}
	if obj, ok := c.Arg(1).(*goja.Object); ok {
		if i := t.find(typ, obj, capture); i >= 0 {
			t.drop(t.listeners[i])
		}
	}
	return goja.Undefined()
}

func (t *Target) find(typ string, callback *goja.Object, capture bool) int {
	return slices.IndexFunc(t.listeners, func(l *listener) bool {
		return l.callback == callback && l.capture == capture && !l.handler && l.typ == typ
	})
}

func (t *Target) drop(l *listener) {
	l.removed = true
	if i := slices.Index(t.listeners, l); i >= 0 {
		// A dispatch under way walks its own copy of the list.
		t.listeners = slices.Delete(t.listeners, i, i+1)
		t.changed()
	}
	if forget := l.forget; forget != nil {
		l.forget = nil
		forget()
	}
}

func (t *Target) changed() {
	if t.watch != nil {
		t.watch()
	}
}

// dispatchFromScript is https://dom.spec.whatwg.org/#dom-eventtarget-dispatchevent.
func (t *Target) dispatchFromScript(c webidl.Call) goja.Value {
	e, ok := Of(c.Arg(0))
	if !ok {
		panic(c.TypeError("Failed to execute '%s': parameter 1 is not of type 'Event'.", c.Name))
	}
	if e.dispatching {
		panic(c.DOMException("InvalidStateError", "The event is already being dispatched."))
	}
	e.Trusted = false
	return c.ToValue(t.Dispatch(c.Realm, e))
}

// Has reports whether anybody listens for events of a type.
func (t *Target) Has(typ string) bool {
	return slices.ContainsFunc(t.listeners, func(l *listener) bool { return l.typ == typ })
}

// Count is the number of listeners for events of a type.
func (t *Target) Count(typ string) int {
	n := 0
	for _, l := range t.listeners {
		if l.typ == typ {
			n++
		}
	}
	return n
}

// Dispatch calls the listeners with e and reports whether none of them prevented the default. e must have its object (Class.New gave it
// one) and not be under dispatch. What a listener throws is reported (Report) and goes no further.
func (t *Target) Dispatch(r *webidl.Realm, e *Event) bool {
	return t.dispatch(r, e, func(thrown *goja.Exception) { Report(r, thrown.Value()) })
}

func (t *Target) dispatch(r *webidl.Realm, e *Event, report func(*goja.Exception)) bool {
	e.dispatching = true
	e.target, e.current, e.phase = t.objectOr(r), t.objectOr(r), phaseAtTarget
	// At a target the capturing listeners come first; each round sees the list as it is when it begins.
	t.round(r, e, true, report)
	t.round(r, e, false, report)
	e.phase, e.current, e.dispatching, e.stopped, e.stoppedNow = phaseNone, nil, false, false, false
	return !e.canceled
}

func (t *Target) objectOr(r *webidl.Realm) goja.Value {
	if t.object == nil {
		t.object = TargetClass.New(r, t)
	}
	return t.object
}

// round is https://dom.spec.whatwg.org/#concept-event-listener-invoke for one of the two sorts of listeners.
func (t *Target) round(r *webidl.Realm, e *Event, capture bool, report func(*goja.Exception)) {
	if e.stopped || !slices.ContainsFunc(t.listeners, func(l *listener) bool { return l.capture == capture && l.typ == e.Type }) {
		return
	}
	for _, l := range slices.Clone(t.listeners) {
		if l.removed || l.capture != capture || l.typ != e.Type {
			continue
		}
		if l.once {
			t.drop(l)
		}
		e.passive = l.passive
		thrown := r.VM.Try(func() { l.call(r, e) })
		e.passive = false
		if thrown != nil {
			report(thrown)
		}
		if e.stoppedNow {
			return
		}
	}
}

func (l *listener) call(r *webidl.Realm, e *Event) {
	if l.fn != nil {
		v := r.Invoke(l.fn, e.current, e.object)
		if l.handler && v != nil && v.StrictEquals(r.ToValue(false)) {
			e.cancel() // https://html.spec.whatwg.org/#the-event-handler-processing-algorithm
		}
		return
	}
	if l.handler {
		return // a handler attribute holds any object, and calls only functions
	}
	fn, ok := goja.AssertFunction(l.callback.Get("handleEvent"))
	if !ok {
		panic(r.TypeError("EventListener.handleEvent is not a function"))
	}
	r.Invoke(fn, l.callback, e.object)
}

// Fire dispatches a plain trusted event of a type, if anybody listens, and reports whether none of them prevented the default.
func (t *Target) Fire(r *webidl.Realm, typ string, cancelable bool) bool {
	if !t.Has(typ) {
		return true
	}
	e := &Event{Type: typ, Cancelable: cancelable, Trusted: true}
	Class.New(r, e)
	return t.Dispatch(r, e)
}

// Handler gives the event handler for a type ("abort" for onabort), null if none is set.
func (t *Target) Handler(typ string) goja.Value {
	for _, l := range t.listeners {
		if l.handler && l.typ == typ {
			return l.callback
		}
	}
	return goja.Null()
}

// SetHandler sets the event handler for a type; what is no object unsets it
// (https://html.spec.whatwg.org/#event-handler-attributes). A new handler takes the place of the old in the order of listeners.
func (t *Target) SetHandler(typ string, v goja.Value) {
	i := slices.IndexFunc(t.listeners, func(l *listener) bool { return l.handler && l.typ == typ })
	obj, ok := v.(*goja.Object)
	if !ok {
		if i >= 0 {
			t.drop(t.listeners[i])
		}
		return
	}
	fn, _ := goja.AssertFunction(obj)
	if i >= 0 {
		t.listeners[i].callback, t.listeners[i].fn = obj, fn
		return
	}
	t.listeners = append(t.listeners, &listener{typ: typ, callback: obj, fn: fn, handler: true})
	t.changed()
}

// Targeter is a struct that embeds Target.
type Targeter interface{ target() *Target }

// Handlers declares the event handler attributes ("message" declares onmessage) of a class whose values embed Target.
func Handlers[T Targeter](class *webidl.Class[T], types ...string) {
	for _, typ := range types {
		class.Attribute("on"+typ, func(v T, _ *webidl.Realm) goja.Value { return v.target().Handler(typ) },
			func(v T, _ webidl.Call, h goja.Value) { v.target().SetHandler(typ, h) })
	}
}
