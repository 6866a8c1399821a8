package watchdog

import (
	"sync"
	"sync/atomic"
	"time"
)

const (
	// Interval is how long the watchdog lies between two looks while something runs.
	Interval = 5 * time.Millisecond
	// LongTurn is how long a turn has been running when it counts as one that may starve others.
	LongTurn = 10 * time.Millisecond
	// quietLooks is how many looks that find nothing send it to sleep.
	quietLooks = 20
	// mostCharged is the most that one look charges. Where a long time has passed since the last one, as while a native call of one turn held
	// the collector up, and with it everybody, who ran then is not known.
	mostCharged = 50 * time.Millisecond
)

// Options of a Watchdog.
type Options struct {
	// Memory is how many bytes the heap of the process may come to; 0 means that nobody judges it.
	Memory int64
	// Threads has GOMAXPROCS follow the number of long turns, so that what is short finds a thread of its own beside them.
	Threads bool
	// Running has the mark of each Runner whose turn is under way, 0 in the other places: memory that another process may read when this one
	// has died. Turns beyond its length are not in it. May be nil.
	Running []atomic.Uint64
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Watchdog watches all strands of a process. A nil one watches nothing. Its methods may be called from any goroutine.
type Watchdog struct {
	now     func() time.Time
	running *slots
	asleep  atomic.Bool
	bell    chan struct{}
	stop    chan struct{}
	gate    *gate // nil unless Options.Memory
	done    chan struct{}

	mu        sync.Mutex
	deadlines []*Deadlines // guarded by mu

	// The rest belongs to the watchdog's goroutine.
	last   time.Time
	cpu    time.Duration // of the process, at the last look
	scan   []*Runner
	active []*Runner // those that run and wait for no other
	paid   int       // how many paid at the last look
	memory *memory
	quiet  int
	spread *spread // nil unless Options.Threads
}

// New starts a watchdog. Close ends it.
func New(o Options) *Watchdog {
	if o.Now == nil {
		o.Now = time.Now
	}
	w := &Watchdog{
		now: o.Now, running: newSlots(o.Running),
		bell: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
		memory: newMemory(o.Memory),
	}
	if o.Memory > 0 {
		w.gate = newGate(o.Memory)
	}
	if o.Threads {
		w.spread = newSpread()
	}
	go w.run()
	return w
}

// Close ends the watch: nothing is interrupted any more. It returns when all its goroutines have ended.
func (w *Watchdog) Close() {
	if w == nil {
		return
	}
	close(w.stop)
	<-w.done
	w.memory.inspectors.Wait()
	w.gate.settle()
	w.spread.undo()
}

// wake has a sleeping watchdog look. What it is to see must be there already.
func (w *Watchdog) wake() {
	if w.asleep.Load() && w.asleep.CompareAndSwap(true, false) {
		select {
		case w.bell <- struct{}{}:
		default:
		}
	}
}

func (w *Watchdog) run() {
	defer close(w.done)
	w.begin()
	timer := time.NewTimer(Interval)
	defer timer.Stop()
	for {
		select {
		case <-w.stop:
			return
		case <-w.bell:
			w.begin()
			timer.Reset(Interval)
		case <-timer.C:
			timer.Reset(w.look(w.now(), processCPU()))
		}
	}
}

// begin starts counting time anew after a sleep.
func (w *Watchdog) begin() {
	w.last, w.cpu, w.quiet = w.now(), processCPU(), 0
	w.memory.last = w.memory.read()
	if live := w.memory.last.live; w.memory.liveThen == 0 || live < w.memory.liveThen {
		w.memory.liveThen = live
	}
}

// forever is longer than any deadline.
const forever = 24 * time.Hour

// look is one look at what runs. It returns how long the watchdog may lie; it may be woken.
func (w *Watchdog) look(now time.Time, cpu time.Duration) time.Duration {
	w.expire(now)
	w.scan = w.running.all(w.scan[:0])
	if len(w.scan) == 0 && !w.memory.busy() {
		w.quiet++
	} else {
		w.quiet = 0
	}
	w.charge(now.Sub(w.last), cpu-w.cpu)
	w.last, w.cpu = now, cpu
	if w.quiet < quietLooks {
		return Interval
	}
	w.asleep.Store(true)
	if w.scan = w.running.all(w.scan[:0]); len(w.scan) > 0 { // one began before it could know
		w.asleep.Store(false)
		w.quiet = 0
		return Interval
	}
	next := w.expire(now)
	if next.IsZero() {
		return forever
	}
	return max(next.Sub(now), Interval)
}

// expire ends what is due and tells when the next is.
func (w *Watchdog) expire(now time.Time) (next time.Time) {
	w.mu.Lock()
	lists := w.deadlines
	w.mu.Unlock()
	for _, d := range lists {
		if at := d.expire(now); next.IsZero() || !at.IsZero() && at.Before(next) {
			next = at
		}
	}
	return next
}

// charge has everything that runs pay for the time since the last look, of which the process had cpu on all processors together.
func (w *Watchdog) charge(elapsed, cpu time.Duration) {
	w.active = w.active[:0]
	paying := 0
	for _, r := range w.scan {
		if r.nested.Load() == 0 {
			w.active = append(w.active, r)
			if !r.paused.Load() {
				paying++
			}
		}
	}
	n := time.Duration(max(paying, w.paid)) // those that have ended since the last look had their part
	w.paid = paying
	sure := max(cpu-(n-1)*elapsed, 0) // had all others run all the time
	if n > 0 && cpu < elapsed*n {
		elapsed = cpu / n // more run than there are processors, or the machine has other work
	}
	elapsed = min(elapsed, mostCharged)
	for _, r := range w.active {
		if r.paused.Load() {
			w.chargeTurn(r, 0, 0)
			continue
		}
		w.chargeTurn(r, elapsed, sure)
	}
	w.memory.look(w.active)
	w.spread.look(w.active)
	clear(w.scan)
	clear(w.active)
}

// chargeTurn has the turn of r pay for elapsed, of which sure is certain.
func (w *Watchdog) chargeTurn(r *Runner, elapsed, sure time.Duration) {
	s := r.state.Load()
	turn := s >> phaseBits
	if phase := s & phaseMask; phase != running && phase != long {
		return
	}
	if r.seen != turn {
		r.seen, r.age = turn, 0
		w.memory.begin(r)
		elapsed = min(elapsed, Interval) // it may have begun just now
	} else if r.age += elapsed; r.age >= LongTurn {
		r.promote(turn)
	}
	a := r.account.Load()
	if elapsed > sure {
		a.doubt.Add(int64(elapsed - sure)) // first: others may look at both
	}
	a.used.Add(int64(elapsed))
	if limit := r.limit(a); limit > 0 && a.proven() > limit {
		r.claim(turn, r.over(a))
	}
}
