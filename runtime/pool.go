package runtime

import (
	"errors"
	"fmt"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/watchdog"
)

// DefaultIdle is how long an isolate beyond the first may lie unused before its pool drops it.
const DefaultIdle = 30 * time.Second

// PoolOptions bound a pool. The zero value means the defaults.
type PoolOptions struct {
	Max  int           // isolates at most; default twice GOMAXPROCS
	Idle time.Duration // default DefaultIdle
	// Queue is how many calls may wait for an isolate; those beyond it fail with ErrOverloaded at once. Default DefaultQueue.
	Queue int
	// Long is how many isolates may be running script for long at once (longer than watchdog.LongTurn): further calls wait, so that a Worker
	// that computes leaves processors to the others. Default half of GOMAXPROCS, at least 1. Needs a Guard.
	Long int
}

// DefaultQueue is how many calls may wait for an isolate of one pool.
const DefaultQueue = 1000

// ErrOverloaded ends a call that would have had to wait behind too many others.
var ErrOverloaded = errors.New("the Worker is overloaded: too many requests are waiting for it")

// Pool is the isolates of one link. It has none until the first job, gets another when a job finds all of them busy, up to its
// limit, and drops those that lie idle, all but one. Its methods may be called from any goroutine. A pool that nobody refers to any more
// is simply collected once its last call has ended.
type Pool struct {
	Script *Script

	options PoolOptions
	running watchdog.Load
	waiting atomic.Int32 // calls that wait for an isolate

	isolates atomic.Pointer[[]*Isolate] // replaced, never changed, under mu

	mu       sync.Mutex
	loading  int        // guarded by mu: isolates being made
	early    []earlyJob // guarded by mu: jobs that wait for the first of these
	shrinker bool       // guarded by mu: a timer is running
}

// NewPool makes an empty pool.
func NewPool(s *Script, o PoolOptions) *Pool {
	if o.Max <= 0 {
		o.Max = 2 * goruntime.GOMAXPROCS(0)
	}
	if o.Idle <= 0 {
		o.Idle = DefaultIdle
	}
	if o.Queue <= 0 {
		o.Queue = DefaultQueue
	}
	if o.Long <= 0 {
		o.Long = max(goruntime.GOMAXPROCS(0)/2, 1)
	}
	p := &Pool{Script: s, options: o}
	p.isolates.Store(&[]*Isolate{})
	return p
}

// Do runs job in one of the pool's isolates, in the name of inv, one hold of which it gives back when the job has finished. If an isolate
// is free, or one may be added, the handler runs on the caller's goroutine before Do returns.
func (p *Pool) Do(inv *invocation.Invocation, job Job) {
	isolates := *p.isolates.Load()
	if p.full(isolates) && p.waitBehind(isolates, inv, job) {
		return
	}
	for _, iso := range isolates {
		if iso.strand.TryAcquire() {
			p.runHeld(iso, inv, job)
			return
		}
	}
	iso, err := p.grow()
	switch {
	case err != nil:
		refuse(inv, job, err)
	case iso != nil:
		p.runHeld(iso, inv, job)
	default:
		p.queue(inv, job)
	}
}

// DoFrom is Do for a job that script of caller asks for, on its goroutine: the time that the job takes is not caller's. Where the pool's
// Worker computes, or did within a minute, the job runs on a goroutine of its own: caller's isolate, with all that goes on in it, need not wait.
func (p *Pool) DoFrom(caller *Isolate, inv *invocation.Invocation, job Job) {
	if caller == nil {
		p.Do(inv, job)
		return
	}
	if p.running.Computed() {
		go p.Do(inv, job)
		return
	}
	caller.watch.Call()
	p.Do(inv, job)
	caller.watch.Return()
	caller.labelled()
}

