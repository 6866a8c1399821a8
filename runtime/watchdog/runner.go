package watchdog

import (
	"runtime"
	"sync/atomic"
	"time"
)

// Subject is what runs in turns: an isolate. Its methods are called on the watchdog's goroutine and must not block.
type Subject interface {
	// Interrupt has the script of the turn that runs end. It is called between Begin and the return of End, at most once a turn.
	Interrupt(cause error)
	// Charged is how many bytes native functions have allocated for script since the subject was made.
	Charged() int64
	// Retire has the subject take no new work, because of what it holds: what is under way goes on. why is for the log.
	Retire(why string)
	// Lose has the subject given up, with all its calls, though no turn of it is under way.
	Lose(cause error)
}

// Account is how much CPU time one invocation has used.
type Account struct {
	used  atomic.Int64
	doubt atomic.Int64 // the part of used that others may have used in its stead
}

// mostDoubt is how much CPU time the benefit of the doubt comes to. Where more run than there are processors for, it is not known who did how much of what
// the process did: what computes has used more than this soon, and what was kept from running for a second or two seems to have had less.
const mostDoubt = 200 * time.Millisecond

// Used is the CPU time charged so far: an estimate, by samples some milliseconds apart.
func (a *Account) Used() time.Duration { return time.Duration(a.used.Load()) }

// proven is what it has used without the benefit of the doubt.
func (a *Account) proven() time.Duration {
	return a.Used() - min(time.Duration(a.doubt.Load()), mostDoubt)
}

// Charge adds CPU time that was used for the invocation outside of its turns, by native code on a goroutine of its own.
func (a *Account) Charge(d time.Duration) { a.used.Add(int64(d)) }

// Limits bound what one Worker may take. Zero means no limit.
type Limits struct {
	CPU     time.Duration // of an invocation
	Startup time.Duration // CPU time of top-level code
	Memory  int64         // bytes that the subject may come to hold
}

// Phases of a Runner. From running it goes on to each next one, and back to idle from any but claimed.
const (
	idle        = iota
	running     // a turn is under way
	long        // and has been for a while
	claimed     // the watchdog is about to interrupt it
	interrupted // and has
	phaseBits   = 3
	phaseMask   = 1<<phaseBits - 1
)

// Runner is one subject as the watchdog sees it. Its methods belong to the goroutine that holds the subject's strand.
type Runner struct {
	w       *Watchdog
	subject Subject
	limits  Limits
	load    *Load

	state   atomic.Uint64           // number of the turn, and its phase
	account atomic.Pointer[Account] // who pays for the turn
	nested  atomic.Int32            // calls of others on this goroutine, which this one waits for
	paused  atomic.Bool             // it waits within Reserve
	judged  atomic.Uint64           // how often what the turn allocates was begun to be counted anew
	startup Account                 // what top-level code used
	slot    uint32                  // where the last turn was listed
	mark    uint64                  // stands for it in Options.Running
	cause   error                   // of the interrupt; written while claimed
	number  uint32                  // what its allocations are known by
	code    uint32                  // of that number

	asked      int64  // bytes asked for by Reserve while judged was askedSince
	askedSince uint64 // see asked

	// The rest belongs to the watchdog's goroutine.
	seen        uint64        // the last turn looked at
	age         time.Duration // how long that has been looked at
	fresh       bool          // seen for the first time at the last look
	charged     int64         // Subject.Charged at the last look
	turnBytes   int64         // what the turn is believed to have allocated
	turnCharged int64         // what of that native functions charged, so that it's known
	liveThen    int64         // live heap when the turn, or the judging of it, began
	cyclesThen  int64         // collections finished by then
	held        int64         // what it held at the last census
	listed      bool          // in memory.known
}

// Load counts what the Runners of one pool are at. It is ready for use as a zero value.
type Load struct {
	long atomic.Int32
	last atomic.Int64 // Unix nanoseconds: when a turn last became long, or a long one ended
}

// Long is how many of the pool's turns have been running for more than LongTurn.
func (l *Load) Long() int { return int(l.long.Load()) }

// How long a pool is remembered for a long turn.
const (
	recently = 2 * time.Second // where others might not find a processor
	lately   = time.Minute     // where others would wait for it
)

