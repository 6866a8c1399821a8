package watchdog

import (
	"sync"
	"time"
)

// Deadlines ends work that has waited for too long. All entries wait equally long, so the first to come is the first that is due. Its
// methods may be called from any goroutine.
type Deadlines struct {
	after time.Duration
	w     *Watchdog

	mu    sync.Mutex
	first *Deadline // guarded by mu: a list in the order of their times
	last  *Deadline // guarded by mu
}

// Deadline is one entry of Deadlines.
type Deadline struct {
	// Expire is called on the watchdog's goroutine, at most once, and must not block.
	Expire func()

	at         time.Time
	prev, next *Deadline
	listed     bool
}

// Deadlines makes a list whose entries expire after the given time. Zero or less: never.
func (w *Watchdog) Deadlines(after time.Duration) *Deadlines {
	d := &Deadlines{after: after, w: w}
	if w != nil && after > 0 {
		w.mu.Lock()
		w.deadlines = append(w.deadlines, d)
		w.mu.Unlock()
	}
	return d
}

// Add has e expire in a while from now.
func (d *Deadlines) Add(e *Deadline) {
	if d.w == nil || d.after <= 0 {
		return
	}
	d.mu.Lock()
	e.at = d.w.now().Add(d.after)
	e.prev, e.next, e.listed = d.last, nil, true
	if d.last != nil {
		d.last.next = e
	} else {
		d.first = e
	}
	d.last = e
	d.mu.Unlock()
	d.w.wake()
}

// Remove takes e back. It reports false if it is expiring, or was not there.
func (d *Deadlines) Remove(e *Deadline) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !e.listed {
		return false
	}
	d.unlink(e)
	return true
}

func (d *Deadlines) unlink(e *Deadline) {
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		d.first = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	} else {
		d.last = e.prev
	}
	e.prev, e.next, e.listed = nil, nil, false
}

// expire ends what is due and tells when the next is; the zero time means that nothing waits.
func (d *Deadlines) expire(now time.Time) (next time.Time) {
	for {
		d.mu.Lock()
		e := d.first
		if e == nil || e.at.After(now) {
			if e != nil {
				next = e.at
			}
			d.mu.Unlock()
			return next
		}
		d.unlink(e)
		d.mu.Unlock()
		e.Expire()
	}
}