// full reports whether the Worker has as many processors as it may: by its long turns, or, where it had some of late, by all of its turns,
// since those that begin at one time become long at one time.
func (p *Pool) full(isolates []*Isolate) bool {
	if p.running.Long() >= p.options.Long {
		return true
	}
	if !p.running.Computes() {
		return false
	}
	held := 0
	for _, iso := range isolates {
		if iso.strand.Held() {
			held++
		}
	}
	return held >= p.options.Long
}

// waitBehind queues job on an isolate that is running; false if none is.
func (p *Pool) waitBehind(isolates []*Isolate, inv *invocation.Invocation, job Job) bool {
	var best *Isolate
	for _, iso := range isolates {
		if iso.strand.Held() && (best == nil || iso.strand.Waiting() < best.strand.Waiting()) {
			best = iso
		}
	}
	if best != nil {
		p.enqueue(best, inv, job)
	}
	return best != nil
}

// queue has job run in the isolate with the shortest queue. While all of the pool's isolates are still being loaded, it waits for one of them.
func (p *Pool) queue(inv *invocation.Invocation, job Job) {
	if p.waitBehind(*p.isolates.Load(), inv, job) {
		return
	}
	if list := *p.isolates.Load(); len(list) > 0 {
		p.enqueue(list[0], inv, job)
		return
	}
	if job = p.admit(inv, job); job == nil {
		return
	}
	p.mu.Lock()
	waits := p.loading > 0 && len(*p.isolates.Load()) == 0
	if waits {
		p.early = append(p.early, earlyJob{inv, job})
	}
	p.mu.Unlock()
	if !waits { // one was loaded or given up since
		p.Do(inv, job)
	}
}

// earlyJob is a job that came before there was an isolate.
type earlyJob struct {
	inv *invocation.Invocation
	job Job
}

// enqueue has job wait for iso, if the queue has room.
func (p *Pool) enqueue(iso *Isolate, inv *invocation.Invocation, job Job) {
	if job = p.admit(inv, job); job != nil {
		p.DoIn(iso, inv, job)
	}
}

// admit gives job a place in the queue; nil, and job has failed, if there is none. One that waited for an isolate that was lost has its place already.
func (p *Pool) admit(inv *invocation.Invocation, job Job) Job {
	if _, waits := job.(*waitingJob); waits {
		return job
	}
	if int(p.waiting.Add(1)) > p.options.Queue {
		p.waiting.Add(-1)
		refuse(inv, job, fmt.Errorf("%w (%q: %d)", ErrOverloaded, p.Script.Worker, p.options.Queue))
		return nil
	}
	j := &waitingJob{Job: job, pool: p, inv: inv}
	p.Script.Guard.awaitTurn(j)
	return j
}

// refuse ends a job that does not begin.
func refuse(inv *invocation.Invocation, job Job, err error) {
	if j, waits := job.(*waitingJob); waits {
		if !j.leave() {
			return
		}
		job = j.Job
	}
	job.Failed(err)
	inv.Release()
}

// waitingJob is a job in a pool's queue.
type waitingJob struct {
	Job
	pool     *Pool
	inv      *invocation.Invocation
	deadline watchdog.Deadline
	left     atomic.Bool
}

// leave takes the job out of the queue, to begin or to fail. It is false if another has.
func (j *waitingJob) leave() bool {
	if !j.left.CompareAndSwap(false, true) {
		return false
	}
	j.pool.waiting.Add(-1)
	j.pool.Script.Guard.begun(j)
	return true
}

// DoIn queues job on one particular isolate of this pool, never on the caller's goroutine.
func (p *Pool) DoIn(iso *Isolate, inv *invocation.Invocation, job Job) {
	iso.strand.Post(func() {
		if iso.lost != nil {
			go p.Do(inv, job)
			return
		}
		iso.run(inv, job)
		p.dropIfSpent(iso)
	})
}

// runHeld runs job in iso, whose strand the caller holds.
func (p *Pool) runHeld(iso *Isolate, inv *invocation.Invocation, job Job) {
	if iso.lost != nil || iso.retired.Load() {
		p.remove(iso)
		iso.strand.Release()
		p.Do(inv, job)
		return
	}
	iso.run(inv, job)
	p.dropIfSpent(iso)
	iso.strand.Release()
}

