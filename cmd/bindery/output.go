package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// gathering is how long lines gather between two writes: thousands of requests a second should not be as many system calls.
const gathering = 2 * time.Millisecond

// maxWaiting is how many bytes may wait to be written.
const maxWaiting = 4 << 20

// output writes lines on a goroutine of its own: whoever prints one holds a Worker's isolate, and must not wait for a terminal. When more
// waits than maxWaiting, lines are left out, and a line says how many.
type output struct {
	w    io.Writer
	wake sync.Cond
	done chan struct{}

	mu      sync.Mutex
	waiting []byte // guarded by mu
	spare   []byte // guarded by mu
	left    int    // guarded by mu: lines left out
	busy    bool   // guarded by mu: a write is under way
	closed  bool   // guarded by mu
}

func newOutput(w io.Writer) *output {
	o := &output{w: w, done: make(chan struct{})}
	o.wake.L = &o.mu
	go o.run()
	return o
}

// print has append add one or more whole lines.
func (o *output) print(add func(b []byte) []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return
	}
	if len(o.waiting) > maxWaiting {
		o.left++
		return
	}
	if o.left > 0 {
		o.wake.Broadcast()
		o.waiting = fmt.Appendf(o.waiting, "(%d messages left out: they came faster than they could be written)\n", o.left)
		o.left = 0
	}
	if len(o.waiting) == 0 {
		o.wake.Broadcast()
	}
	o.waiting = add(o.waiting)
}

func (o *output) run() {
	defer close(o.done)
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		for len(o.waiting) == 0 && !o.closed {
			o.wake.Wait()
		}
		if len(o.waiting) == 0 {
			return
		}
		b := o.waiting
		o.waiting, o.spare, o.busy = o.spare[:0], nil, true
		o.mu.Unlock()
		_, _ = o.w.Write(b) // nobody is left to be told
		o.mu.Lock()
		o.spare, o.busy = b[:0], false
		o.wake.Broadcast()
		if o.closed {
			continue
		}
		o.mu.Unlock()
		time.Sleep(gathering)
		o.mu.Lock()
	}
}

// Flush waits until all that was printed is written.
func (o *output) Flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.waiting) > 0 || o.busy {
		o.wake.Wait()
	}
}

// Close writes the rest and ends the goroutine.
func (o *output) Close() {
	o.mu.Lock()
	o.closed = true
	o.wake.Broadcast()
	o.mu.Unlock()
	<-o.done
}