// Computes reports whether a turn of the pool is long, or was a short while ago.
func (l *Load) Computes() bool {
	return l.longWithin(recently)
}

// Computed reports whether a turn of the pool is long, or was within the last minute.
func (l *Load) Computed() bool { return l.longWithin(lately) }

func (l *Load) longWithin(d time.Duration) bool {
	if l.Long() > 0 {
		return true
	}
	last := l.last.Load()
	return last != 0 && time.Since(time.Unix(0, last)) < d
}

// ended counts a long turn off.
func (l *Load) ended(now time.Time) {
	l.last.Store(now.UnixNano())
	l.long.Add(-1)
}

// Init makes r a Runner of w; with a nil w it is not watched. Call it once, before anything else.
func (r *Runner) Init(w *Watchdog, s Subject, limits Limits, load *Load) {
	r.w, r.subject, r.limits, r.load = w, s, limits, load
	if w != nil {
		r.slot = w.running.hint()
		r.number = lastNumber.Add(1) % numbers
		r.code = encode(r.number)
	}
}

// Mark sets what stands for r in Options.Running. Call it before the first turn.
func (r *Runner) Mark(mark uint64) { r.mark = mark }

// Begin starts a turn that a pays for; nil means that top-level code runs.
func (r *Runner) Begin(a *Account) {
	if r.w == nil {
		return
	}
	if a == nil {
		a = &r.startup
	}
	r.account.Store(a)
	r.state.Store(r.state.Load()>>phaseBits<<phaseBits + 1<<phaseBits | running)
	r.slot = r.w.running.put(r, r.slot)
	r.w.wake()
	// What was charged between turns is seen here: a turn may be too short for a look.
	if limit := r.limit(a); limit > 0 && a.proven() > limit {
		r.claim(r.state.Load()>>phaseBits, r.over(a))
	}
}

// End ends the turn. It gives the cause if the turn was interrupted, whether or not script has noticed: after an error the subject
// must not be used again.
func (r *Runner) End() error {
	if r.w == nil {
		return nil
	}
	r.w.running.remove(r.slot)
	for {
		s := r.state.Load()
		rest := s &^ phaseMask // the turn's number, idle
		switch s & phaseMask {
		case running:
			if r.state.CompareAndSwap(s, rest) {
				return nil
			}
		case long:
			if r.state.CompareAndSwap(s, rest) {
				r.load.ended(r.w.now())
				return nil
			}
		case interrupted:
			r.load.ended(r.w.now())
			r.state.Store(rest)
			return r.cause
		default:
			runtime.Gosched() // the watchdog is between two instructions
		}
	}
}

// Call says that the turn now waits for calls that run on its goroutine: their time is not its own. Return undoes it.
func (r *Runner) Call() { r.nested.Add(1) }

// Return ends what Call began.
func (r *Runner) Return() { r.nested.Add(-1) }

// claim interrupts the turn numbered turn if it still runs.
func (r *Runner) claim(turn uint64, cause error) bool {
	r.promote(turn)
	if !r.state.CompareAndSwap(turn<<phaseBits|long, turn<<phaseBits|claimed) {
		return false
	}
	r.cause = cause
	r.subject.Interrupt(cause)
	r.state.Store(turn<<phaseBits | interrupted)
	return true
}

// lose interrupts the turn that runs, or that waits for a call on its goroutine; where there is none the subject is given up by itself.
func (r *Runner) lose(cause error) {
	s := r.state.Load()
	if phase := s & phaseMask; phase == claimed || phase == interrupted || r.claim(s>>phaseBits, cause) {
		return
	}
	r.subject.Lose(cause)
}

// promote makes a running turn a long one.
func (r *Runner) promote(turn uint64) {
	if r.state.CompareAndSwap(turn<<phaseBits|running, turn<<phaseBits|long) {
		r.load.long.Add(1)
		r.load.last.Store(r.w.now().UnixNano())
	}
}

// limit is what the account that pays now may use.
func (r *Runner) limit(a *Account) time.Duration {
	if a == &r.startup {
		return r.limits.Startup
	}
	return r.limits.CPU
}

// over is the error where the account used more.
func (r *Runner) over(a *Account) error {
	if a == &r.startup {
		return startupError(r.limits.Startup)
	}
	return cpuError(r.limits.CPU)
}
