package streams

import (
	"errors"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// promise is a promise of the standard. Its object is made when script first asks for it. One with foreign set stands for a promise of
// script's own making, which alone knows its state.
type promise struct {
	r         *webidl.Realm
	state     goja.PromiseState
	handled   bool // its rejection is nobody's surprise
	foreign   bool
	value     goja.Value
	reactions []reaction
	object    goja.Value
	deferred  *webidl.Deferred // settles object, where that was made while the promise was pending
}

type reaction struct {
	context             any
	fulfilled, rejected func(goja.Value)
}

func newPromise(r *webidl.Realm) *promise { return &promise{r: r} }

// resolvedPromise is "a promise resolved with v", which must be no thenable.
func resolvedPromise(r *webidl.Realm, v goja.Value) *promise {
	return &promise{r: r, state: goja.PromiseStateFulfilled, value: v}
}

func resolvedUndefined(r *webidl.Realm) *promise { return resolvedPromise(r, goja.Undefined()) }

func rejectedPromise(r *webidl.Realm, reason goja.Value) *promise {
	return &promise{r: r, state: goja.PromiseStateRejected, value: reason}
}

// promiseOf is "a promise resolved with v" for any value of script.
func promiseOf(r *webidl.Realm, v goja.Value) *promise {
	if _, ok := v.(*goja.Object); !ok {
		if v == nil {
			v = goja.Undefined()
		}
		return resolvedPromise(r, v)
	}
	p := &promise{r: r, foreign: true}
	r.Framed(func() { p.object = r.Resolve(v) })
	return p
}

// Value is the promise as script sees it.
func (p *promise) Value() goja.Value {
	if p.object != nil {
		return p.object
	}
	switch p.state {
	case goja.PromiseStateFulfilled:
		if obj, ok := p.value.(*goja.Object); ok && webidl.PromiseOf(obj) != nil {
			p.object = obj
		} else {
			p.object = p.r.Resolved(p.value)
		}
	case goja.PromiseStateRejected:
		p.r.Framed(func() { p.object = p.r.Rejected(p.value) })
		if p.handled {
			p.r.Handled(webidl.PromiseOf(p.object))
		}
	default:
		p.deferred = p.r.NewDeferred()
		p.object = p.deferred.Value()
		if p.handled {
			p.deferred.MarkHandled()
		}
	}
	return p.object
}

// resolve fulfils a pending promise with v, which must be no thenable; resolveUndefined does so with undefined.
func (p *promise) resolve(v goja.Value) { p.settle(goja.PromiseStateFulfilled, v) }

func (p *promise) resolveUndefined() { p.resolve(goja.Undefined()) }

func (p *promise) reject(reason goja.Value) { p.settle(goja.PromiseStateRejected, reason) }

func (p *promise) settle(state goja.PromiseState, v goja.Value) {
	if p.foreign || p.state != goja.PromiseStatePending {
		return
	}
	p.state, p.value = state, v
	reactions := p.reactions
	p.reactions = nil
	for _, re := range reactions {
		p.enqueue(re)
	}
	if p.deferred == nil {
		return
	}
	d := p.deferred
	p.deferred = nil
	p.r.Framed(func() {
		if state == goja.PromiseStateFulfilled {
			d.Resolve(v)
		} else {
			d.Reject(v)
		}
	})
}

func (p *promise) enqueue(re reaction) {
	fn := re.fulfilled
	if p.state == goja.PromiseStateRejected {
		fn = re.rejected
	}
	if fn == nil {
		return
	}
	r, v, context := p.r, p.value, re.context
	microtask(r, func() {
		r.Resumed(context)
		fn(v)
		r.Exited()
	})
}

// microtask queues a job that sees to the current invocation itself. It has no frame of script below it: what calls script, or may end a
// turn otherwise, goes through Framed.
func microtask(r *webidl.Realm, job func()) {
	if !engine.Enqueue(r.VM, job) { // on the public engine much more ends a turn
		r.Framed(func() { r.Microtask(func() { r.Framed(job) }) })
	}
}

// then is "upon fulfillment of p" and "upon rejection of p". Either function may be nil. They must not throw.
func (p *promise) then(fulfilled, rejected func(goja.Value)) {
	if p.foreign {
		p.r.Framed(func() { p.r.ThenAsync(p.object, orIgnore(fulfilled), orIgnore(rejected)) })
		return
	}
	p.markHandled()
	re := reaction{p.r.Grab(), fulfilled, rejected}
	if p.state == goja.PromiseStatePending {
		p.reactions = append(p.reactions, re)
		return
	}
	p.enqueue(re)
}

func orIgnore(fn func(goja.Value)) func(goja.Value) {
	if fn == nil {
		return func(goja.Value) {}
	}
	return fn
}

// markHandled is "set p.[[PromiseIsHandled]] to true".
func (p *promise) markHandled() {
	if p.handled {
		return
	}
	p.handled = true
	if p.object != nil {
		p.r.Handled(webidl.PromiseOf(p.object))
	}
}

// react is "the result of reacting to p": the functions settle out, the promise that it gives. Nil passes the outcome on.
func (p *promise) react(fulfilled, rejected func(v goja.Value, out *promise)) *promise {
	out := newPromise(p.r)
	if fulfilled == nil {
		fulfilled = func(v goja.Value, out *promise) { out.resolve(v) }
	}
	if rejected == nil {
		rejected = func(v goja.Value, out *promise) { out.reject(v) }
	}
	p.then(func(v goja.Value) { fulfilled(v, out) }, func(v goja.Value) { rejected(v, out) })
	return out
}

// follow resolves p with another promise, which takes a microtask to look at it and one to hear of it.
func (p *promise) follow(q *promise) {
	context := p.r.Grab()
	microtask(p.r, func() {
		p.r.Resumed(context)
		q.then(p.resolve, p.reject)
		p.r.Exited()
	})
}

// resolveWith resolves p with any value of script.
func (p *promise) resolveWith(v goja.Value) {
	if _, ok := v.(*goja.Object); ok {
		p.follow(promiseOf(p.r, v))
		return
	}
	p.resolve(v)
}

// startPromise is "a promise resolved with startResult" for what a start algorithm gave: a new one, so that another promise takes its time.
func startPromise(result *promise) *promise {
	if !result.foreign && result.state != goja.PromiseStatePending {
		return result
	}
	p := newPromise(result.r)
	p.follow(result)
	return p
}

// toUndefined gives a promise that is fulfilled with undefined when p is fulfilled.
func (p *promise) toUndefined() *promise {
	return p.react(func(_ goja.Value, out *promise) { out.resolveUndefined() }, nil)
}

// waitForAll is https://webidl.spec.whatwg.org/#wait-for-all for promises whose values nobody wants.
func waitForAll(r *webidl.Realm, list []*promise) *promise {
	out := newPromise(r)
	left := len(list)
	if left == 0 {
		microtask(r, out.resolveUndefined)
	}
	for _, p := range list {
		p.then(func(goja.Value) {
			if left--; left == 0 {
				out.resolveUndefined()
			}
		}, out.reject)
	}
	return out
}

// call calls script. thrown is what it threw, nil if nothing. Interrupts pass through.
func call(r *webidl.Realm, fn goja.Callable, this goja.Value, args ...goja.Value) (v, thrown goja.Value) {
	var err error
	r.Framed(func() { v, err = fn(this, args...) })
	if err == nil {
		return v, nil
	}
	var ex *goja.Exception
	if errors.As(err, &ex) {
		return nil, ex.Value()
	}
	panic(err)
}

// callForPromise calls a callback whose return type is a promise: what it throws rejects it. A promise that it returns is followed by a new
// one (https://webidl.spec.whatwg.org/#js-promise).
func callForPromise(r *webidl.Realm, fn goja.Callable, this goja.Value, args ...goja.Value) *promise {
	v, thrown := call(r, fn, this, args...)
	if thrown != nil {
		return rejectedPromise(r, thrown)
	}
	p := promiseOf(r, v)
	if p.foreign && p.object == v {
		q := newPromise(r)
		q.follow(p)
		return q
	}
	return p
}

// undefinedOr keeps a nil Value from script.
func undefinedOr(v goja.Value) goja.Value {
	if v == nil {
		return goja.Undefined()
	}
	return v
}
