package watchdog

import (
	"fmt"
	"runtime"
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
)

// gate stands before large allocations, which can take the process beyond its ceiling between two looks. Where there is little room, who
// asks waits for a collection, so that garbage does not pile up faster than it is found; where there is none he gets nothing.
type gate struct {
	ceiling int64
	read    func() heap
	collect func()

	mu     sync.Mutex
	grants []grant // guarded by mu: those not yet seen in the heap
	since  int64   // guarded by mu: bytes granted since the last collection here
}

type grant struct {
	at    time.Time
	bytes int64
}

func newGate(ceiling int64) *gate {
	return &gate{ceiling: ceiling, read: readHeap, collect: runtime.GC}
}

// reserve asks for bytes. It returns "" if they are granted, else what was seen.
func (g *gate) reserve(now time.Time, bytes int64) (refused string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.grants) > 0 && now.Sub(g.grants[0].at) > grantTime {
		g.grants = g.grants[1:]
	}
	after := func() int64 {
		sum := g.read().inUse + bytes
		for _, o := range g.grants {
			sum += o.bytes
		}
		return sum
	}
	if g.since += bytes; float64(after()) > roomShare*float64(g.ceiling) && g.since >= collectEach {
		g.collect()
		g.since = 0
		g.grants = nil
	}
	if sum := after(); bytes >= leastBlame && float64(sum) > emergencyShare*float64(g.ceiling) {
		return fmt.Sprintf("it asked for %s where %s of %s were in use", size(bytes), size(sum-bytes), size(g.ceiling))
	}
	g.grants = append(g.grants, grant{now, bytes})
	return ""
}

// Reserve asks for bytes that a native function is about to allocate for the turn; for less than LargeAllocation there is no need to. It may wait for
// a collection. If the process has no room for them the turn is interrupted, and the error says so.
func (r *Runner) Reserve(bytes int64) error {
	if r.w == nil || r.w.gate == nil || bytes < LargeAllocation {
		return nil
	}
	refused := r.w.gate.reserve(r.w.now(), bytes)
	if refused == "" {
		return nil
	}
	cause := memoryError(refused)
	r.claim(r.state.Load()>>phaseBits, cause)
	return cause
}
