package event

import (
	"math"
	"slices"
	"time"
	"weak"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/timers/alarm"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Signal is https://dom.spec.whatwg.org/#interface-AbortSignal. Its object is made when script first asks for it. All methods must be
// called on the strand.
type Signal struct {
	Target
	realm      *webidl.Realm
	aborted    bool
	reason     goja.Value // nil until somebody asks for the reason of an abort that came without one
	algorithms []*algorithm

	// A signal made by AbortSignal.any follows its sources. They hold it weakly, so that a signal which lives as long as the Worker does not
	// gather those of all requests; one that somebody listens to is pinned by its sources.
	dependent  bool
	sources    []*Signal
	dependents []weak.Pointer[Signal]
	pinned     map[*Signal]struct{}
}

type algorithm struct{ run func() }

// SignalClass and ControllerClass are the classes AbortSignal and AbortController.
var (
	SignalClass     = webidl.NewClass[*Signal]("AbortSignal")
	ControllerClass = webidl.NewClass[*controller]("AbortController")
)

type controller struct{ signal *Signal }

// NewSignal makes a signal that is not aborted.
func NewSignal(r *webidl.Realm) *Signal { return &Signal{realm: r} }

// SignalOf gives the Signal that a script value is.
func SignalOf(v goja.Value) (*Signal, bool) { return SignalClass.From(v) }

// Object is the signal as script sees it.
func (s *Signal) Object() *goja.Object {
	if s.object == nil {
		SignalClass.New(s.realm, s) // Bind keeps the object
	}
	return s.object
}

// Aborted reports whether the signal was aborted.
func (s *Signal) Aborted() bool { return s.aborted }

// Reason is why it was aborted; undefined if it was not.
func (s *Signal) Reason() goja.Value {
	if !s.aborted {
		return goja.Undefined()
	}
	if s.reason == nil {
		s.reason = s.realm.DOMException("AbortError", "The operation was aborted")
	}
	return s.reason
}

// OnAbort has fn called once, on the strand, when the signal is aborted, before its abort event. On a signal that is aborted already it does
// nothing: look at Aborted first. remove takes fn back; it may be called at any time.
func (s *Signal) OnAbort(fn func()) (remove func()) {
	if s.aborted {
		return func() {}
	}
	a := &algorithm{fn}
	s.algorithms = append(s.algorithms, a)
	s.pin()
	return func() {
		if i := slices.Index(s.algorithms, a); i >= 0 {
			s.algorithms = slices.Delete(s.algorithms, i, i+1)
			s.pin()
		}
	}
}

// Abort is https://dom.spec.whatwg.org/#abortsignal-signal-abort. A nil or undefined reason means a new AbortError. Only the first call counts.
func (s *Signal) Abort(reason goja.Value) {
	if s.aborted {
		return
	}
	s.setAborted(reason)
	var follow []*Signal
	for _, weakly := range s.dependents {
		if d := weakly.Value(); d != nil && !d.aborted {
			d.setAborted(s.Reason())
			follow = append(follow, d)
		}
	}
	s.dependents, s.pinned = nil, nil
	s.runAbortSteps()
	for _, d := range follow {
		d.runAbortSteps()
	}
}

func (s *Signal) setAborted(reason goja.Value) {
	s.aborted = true
	if reason != nil && !goja.IsUndefined(reason) {
		s.reason = reason
	}
}

func (s *Signal) runAbortSteps() {
	algorithms := s.algorithms
	s.algorithms = nil
	for _, a := range algorithms {
		a.run()
	}
	if s.Has("abort") {
		s.Object()
		s.Fire(s.realm, "abort", false)
	}
	for _, source := range s.sources {
		delete(source.pinned, s)
	}
	s.sources = nil
}

// pin has the sources hold s for as long as somebody waits for it.
func (s *Signal) pin() {
	wanted := len(s.algorithms) > 0 || len(s.listeners) > 0
	for _, source := range s.sources {
		if !wanted {
			delete(source.pinned, s)
			continue
		}
		if source.pinned == nil {
			source.pinned = make(map[*Signal]struct{})
		}
		source.pinned[s] = struct{}{}
	}
}

// AnySignal is https://dom.spec.whatwg.org/#create-a-dependent-abort-signal.
func AnySignal(r *webidl.Realm, signals ...*Signal) *Signal {
	result := &Signal{realm: r, dependent: true}
	for _, s := range signals {
		if s.aborted {
			result.setAborted(s.Reason())
			return result
		}
	}
	for _, s := range signals {
		if !s.dependent {
			result.follow(s)
			continue
		}
		for _, source := range s.sources {
			result.follow(source)
		}
	}
	result.watch = result.pin
	return result
}

func (s *Signal) follow(source *Signal) {
	if slices.Contains(s.sources, source) {
		return
	}
	s.sources = append(s.sources, source)
	if len(source.dependents) == cap(source.dependents) {
		source.dependents = slices.DeleteFunc(source.dependents, func(p weak.Pointer[Signal]) bool { return p.Value() == nil })
	}
	source.dependents = append(source.dependents, weak.Make(s))
}

func init() {
	ControllerClass.Constructor(0, func(c webidl.Call) *controller { return &controller{NewSignal(c.Realm)} }).
		Getter("signal", func(c *controller, _ *webidl.Realm) goja.Value { return c.signal.Object() }).
		Method("abort", 0, func(c *controller, call webidl.Call) goja.Value {
			c.signal.Abort(call.Arg(0))
			return goja.Undefined()
		})

	SignalClass.Extends(TargetClass.Interface).
		Static("abort", 0, func(c webidl.Call) goja.Value {
			s := NewSignal(c.Realm)
			s.setAborted(c.Arg(0))
			s.Reason() // its stack is that of this call
			return s.Object()
		}).
		Static("timeout", 1, timeout).
		Static("any", 1, func(c webidl.Call) goja.Value {
			var signals []*Signal
			for _, v := range c.Sequence(c.Arg(0)) {
				s, ok := SignalOf(v)
				if !ok {
					panic(c.TypeError("Failed to execute '%s': a value in the sequence is not of type 'AbortSignal'.", c.Name))
				}
				signals = append(signals, s)
			}
			return AnySignal(c.Realm, signals...).Object()
		}).
		Getter("aborted", func(s *Signal, r *webidl.Realm) goja.Value { return r.ToValue(s.aborted) }).
		Getter("reason", func(s *Signal, _ *webidl.Realm) goja.Value { return s.Reason() }).
		Method("throwIfAborted", 0, func(s *Signal, _ webidl.Call) goja.Value {
			if s.aborted {
				panic(s.Reason())
			}
			return goja.Undefined()
		})
	Handlers(SignalClass, "abort")
}

// timeout is https://dom.spec.whatwg.org/#dom-abortsignal-timeout. The time ends with the invocation: then nobody is left to tell.
func timeout(c webidl.Call) goja.Value {
	ms := c.EnforceRange(c.Arg(0), 0, 1<<53-1)
	if c.Invocation() == nil {
		panic(c.Error(webidl.GlobalScope))
	}
	s := NewSignal(c.Realm)
	d := time.Duration(min(ms, math.MaxInt64/int64(time.Millisecond))) * time.Millisecond
	alarm.Set(c.Realm, d, func() {
		s.Abort(s.realm.DOMException("TimeoutError", "The operation was aborted due to timeout"))
	}, nil)
	return s.Object()
}
