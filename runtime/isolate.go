package runtime

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/bundle/lower"
	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/strand"
	"github.com/bindery/bindery/runtime/watchdog"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// maxCallStack is how many calls deep script may go before the isolate is lost. Functions of the Worker throw before: see package lower.
const maxCallStack = lower.MaxDepth + lower.DepthSlack

// Isolate is one realm that holds one loaded script. It has no goroutine: whoever holds its strand runs it.
type Isolate struct {
	Script *Script
	Realm  *webidl.Realm

	program  *lower.Program
	pool     *Pool
	strand   strand.Strand
	watch    watchdog.Runner
	guard    *Guard       // nil: nobody watches
	stands   *evidence    // nil: none is kept
	meter    bounds.Meter // counts what native functions allocate for script
	retired  atomic.Bool  // takes no new calls
	pending  atomic.Int64 // work under way that will come back
	lastUsed atomic.Int64 // Unix nanoseconds

	// The rest is guarded by the strand.
	env      *goja.Object
	handlers handlers
	open     *call      // calls that have not settled, a list
	start    func()     // startJob
	starting Job        // what startJob starts
	started  goja.Value // what it returned
	lost     error      // why the isolate was condemned
	streams  liveBodies // of responses under way: safe from any goroutine
	loading  bool
	entry    entry
}

var _ webidl.Host = (*Isolate)(nil)

// call is a job in an isolate.
type call struct {
	iso        *Isolate
	inv        *invocation.Invocation
	job        Job
	prev, next *call
	deadline   watchdog.Deadline
	background bool // under waitUntil: it does not answer
	listed     bool
	done       bool
}

// Errors that end calls.
var (
	// ErrHung ends a call that nothing can settle any more.
	//lint:ignore ST1005 workerd's text
	ErrHung = errors.New("The Workers runtime canceled this request because it detected that your Worker's code had hung and would never generate a response")
	// ErrCondemned ends all calls of an isolate that one of them broke. It wraps nothing: the text says what happened.
	ErrCondemned = errors.New("isolate lost")
)

// Post implements webidl.Host.
func (iso *Isolate) Post(inv *invocation.Invocation, task func()) {
	iso.postOr(inv, task, nil)
}

// postOr is Post, with what is to be done if the isolate is lost.
func (iso *Isolate) postOr(inv *invocation.Invocation, task, otherwise func()) {
	iso.strand.Post(func() {
		switch {
		case iso.lost == nil:
			iso.turn(inv, task)
		case otherwise != nil:
			otherwise()
		}
	})
}

// Pending implements webidl.Host.
func (iso *Isolate) Pending(delta int) { iso.pending.Add(int64(delta)) }

// Log implements webidl.Host.
func (iso *Isolate) Log(inv *invocation.Invocation, e webidl.LogEntry) {
	if o := iso.Script.Observer; o != nil {
		o.Console(iso.Script.Worker, inv, e)
	}
}

// Unhandled implements webidl.Host.
func (iso *Isolate) Unhandled(inv *invocation.Invocation, reason goja.Value) {
	if iso.loading {
		return // loading reports it
	}
	iso.report(inv, iso.Realm.Describe(reason), "promise")
}

func (iso *Isolate) report(inv *invocation.Invocation, t *webidl.Thrown, in string) {
	if o := iso.Script.Observer; o != nil {
		o.Exception(iso.Script.Worker, inv, &Uncaught{Thrown: t, In: in})
	}
}

// turn runs task as one entry of script and sees to what follows from it. The caller holds the strand.
func (iso *Isolate) turn(inv *invocation.Invocation, task func()) {
	err := iso.enter(inv, task)
	if err == nil {
		iso.settleHung()
		return
	}
	var ex *goja.Exception
	if errors.As(err, &ex) {
		var t *webidl.Thrown
		if errors.As(iso.describe(inv, ex.Value()), &t) {
			iso.report(inv, t, "callback")
		}
		if iso.lost == nil {
			iso.settleHung()
		}
		return
	}
	iso.condemn(inv, err)
}

// enter is Realm.Enter under the watchdog's eyes, with Go panics turned into errors: goja has some, and so may we.
func (iso *Isolate) enter(inv *invocation.Invocation, task func()) (err error) {
	iso.labelled()
	switch {
	case inv != nil:
		iso.watch.Begin(&inv.CPU)
	case iso.loading:
		iso.watch.Begin(nil)
	default: // a turn in nobody's name, which does not add to what top-level code used
		iso.watch.Begin(new(watchdog.Account))
	}
	defer func() {
		if x := recover(); x != nil {
			err = &panicError{value: x, stack: string(debug.Stack())}
		}
		if cause := iso.watch.End(); cause != nil {
			err = cause
		}
	}()
	iso.entry = entry{realm: iso.Realm, inv: inv, task: task}
	iso.watch.Within(&iso.entry)
	err = iso.entry.err
	iso.entry = entry{}
	return err
}

