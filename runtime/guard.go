package runtime

import (
	"context"
	"runtime/pprof"
	"sync/atomic"
	"time"

	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/watchdog"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// LimitError is the error of a call that a limit ended: of CPU time, wall time or memory.
type LimitError = watchdog.LimitError

// Limits bound what a Worker's script may take. Zero means the default.
type Limits struct {
	CPU     time.Duration // of one invocation; default DefaultCPU
	Startup time.Duration // CPU time of top-level code; default DefaultStartup
	Memory  int64         // bytes that an isolate may come to hold; default DefaultMemory
}

// Defaults of Limits and of a Guard.
const (
	DefaultCPU       = time.Second
	DefaultStartup   = time.Second
	DefaultMemory    = 128 << 20
	DefaultWall      = 30 * time.Second
	DefaultWaitUntil = 30 * time.Second
)

// Guard watches the isolates of a process, and ends what goes beyond its limits. A nil one lets everything go on for ever.
type Guard struct {
	watchdog  *watchdog.Watchdog
	response  *watchdog.Deadlines
	waitUntil *watchdog.Deadlines
	options   GuardOptions
	undo      func() // what NewGuard set for the process
}

// GuardOptions say what a Guard allows. Zero means the default.
type GuardOptions struct {
	Wall      time.Duration // until a handler's response, with its headers; default DefaultWall
	WaitUntil time.Duration // for promises under waitUntil, after the response; default DefaultWaitUntil
	Memory    int64         // bytes that the process's heap may come to; 0: nobody judges it. Sets the collector's limit (GOMEMLIMIT), too
	Threads   bool          // GOMAXPROCS follows the number of Workers that compute
	// Evidence is kept of what runs, for whoever finds the process dead. May be nil.
	Evidence *Evidence
}

// Evidence says where it is written which versions run.
type Evidence struct {
	// Running has the numbers of the versions whose turns are under way, zeros beside them: memory that another process can read.
	Running []atomic.Uint64
	// Number gives the number of a version, not 0. It is called once for each script, on any goroutine.
	Number func(version string) uint64
}

// Label is the name of the profiler's label that a goroutine has whose last turn was one of a version, where there is Evidence. With
// GODEBUG=tracebacklabels=1 Go's fatal traces show it.
const Label = "bindery-version"

// evidence is what stands for a script where evidence is kept.
type evidence struct {
	number uint64
	label  context.Context
}

// evidence makes it once.
func (s *Script) evidence() *evidence {
	if s.Guard == nil || s.Guard.options.Evidence == nil || s.Version == "" {
		return nil
	}
	s.known.Do(func() {
		s.stands = &evidence{
			number: s.Guard.options.Evidence.Number(s.Version),
			label:  pprof.WithLabels(context.Background(), pprof.Labels(Label, s.Version)),
		}
	})
	return s.stands
}

// labelled has the goroutine's label be that of iso's version, where evidence is kept. It stays when the turn is over: what happens next, as the
// sending of a response, follows from it.
func (iso *Isolate) labelled() {
	if iso.stands != nil {
		pprof.SetGoroutineLabels(iso.stands.label)
	}
}

// NewGuard starts a watchdog. Close ends it.
func NewGuard(o GuardOptions) *Guard {
	if o.Wall == 0 {
		o.Wall = DefaultWall
	}
	if o.WaitUntil == 0 {
		o.WaitUntil = DefaultWaitUntil
	}
	watch := watchdog.Options{Memory: o.Memory, Threads: o.Threads}
	if o.Evidence != nil {
		watch.Running = o.Evidence.Running
	}
	w := watchdog.New(watch)
	g := &Guard{watchdog: w, options: o, response: w.Deadlines(o.Wall), waitUntil: w.Deadlines(o.WaitUntil), undo: func() {}}
	if o.Memory > 0 {
		g.undo = watchdog.LimitProcess(o.Memory)
	}
	return g
}

// Close ends the watch. It returns when its goroutine has ended.
func (g *Guard) Close() {
	g.watchdog.Close()
	g.undo()
}

// watched is an isolate as the watchdog sees it.
type watched Isolate

var _ watchdog.Subject = (*watched)(nil)

// Interrupt implements watchdog.Subject.
func (iso *watched) Interrupt(cause error) {
	iso.Realm.VM.Interrupt(cause)
	iso.meter.Interrupt()
}

// Charged implements watchdog.Subject.
func (iso *watched) Charged() int64 { return iso.meter.Charged() }

// Retire implements watchdog.Subject: the pool drops the isolate, and what is under way in it goes on.
func (iso *watched) Retire(why string) {
	if iso.retired.Swap(true) {
		return
	}
	go iso.pool.remove((*Isolate)(iso))
	if o := iso.Script.Observer; o != nil {
		o.Console(iso.Script.Worker, nil, webidl.LogEntry{Level: "warn", Text: "isolate retired: " + why})
	}
}

// Lose implements watchdog.Subject.
func (iso *watched) Lose(cause error) {
	iso.retired.Store(true)
	iso.strand.Post(func() {
		if iso.lost == nil {
			(*Isolate)(iso).condemn(nil, cause)
		}
	})
}

// entry is Realm.Enter as work that the watchdog knows the owner of.
type entry struct {
	realm *webidl.Realm
	inv   *invocation.Invocation
	task  func()
	err   error
}

// Do implements watchdog.Work.
func (e *entry) Do() { e.err = e.realm.Enter(e.inv, e.task) }

// begin puts a new isolate under the guard of its script.
func (iso *Isolate) begin(load *watchdog.Load) {
	s := iso.Script
	iso.guard = s.Guard
	if s.Guard == nil {
		iso.watch.Init(nil, nil, watchdog.Limits{}, nil)
		return
	}
	l := watchdog.Limits{CPU: s.Limits.CPU, Startup: s.Limits.Startup, Memory: s.Limits.Memory}
	if l.CPU == 0 {
		l.CPU = DefaultCPU
	}
	if l.Startup == 0 {
		l.Startup = DefaultStartup
	}
	if l.Memory == 0 {
		l.Memory = DefaultMemory
	}
	iso.watch.Init(s.Guard.watchdog, (*watched)(iso), l, load)
	if iso.stands = s.evidence(); iso.stands != nil {
		iso.watch.Mark(iso.stands.number)
	}
}

// awaitResponse gives a call that waits its deadline.
func (g *Guard) awaitResponse(c *call) {
	if g != nil {
		c.deadline.Expire = c.expire
		g.response.Add(&c.deadline)
	}
}

// answered takes the deadline of a call back.
func (g *Guard) answered(c *call) {
	if g != nil && c.deadline.Expire != nil {
		g.response.Remove(&c.deadline)
	}
}

// awaitTurn gives a job that waits for an isolate as much time.
func (g *Guard) awaitTurn(j *waitingJob) {
	if g != nil {
		j.deadline.Expire = func() { go refuse(j.inv, j, watchdog.WallTimeError(g.options.Wall)) }
		g.response.Add(&j.deadline)
	}
}

// begun takes the deadline of a job that waited back.
func (g *Guard) begun(j *waitingJob) {
	if g != nil {
		g.response.Remove(&j.deadline)
	}
}

// expire ends a call that has waited for too long.
func (c *call) expire() {
	cause := watchdog.WallTimeError(c.iso.guard.options.Wall)
	c.iso.Post(nil, func() {
		c.fail(cause)
		c.inv.Abort(cause)
	})
}

// release gives back one hold of inv, whose handler has answered: what still goes on is given its deadline.
func (iso *Isolate) release(inv *invocation.Invocation) {
	if inv.Release() || iso.guard == nil || !inv.Linger() {
		return
	}
	w := &wait{iso: iso, inv: inv}
	w.deadline.Expire = w.expire
	iso.guard.waitUntil.Add(&w.deadline)
	inv.OnEnd(func() { iso.guard.waitUntil.Remove(&w.deadline) })
}

// wait is the deadline of what an invocation left under waitUntil.
type wait struct {
	iso      *Isolate
	inv      *invocation.Invocation
	deadline watchdog.Deadline
}

// expire ends the promises under waitUntil, unless the response is still being sent: then their time has not begun.
func (w *wait) expire() {
	if w.inv.Streaming(0) > 0 {
		w.iso.guard.waitUntil.Add(&w.deadline)
		return
	}
	cause := watchdog.WaitUntilError(w.iso.guard.options.WaitUntil)
	w.iso.Post(nil, func() {
		for c, next := w.iso.open, (*call)(nil); c != nil; c = next {
			next = c.next
			if c.inv == w.inv {
				c.fail(cause)
			}
		}
	})
}
