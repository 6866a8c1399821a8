package event

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// CustomEvent is https://dom.spec.whatwg.org/#interface-customevent.
type CustomEvent struct {
	Event
	Detail goja.Value
}

// ErrorEvent is https://html.spec.whatwg.org/#errorevent.
type ErrorEvent struct {
	Event
	Message, Filename string
	Line, Column      int64
	Error             goja.Value // nil stands for undefined
}

// PromiseRejectionEvent is https://html.spec.whatwg.org/#promiserejectionevent.
type PromiseRejectionEvent struct {
	Event
	Promise, Reason goja.Value
}

// MessageEvent is https://html.spec.whatwg.org/#messageevent.
type MessageEvent struct {
	Event
	Data                goja.Value
	Origin, LastEventID string
	Source              goja.Value // nil stands for null
	ports               *goja.Object
}

// CloseEvent is https://websockets.spec.whatwg.org/#closeevent.
type CloseEvent struct {
	Event
	WasClean bool
	Code     uint16
	Reason   string
}

// The classes of these events.
var (
	CustomEventClass           = webidl.NewClass[*CustomEvent]("CustomEvent")
	ErrorEventClass            = webidl.NewClass[*ErrorEvent]("ErrorEvent")
	PromiseRejectionEventClass = webidl.NewClass[*PromiseRejectionEvent]("PromiseRejectionEvent")
	MessageEventClass          = webidl.NewClass[*MessageEvent]("MessageEvent")
	CloseEventClass            = webidl.NewClass[*CloseEvent]("CloseEvent")
)

func orUndefined(v goja.Value) goja.Value {
	if v == nil {
		return goja.Undefined()
	}
	return v
}

// member reads a member of a dictionary of type any; missing is nil.
func member(d webidl.Dictionary, name string) goja.Value {
	v, _ := d.Get(name)
	return v
}

func init() {
	CustomEventClass.Extends(Class.Interface).Constructor(1, func(c webidl.Call) *CustomEvent {
		return &CustomEvent{Event: Init(c), Detail: member(c.Dict(1), "detail")}
	}).
		Getter("detail", func(e *CustomEvent, _ *webidl.Realm) goja.Value { return orNull(e.Detail) })

	ErrorEventClass.Extends(Class.Interface).Constructor(1, func(c webidl.Call) *ErrorEvent {
		d := c.Dict(1)
		e := &ErrorEvent{Event: Init(c), Message: d.String("message", ""), Filename: d.String("filename", ""), Error: member(d, "error")}
		e.Line, e.Column = number(c, d, "lineno"), number(c, d, "colno")
		return e
	}).
		Getter("message", func(e *ErrorEvent, r *webidl.Realm) goja.Value { return r.Str(e.Message) }).
		Getter("filename", func(e *ErrorEvent, r *webidl.Realm) goja.Value { return r.Str(e.Filename) }).
		Getter("lineno", func(e *ErrorEvent, r *webidl.Realm) goja.Value { return r.ToValue(e.Line) }).
		Getter("colno", func(e *ErrorEvent, r *webidl.Realm) goja.Value { return r.ToValue(e.Column) }).
		Getter("error", func(e *ErrorEvent, _ *webidl.Realm) goja.Value { return orUndefined(e.Error) })

	PromiseRejectionEventClass.Extends(Class.Interface).Constructor(2, func(c webidl.Call) *PromiseRejectionEvent {
		d := c.Dict(1)
		promise, ok := d.Get("promise")
		if !ok {
			panic(c.TypeError("Failed to construct 'PromiseRejectionEvent': the member 'promise' of its init is required."))
		}
		return &PromiseRejectionEvent{Event: Init(c), Promise: promise, Reason: member(d, "reason")}
	}).
		Getter("promise", func(e *PromiseRejectionEvent, _ *webidl.Realm) goja.Value { return orUndefined(e.Promise) }).
		Getter("reason", func(e *PromiseRejectionEvent, _ *webidl.Realm) goja.Value { return orUndefined(e.Reason) })

	MessageEventClass.Extends(Class.Interface).Constructor(1, func(c webidl.Call) *MessageEvent {
		d := c.Dict(1)
		e := &MessageEvent{Event: Init(c), Data: member(d, "data"), Origin: d.String("origin", ""), LastEventID: d.String("lastEventId", "")}
		e.Source = member(d, "source")
		if ports, ok := d.Get("ports"); ok {
			e.ports = c.Array(c.Sequence(ports)...)
		}
		return e
	}).
		Getter("data", func(e *MessageEvent, _ *webidl.Realm) goja.Value { return orNull(e.Data) }).
		Getter("origin", func(e *MessageEvent, r *webidl.Realm) goja.Value { return r.Str(e.Origin) }).
		Getter("lastEventId", func(e *MessageEvent, r *webidl.Realm) goja.Value { return r.Str(e.LastEventID) }).
		Getter("source", func(e *MessageEvent, _ *webidl.Realm) goja.Value { return orNull(e.Source) }).
		Getter("ports", func(e *MessageEvent, r *webidl.Realm) goja.Value {
			if e.ports == nil {
				e.ports = r.Array()
			}
			return e.ports
		})

	CloseEventClass.Extends(Class.Interface).Constructor(1, func(c webidl.Call) *CloseEvent {
		d := c.Dict(1)
		return &CloseEvent{Event: Init(c), WasClean: d.Bool("wasClean", false), Code: uint16(number(c, d, "code")), Reason: d.String("reason", "")}
	}).
		Getter("wasClean", func(e *CloseEvent, r *webidl.Realm) goja.Value { return r.ToValue(e.WasClean) }).
		Getter("code", func(e *CloseEvent, r *webidl.Realm) goja.Value { return r.ToValue(int64(e.Code)) }).
		Getter("reason", func(e *CloseEvent, r *webidl.Realm) goja.Value { return r.Str(e.Reason) })
}

func number(c webidl.Call, d webidl.Dictionary, name string) int64 {
	if v, ok := d.Get(name); ok {
		return c.Integer(v, 32, false)
	}
	return 0
}
