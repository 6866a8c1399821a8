package runtime

import (
	"fmt"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/watchdog"
)

// DefaultIdle is how long an isolate beyond the first may lie unused before its pool drops it.
const DefaultIdle = 30 * time.Second

// PoolOptions bound a pool. The zero value means the defaults.
type PoolOptions struct {
	Max  int           // isolates at most; default twice GOMAXPROCS
	Idle time.Duration // default DefaultIdle
}

// Pool is the isolates of one link. It has none until the first job, gets another when a job finds all of them busy, up to its
// limit, and drops those that lie idle, all but one. Its methods may be called from any goroutine. A pool that nobody refers to any more
// is simply collected once its last call has ended.
type Pool struct {
	Script *Script

	max  int
	idle time.Duration
	load watchdog.Load

	isolates atomic.Pointer[[]*Isolate] // replaced, never changed, under mu

	mu       sync.Mutex
	loading  int  // guarded by mu: isolates being made
	shrinker bool // guarded by mu: a timer is running
}

// NewPool makes an empty pool.
func NewPool(s *Script, o PoolOptions) *Pool {
	if o.Max <= 0 {
		o.Max = 2 * goruntime.GOMAXPROCS(0)
	}
	if o.Idle <= 0 {
		o.Idle = DefaultIdle
	}
	p := &Pool{Script: s, max: o.Max, idle: o.Idle}
	p.isolates.Store(&[]*Isolate{})
	return p
}

// Do runs job in one of the pool's isolates, in the name of inv, one hold of which it gives back when the job has finished. If an isolate
// is free, or one may be added, the handler runs on the caller's goroutine before Do returns.
func (p *Pool) Do(inv *invocation.Invocation, job Job) {
	isolates := *p.isolates.Load()
	for _, iso := range isolates {
		if iso.strand.TryAcquire() {
			p.runHeld(iso, inv, job)
			return
		}
	}
	iso, err := p.grow()
	switch {
	case err != nil:
		job.Failed(err)
		inv.Release()
	case iso != nil:
		p.runHeld(iso, inv, job)
	default:
		p.queue(inv, job)
	}
}

// DoFrom is Do for a job that script of caller asks for, on its goroutine: the time that the job takes is not caller's.
func (p *Pool) DoFrom(caller *Isolate, inv *invocation.Invocation, job Job) {
	if caller == nil {
		p.Do(inv, job)
		return
	}
	caller.watch.Call()
	p.Do(inv, job)
	caller.watch.Return()
}

// queue has job run in the isolate with the shortest queue. While all of the pool's isolates are still being loaded by others it makes one
// more, beyond the limit, rather than wait.
func (p *Pool) queue(inv *invocation.Invocation, job Job) {
	var best *Isolate
	for _, iso := range *p.isolates.Load() {
		if best == nil || iso.strand.Waiting() < best.strand.Waiting() {
			best = iso
		}
	}
	if best != nil {
		p.DoIn(best, inv, job)
		return
	}
	iso, err := load(p.Script, &p.load)
	if err != nil {
		job.Failed(err)
		inv.Release()
		return
	}
	p.runHeld(iso, inv, job)
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
	if len(*p.isolates.Load())+p.loading >= p.max {
		p.mu.Unlock()
		return nil, nil
	}
	p.loading++
	p.mu.Unlock()

	iso, err := load(p.Script, &p.load)

	p.mu.Lock()
	defer p.mu.Unlock()
	p.loading--
	if err != nil {
		return nil, err
	}
	old := *p.isolates.Load()
	list := append(make([]*Isolate, 0, len(old)+1), old...)
	list = append(list, iso)
	p.isolates.Store(&list)
	if len(list) > 1 && !p.shrinker {
		p.shrinker = true
		time.AfterFunc(p.idle, p.shrink)
	}
	return iso, nil
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

// shrink drops idle isolates, from the end of the list since jobs are given to its beginning, and keeps at least one.
func (p *Pool) shrink() {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := append([]*Isolate(nil), *p.isolates.Load()...)
	limit := time.Now().Add(-p.idle).UnixNano()
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
		time.AfterFunc(p.idle, p.shrink)
	}
}

// Size is the number of isolates now.
func (p *Pool) Size() int { return len(*p.isolates.Load()) }

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