func (p *Pool) dropIfSpent(iso *Isolate) {
	if iso.lost != nil || iso.retired.Load() {
		p.remove(iso)
	}
}

// grow makes one more isolate and returns it with its strand held; nil if the pool is full.
func (p *Pool) grow() (*Isolate, error) {
	p.mu.Lock()
	if len(*p.isolates.Load())+p.loading >= p.options.Max {
		p.mu.Unlock()
		return nil, nil
	}
	p.loading++
	p.mu.Unlock()

	iso, err := p.load()
	for _, e := range p.loaded(iso, err) {
		switch {
		case err == nil:
			p.DoIn(iso, e.inv, e.job)
		case p.Size() > 0:
			go p.Do(e.inv, e.job)
		default:
			refuse(e.inv, e.job, err)
		}
	}
	if err != nil {
		return nil, err
	}
	return iso, nil
}

// loaded adds an isolate that was loaded, and gives the jobs that waited for it: a fair part where more are being loaded, and all if none came of it nor can come of
// another.
func (p *Pool) loaded(iso *Isolate, err error) (early []earlyJob) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.loading--
	n := (len(p.early) + p.loading) / (p.loading + 1)
	if err != nil && p.loading > 0 {
		n = 0
	}
	early, p.early = p.early[:n:n], p.early[n:]
	if err != nil {
		return early
	}
	old := *p.isolates.Load()
	list := append(make([]*Isolate, 0, len(old)+1), old...)
	list = append(list, iso)
	p.isolates.Store(&list)
	if len(list) > 1 && !p.shrinker {
		p.shrinker = true
		p.shrinkLater()
	}
	return early
}

func (p *Pool) remove(iso *Isolate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []*Isolate
	for _, other := range *p.isolates.Load() {
		if other != iso {
			list = append(list, other)
		}
	}
	p.isolates.Store(&list)
}

// shrinkLater has shrink called once isolates may have been idle for long enough. The timer does not keep the pool.
func (p *Pool) shrinkLater() {
	kept := weak.Make(p)
	time.AfterFunc(p.options.Idle, func() {
		if p := kept.Value(); p != nil {
			p.shrink()
		}
	})
}

// shrink drops idle isolates, from the end of the list since jobs are given to its beginning, and keeps at least one.
func (p *Pool) shrink() {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := append([]*Isolate(nil), *p.isolates.Load()...)
	limit := time.Now().Add(-p.options.Idle).UnixNano()
	for len(list) > 1 {
		last := list[len(list)-1]
		if last.lastUsed.Load() > limit || !last.strand.TryAcquire() {
			break
		}
		quiet := last.open == nil && last.pending.Load() == 0
		last.strand.Release()
		if !quiet {
			break
		}
		list = list[:len(list)-1]
	}
	p.isolates.Store(&list)
	p.shrinker = len(list) > 1
	if p.shrinker {
		p.shrinkLater()
	}
}

// Size is the number of isolates now.
func (p *Pool) Size() int { return len(*p.isolates.Load()) }

// Long is how many of the isolates have been running script for long.
func (p *Pool) Long() int { return p.running.Long() }

// Warm makes sure that the pool has an isolate, which runs the script's top-level code. Errors: what the code threw, as
// *webidl.Thrown within a *LoadError.
func (p *Pool) Warm() error {
	if p.Size() > 0 {
		return nil
	}
	iso, err := p.grow()
	if iso != nil {
		iso.strand.Release()
	}
	return err
}

// LoadError says that a script's top-level code failed.
type LoadError struct {
	Worker string
	Err    error
}

func (e *LoadError) Error() string { return fmt.Sprintf("load Worker %q: %v", e.Worker, e.Err) }

// Unwrap gives the cause.
func (e *LoadError) Unwrap() error { return e.Err }
