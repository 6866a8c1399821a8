// Package alarm calls Go functions back on a realm's strand after a time. It owns the order in which they come due, counts each as
// pending work of the host, and lets go of them when their invocation ends; it knows nothing of the timers that script sees.
package alarm

import (
	"container/heap"
	"sync"
	"time"

	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Alarm is one call to come. Its methods may be called from any goroutine.
type Alarm struct {
	queue  *queue
	inv    *invocation.Invocation
	due    time.Time // not called before
	order  time.Time // when it would be due if its turn had taken no time
	seq    uint64
	index  int // in the heap; -1 once it has left
	fn     func()
	gone   func() // told that the invocation has ended first; may be nil
	forget func() // takes back the invocation's end function; may be nil
	done   bool   // guarded by queue.mu: called, stopped, or nobody left to call
}

// queue has the alarms of one realm. One time.Timer serves them all, so that two that are due together are posted in the order of their
// times, which timers of their own, each with a goroutine, would not promise.
//
// They are called in the order of the times that they were set for as if each turn took no time: of two that one turn sets the one with the
// shorter time is called first, also where the turn took long between the two, or was kept from running. None is called before its time
// has passed since it was set. So one may be late by as much as a turn took that set another.
type queue struct {
	host webidl.Host

	mu    sync.Mutex
	heap  alarms      // guarded by mu
	seq   uint64      // guarded by mu
	turn  uint64      // guarded by mu: of the realm, when the last alarm was set
	began time.Time   // guarded by mu: when the first of that turn was
	timer *time.Timer // guarded by mu: made at first use
	armed time.Time   // guarded by mu: when the timer fires; zero if it is stopped
}

type queueKey struct{}

// Set has fn run on the strand after d, as one turn in the name of the current invocation. If that ends first, fn never runs, and gone (if
// not nil) is called instead, on any goroutine. Call it on the strand, with an invocation current.
func Set(r *webidl.Realm, d time.Duration, fn, gone func()) *Alarm {
	q, _ := r.Slot(queueKey{}).(*queue)
	if q == nil {
		q = &queue{host: r.Host}
		r.SetSlot(queueKey{}, q)
	}
	now, turn := time.Now(), r.Turns()
	a := &Alarm{queue: q, inv: r.Invocation(), due: now.Add(d), fn: fn, gone: gone}
	q.host.Pending(1)
	q.mu.Lock()
	if q.turn != turn || q.began.IsZero() {
		q.turn, q.began = turn, now
	}
	q.seq++
	a.seq, a.order = q.seq, q.began.Add(d)
	heap.Push(&q.heap, a)
	q.arm()
	q.mu.Unlock()
	if a.inv != nil {
		forget := a.inv.OnEnd(a.end)
		q.mu.Lock()
		a.forget = forget
		q.mu.Unlock()
	}
	return a
}

// Stop takes the alarm back and reports whether it did: false if it was called, or stopped, already.
func (a *Alarm) Stop() bool { return a.finish() }

// end is called when the invocation ends.
func (a *Alarm) end() {
	if a.finish() && a.gone != nil {
		a.gone()
	}
}

// finish makes sure that exactly one of call, Stop and the invocation's end has the alarm.
func (a *Alarm) finish() bool {
	q := a.queue
	q.mu.Lock()
	if a.done {
		q.mu.Unlock()
		return false
	}
	a.done = true
	forget := a.forget
	a.forget = nil
	if a.index >= 0 {
		heap.Remove(&q.heap, a.index)
		q.arm()
	}
	q.mu.Unlock()
	if forget != nil {
		forget()
	}
	q.host.Pending(-1)
	return true
}

// arm sets the timer to the first alarm. The caller holds mu.
func (q *queue) arm() {
	if len(q.heap) == 0 {
		if q.timer != nil && !q.armed.IsZero() {
			q.timer.Stop()
			q.armed = time.Time{}
		}
		return
	}
	due := q.heap[0].due
	if due.Equal(q.armed) {
		return
	}
	q.armed = due
	wait := time.Until(due)
	if q.timer == nil {
		q.timer = time.AfterFunc(wait, q.fire)
		return
	}
	q.timer.Reset(wait)
}

// fire posts what is due. It runs on the timer's goroutine, under the lock, so that two rounds of it cannot overtake each other.
func (q *queue) fire() {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	for len(q.heap) > 0 && !q.heap[0].due.After(now) {
		a := heap.Pop(&q.heap).(*Alarm)
		q.host.Post(a.inv, a.run)
	}
	q.armed = time.Time{}
	q.arm()
}

// run calls the alarm, within a turn. It came due while another turn may still have run: if that has set one that comes before it, it waits.
func (a *Alarm) run() {
	q := a.queue
	q.mu.Lock()
	if !a.done && len(q.heap) > 0 && q.heap[0].before(a) {
		heap.Push(&q.heap, a)
		q.arm()
		q.mu.Unlock()
		return
	}
	q.mu.Unlock()
	if a.finish() {
		a.fn()
	}
}

// before reports whether a is called before b.
func (a *Alarm) before(b *Alarm) bool {
	if a.order.Equal(b.order) {
		return a.seq < b.seq
	}
	return a.order.Before(b.order)
}

// alarms is a heap by order, then by age.
type alarms []*Alarm

func (h alarms) Len() int { return len(h) }

func (h alarms) Less(i, j int) bool { return h[i].before(h[j]) }

func (h alarms) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

// Push implements heap.Interface.
func (h *alarms) Push(x any) {
	a := x.(*Alarm)
	a.index = len(*h)
	*h = append(*h, a)
}

// Pop implements heap.Interface.
func (h *alarms) Pop() any {
	old := *h
	a := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	a.index = -1
	return a
}
