package watchdog

import (
	"fmt"
	"sync"
	"time"
)

const (
	// LargeAllocation is from how many bytes on an allocation is asked for by Reserve.
	LargeAllocation = 1 << 20
	// roomShare is the part of what the process may have up to which large allocations are granted without a question.
	roomShare = 0.70
	// collectEach is how many bytes of large allocations are granted beyond that for each collection.
	collectEach = 32 << 20
	// grantTime is after what time what was granted is taken to be allocated, and so counted in the heap.
	grantTime = 50 * time.Millisecond
	// mostUnseen is how many times the limit of its memory a subject is given in large allocations before it is known what of them it holds.
	mostUnseen = 2
	// pausePoll is how often a turn that waits sees whether it still must.
	pausePoll = time.Millisecond
)

// gate stands before large allocations, which can take the process beyond its ceiling between two looks. Where there is little room, who
// asks waits for a collection, so that garbage does not pile up faster than it is found; where there is none he gets nothing.
type gate struct {
	ceiling int64
	read    func() heap
	collect func()

	mu         sync.Mutex
	grants     []grant     // guarded by mu: those not yet seen in the heap
	since      int64       // guarded by mu: bytes granted since the last collection here
	collection *collection // guarded by mu: that under way, nil if there is none
}

type grant struct {
	at    time.Time
	bytes int64
}

// collection is one that turns wait for.
type collection struct{ ended chan struct{} }

func (c *collection) over() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

func newGate(ceiling int64) *gate {
	return &gate{ceiling: ceiling, read: readHeap, collect: collect}
}

// reserve asks for bytes. It returns "" if they are granted, else what was seen. Where they must wait for a collection, wait does so until over;
// if that is false the turn ends, and whatever reserve returns means nothing.
func (g *gate) reserve(now func() time.Time, bytes int64, wait func(over func() bool) bool) (refused string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.since += bytes; float64(g.after(now(), bytes)) > roomShare*float64(g.ceiling) && g.since >= collectEach {
		c := g.begin()
		g.mu.Unlock()
		goOn := wait(c.over)
		g.mu.Lock()
		if !goOn {
			return ""
		}
	}
	if sum := g.after(now(), bytes); bytes >= leastBlame && float64(sum) > emergencyShare*float64(g.ceiling) {
		return fmt.Sprintf("it asked for %s where %s of %s were in use", size(bytes), size(sum-bytes), size(g.ceiling))
	}
	g.grants = append(g.grants, grant{now(), bytes})
	return ""
}

// after is how many bytes are in use once so many more are. The caller holds mu.
func (g *gate) after(now time.Time, bytes int64) int64 {
	for len(g.grants) > 0 && now.Sub(g.grants[0].at) > grantTime {
		g.grants = g.grants[1:]
	}
	sum := g.read().inUse + bytes
	for _, o := range g.grants {
		sum += o.bytes
	}
	return sum
}

// begin begins a collection if none is under way. All who ask meanwhile wait for the same. The caller holds mu.
func (g *gate) begin() *collection {
	if g.collection != nil {
		return g.collection
	}
	c := &collection{ended: make(chan struct{})}
	g.collection = c
	go func() {
		g.collect()
		g.mu.Lock()
		g.since, g.grants, g.collection = 0, nil, nil
		g.mu.Unlock()
		close(c.ended)
	}()
	return c
}

// settle waits until no collection is under way.
func (g *gate) settle() {
	if g == nil {
		return
	}
	g.mu.Lock()
	c := g.collection
	g.mu.Unlock()
	if c != nil {
		<-c.ended
	}
}

// Reserve asks for bytes that a native function is about to allocate for the turn; for less than LargeAllocation there is no need to. It may wait for
// a collection, or until it is known what the subject holds of what it was given before. If the process has no room for them the turn is
// interrupted, and the error says so; it says why the turn ends, too, if that was interrupted while it waited.
func (r *Runner) Reserve(bytes int64) error {
	if r.w == nil || bytes < LargeAllocation {
		return nil
	}
	if judged := r.judged.Load(); judged != r.askedSince {
		r.askedSince, r.asked = judged, 0
	}
	r.asked += bytes
	if limit := r.limits.Memory; limit > 0 && r.asked > mostUnseen*limit && !r.pause(func() bool { return r.judged.Load() != r.askedSince }) {
		return r.cause
	}
	if r.w.gate == nil {
		return nil
	}
	refused := r.w.gate.reserve(r.w.now, bytes, r.pause)
	if r.state.Load()&phaseMask == interrupted {
		return r.cause
	}
	if refused == "" {
		return nil
	}
	cause := memoryError(refused)
	r.claim(r.state.Load()>>phaseBits, cause)
	return cause
}

// pause has the turn wait until over, on its goroutine: what passes meanwhile is not CPU time of the turn. It is false if the turn has been
// interrupted instead.
func (r *Runner) pause(over func() bool) bool {
	r.paused.Store(true)
	defer r.paused.Store(false)
	tick := time.NewTicker(pausePoll)
	defer tick.Stop()
	for !over() {
		select {
		case <-r.w.done: // nobody looks any more
			return true
		case <-tick.C:
		}
		if r.state.Load()&phaseMask == interrupted {
			return false
		}
	}
	return true
}
