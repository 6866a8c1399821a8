// Package timers is setTimeout and its like, queueMicrotask and scheduler
// (https://html.spec.whatwg.org/#timers, https://html.spec.whatwg.org/#microtask-queuing,
// https://developers.cloudflare.com/workers/runtime-apis/scheduler/).
//
// A callback runs as a turn of its own, in the name of the invocation that set the timer, and never after that has ended. In global
// scope, where there is no invocation, timers are refused as Workers refuse them. Package alarm has the clockwork.
package timers

import (
	"math"
	"sync"
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/timers/alarm"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// maxDelay is the longest time a timer waits, in milliseconds: 2^31 - 1, some 25 days. Longer ones are cut to it.
const maxDelay = math.MaxInt32

// minInterval keeps an interval of 0 from taking the strand for itself, in milliseconds. It is Node's.
const minInterval = 1

// API is what this package adds to the global object.
var API = webidl.API{
	Classes: []webidl.Declared{schedulerClass},
	Globals: []engine.Member{
		webidl.Function("setTimeout", 1, "setTimeout", func(c webidl.Call) goja.Value { return set(c, false) }),
		webidl.Function("setInterval", 1, "setInterval", func(c webidl.Call) goja.Value { return set(c, true) }),
		webidl.Function("clearTimeout", 0, "clearTimeout", clearTimer),
		webidl.Function("clearInterval", 0, "clearInterval", clearTimer),
		webidl.Function("queueMicrotask", 1, "queueMicrotask", queueMicrotask),
		{Name: "scheduler", Make: func(rt *goja.Runtime) goja.Value {
			r := webidl.Of(rt)
			if r == nil {
				return engine.Hidden(goja.Undefined())
			}
			return engine.Hidden(schedulerClass.New(r, &scheduler{}))
		}},
	},
}

// timer is one setTimeout or setInterval.
type timer struct {
	realm *webidl.Realm
	table *table
	id    int64
	fn    goja.Callable
	args  []goja.Value
	every time.Duration // 0 for a timeout
	alarm *alarm.Alarm
}

// table finds the timers of a realm by the numbers that script has for them.
type table struct {
	mu   sync.Mutex
	last int64            // guarded by mu
	byID map[int64]*timer // guarded by mu: an invocation may end on any goroutine
}

type tableKey struct{}

func tableOf(r *webidl.Realm) *table {
	t, _ := r.Slot(tableKey{}).(*table)
	if t == nil {
		t = &table{byID: make(map[int64]*timer)}
		r.SetSlot(tableKey{}, t)
	}
	return t
}

func (t *table) add(tm *timer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last++
	tm.id = t.last
	t.byID[tm.id] = tm
}

// take removes a timer; nil if there is none of that number.
func (t *table) take(id int64) *timer {
	t.mu.Lock()
	defer t.mu.Unlock()
	tm := t.byID[id]
	delete(t.byID, id)
	return tm
}

func (t *table) has(id int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byID[id] != nil
}

// set is https://html.spec.whatwg.org/#timer-initialisation-steps, where a string is no handler, as in Workers.
func set(c webidl.Call, repeat bool) goja.Value {
	fn, ok := goja.AssertFunction(c.Arg(0))
	if !ok {
		panic(c.TypeError("Failed to execute '%s': parameter 1 is not of type 'Function'.", c.Name))
	}
	ms := 0.0
	if c.Has(1) {
		ms = delay(c.Number(c.Arg(1)))
	}
	if c.Invocation() == nil {
		panic(c.Error(webidl.GlobalScope))
	}
	tm := &timer{realm: c.Realm, table: tableOf(c.Realm), fn: fn}
	if len(c.Args) > 2 {
		tm.args = append(tm.args, c.Args[2:]...)
	}
	if repeat {
		ms = max(ms, minInterval)
		tm.every = time.Duration(ms) * time.Millisecond
	}
	tm.table.add(tm)
	tm.alarm = alarm.Set(c.Realm, time.Duration(ms)*time.Millisecond, tm.run, tm.forget)
	return c.ToValue(tm.id)
}

// delay cuts a time in milliseconds to whole ones from 0 to maxDelay.
func delay(ms float64) float64 {
	if math.IsNaN(ms) {
		return 0
	}
	return math.Trunc(min(max(ms, 0), maxDelay))
}

func (tm *timer) run() {
	if tm.every == 0 {
		tm.forget()
	}
	r := tm.realm
	if thrown := r.Try(func() { r.Invoke(tm.fn, goja.Undefined(), tm.args...) }); thrown != nil {
		event.Report(r, thrown)
	}
	if tm.every > 0 && tm.table.has(tm.id) { // it did not clear itself, and its invocation goes on
		tm.alarm = alarm.Set(r, tm.every, tm.run, tm.forget)
	}
}

// forget takes the timer out of the table: it has run, or its invocation has ended.
func (tm *timer) forget() { tm.table.take(tm.id) }

// clearTimer is clearTimeout and clearInterval, which are one. What is no number of a timer is no error.
func clearTimer(c webidl.Call) goja.Value {
	if !c.Has(0) {
		return goja.Undefined()
	}
	if _, ok := c.Arg(0).(*goja.Symbol); ok {
		return goja.Undefined()
	}
	if tm := tableOf(c.Realm).take(c.Integer(c.Arg(0), 53, true)); tm != nil {
		tm.alarm.Stop()
	}
	return goja.Undefined()
}

// queueMicrotask is https://html.spec.whatwg.org/#dom-queuemicrotask.
func queueMicrotask(c webidl.Call) goja.Value {
	fn, ok := goja.AssertFunction(c.Arg(0))
	if !ok {
		panic(c.TypeError("Failed to execute '%s': parameter 1 is not of type 'Function'.", c.Name))
	}
	r := c.Realm
	r.Microtask(func() {
		if thrown := r.Try(func() { r.Invoke(fn, goja.Undefined()) }); thrown != nil {
			event.Report(r, thrown)
		}
	})
	return goja.Undefined()
}