// panicError is a Go panic that came out of an isolate.
type panicError struct {
	value any
	stack string
}

func (e *panicError) Error() string { return fmt.Sprintf("internal error: %v", e.value) }

// run begins a call on the caller's goroutine, which holds the strand.
func (iso *Isolate) run(inv *invocation.Invocation, job Job) {
	if j, waited := job.(*waitingJob); waited {
		if !j.leave() {
			return // it waited for too long
		}
		job = j.Job
	}
	iso.lastUsed.Store(time.Now().UnixNano())
	if iso.start == nil {
		iso.start = iso.startJob
	}
	iso.starting = job
	err := iso.enter(inv, iso.start)
	v := iso.started
	iso.starting, iso.started = nil, nil
	if err != nil {
		c := &call{iso: iso, inv: inv, job: job}
		iso.add(c)
		var ex *goja.Exception
		if !errors.As(err, &ex) {
			iso.condemn(inv, err)
			return
		}
		c.fail(iso.describe(inv, ex.Value()))
	} else {
		iso.await(inv, job, v)
	}
	if iso.lost == nil {
		iso.settleHung()
	}
}

// describe tells what was thrown, between turns. What is thrown may have getters: they run under the watchdog's eyes, too, and can lose the
// isolate.
func (iso *Isolate) describe(inv *invocation.Invocation, v goja.Value) error {
	var t error
	err := iso.enter(inv, func() { t = iso.Realm.Describe(v) })
	var ex *goja.Exception
	switch {
	case err == nil:
		return t
	case errors.As(err, &ex):
		return &webidl.Thrown{Class: "Error", Message: "an exception that can't be described: reading it throws another"}
	}
	_, own := verdict(err)
	iso.condemn(inv, err)
	return own
}

// startJob is the turn that begins a call. It is one function for all calls, so that none allocates it.
func (iso *Isolate) startJob() {
	iso.started = iso.starting.Start(iso)
	if p := webidl.PromiseOf(iso.started); p != nil {
		iso.Realm.Handled(p) // whoever made the call hears of a rejection
	}
}

// await finishes a call with v, now if it is settled.
func (iso *Isolate) await(inv *invocation.Invocation, job Job, v goja.Value) {
	p := webidl.PromiseOf(v)
	if obj, ok := v.(*goja.Object); ok && p == nil && engine.Value(obj) == nil {
		// An object of script may be a thenable. Asking it runs script, and what that throws is the outcome, as await has it.
		if err := iso.enter(inv, func() { p = webidl.PromiseOf(iso.Realm.Resolve(v)) }); err != nil {
			c := &call{iso: iso, inv: inv, job: job}
			iso.add(c)
			iso.condemn(inv, err)
			return
		}
		if p != nil {
			iso.Realm.Handled(p)
		}
	}
	switch {
	case p == nil:
		job.Fulfilled(iso, v)
		iso.release(inv)
	case p.State() == goja.PromiseStateFulfilled:
		job.Fulfilled(iso, p.Result())
		iso.release(inv)
	case p.State() == goja.PromiseStateRejected:
		iso.Realm.Handled(p)
		c := &call{iso: iso, inv: inv, job: job}
		iso.add(c)
		c.fail(iso.describe(inv, p.Result()))
	default:
		c := &call{iso: iso, inv: inv, job: job}
		iso.add(c)
		iso.guard.awaitResponse(c)
		engine.Then(iso.Realm.VM, p, c.fulfil, func(reason goja.Value) { c.fail(iso.Realm.Describe(reason)) })
	}
}

func (c *call) fulfil(v goja.Value) {
	if c.done {
		return
	}
	c.finish()
	c.job.Fulfilled(c.iso, v)
	c.release()
}

func (c *call) fail(err error) {
	if c.done {
		return
	}
	c.finish()
	c.job.Failed(err)
	c.release()
}

// release gives back the call's hold.
func (c *call) release() {
	if c.background {
		c.inv.ReleaseWait()
		return
	}
	c.iso.release(c.inv)
}

func (c *call) finish() {
	c.done = true
	if !c.listed {
		return
	}
	c.iso.guard.answered(c)
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		c.iso.open = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	}
	c.prev, c.next, c.listed = nil, nil, false
}

func (iso *Isolate) add(c *call) {
	c.listed = true
	c.next = iso.open
	if iso.open != nil {
		iso.open.prev = c
	}
	iso.open = c
}

// settleHung ends the calls that nothing can settle, and the bodies that nothing can go on with: none of their work is under way and
// nothing is queued.
func (iso *Isolate) settleHung() {
	if iso.open == nil && iso.streams.none() || iso.pending.Load() > 0 || iso.strand.Waiting() > 0 {
		return
	}
	iso.streams.failHung()
	for c := iso.open; c != nil; c = iso.open {
		c.fail(ErrHung)
	}
}
