package webidl

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// Deferred is a promise and the two ways to settle it. Resolve and Reject must be called on the strand; only the first call counts.
type Deferred struct {
	r               *Realm
	promise         *goja.Promise
	resolve, reject func(any) error
	object          goja.Value
}

// NewDeferred makes a pending promise.
func (r *Realm) NewDeferred() *Deferred {
	d := &Deferred{r: r}
	d.promise, d.resolve, d.reject = r.VM.NewPromise()
	d.object = r.VM.ToValue(d.promise)
	return d
}

// Value is the promise as script sees it.
func (d *Deferred) Value() goja.Value { return d.object }

// Promise is the promise as Go sees it.
func (d *Deferred) Promise() *goja.Promise { return d.promise }

// Resolve fulfils the promise with v, or follows v if it is a thenable.
func (d *Deferred) Resolve(v goja.Value) {
	if err := d.resolve(v); err != nil {
		panic(err)
	}
}

// Reject rejects the promise.
func (d *Deferred) Reject(reason goja.Value) {
	if err := d.reject(reason); err != nil {
		panic(err)
	}
}

// MarkHandled keeps a rejection of the promise from being reported as unhandled.
func (d *Deferred) MarkHandled() *Deferred {
	d.r.Handled(d.promise)
	return d
}

// Resolved is a promise fulfilled with v, which must be no thenable.
func (r *Realm) Resolved(v goja.Value) goja.Value { return r.VM.ToValue(engine.Resolved(r.VM, v)) }

// Rejected is a promise rejected with reason.
func (r *Realm) Rejected(reason goja.Value) goja.Value {
	return r.VM.ToValue(engine.Rejected(r.VM, reason))
}

// Promised runs fn and gives a promise for it: fn's own if it returned one, one fulfilled with its value, one rejected with what it threw.
func (r *Realm) Promised(fn func() goja.Value) (promise goja.Value) {
	var v goja.Value
	ex := r.VM.Try(func() { v = fn() })
	return r.outcome(v, ex)
}

// outcome is the promise for what a function returned, or threw if ex is not nil.
func (r *Realm) outcome(v goja.Value, ex *goja.Exception) goja.Value {
	if ex != nil {
		return r.Rejected(ex.Value())
	}
	if v == nil {
		v = goja.Undefined()
	}
	if PromiseOf(v) != nil {
		return v
	}
	return r.Resolve(v)
}

// PromiseOf gives the promise that v is, nil if it is none. A thenable of another kind is none.
func PromiseOf(v goja.Value) *goja.Promise { return engine.PromiseOf(v) }

// Resolve is Promise.resolve(v): v itself if it is a promise, else one resolved with it (thenables are followed).
func (r *Realm) Resolve(v goja.Value) goja.Value {
	if PromiseOf(v) != nil {
		return v
	}
	if _, ok := v.(*goja.Object); !ok {
		return r.Resolved(v)
	}
	d := r.NewDeferred()
	d.Resolve(v)
	return d.Value()
}

// Then has one of two Go functions run when v settles: synchronously at once if v is no thenable, or a promise already
// settled; else as a microtask. The rejection counts as handled.
func (r *Realm) Then(v goja.Value, fulfilled, rejected func(goja.Value)) {
	p := PromiseOf(v)
	if p == nil {
		if _, ok := v.(*goja.Object); !ok {
			fulfilled(v)
			return
		}
		p = PromiseOf(r.Resolve(v))
	}
	switch p.State() {
	case goja.PromiseStateFulfilled:
		fulfilled(p.Result())
	case goja.PromiseStateRejected:
		r.Handled(p)
		rejected(p.Result())
	default:
		engine.Then(r.VM, p, fulfilled, rejected)
	}
}

// ThenAsync is Then, but neither function ever runs before the script that runs now has ended, as the "react" of Web IDL wants.
func (r *Realm) ThenAsync(v goja.Value, fulfilled, rejected func(goja.Value)) {
	p := PromiseOf(v)
	if p == nil {
		p = PromiseOf(r.Resolve(v))
	}
	switch p.State() {
	case goja.PromiseStateFulfilled:
		r.Microtask(func() { fulfilled(p.Result()) })
	case goja.PromiseStateRejected:
		r.Handled(p)
		r.Microtask(func() { rejected(p.Result()) })
	default:
		engine.Then(r.VM, p, fulfilled, rejected)
	}
}
