package watchdog

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"sync/atomic"
	"weak"
)

// How the heap is judged, as shares of what the process may have.
const (
	leakShare      = 0.60 // live after a collection: those who hold most are retired
	leakTarget     = 0.40 // down to this, as far as the estimates go
	emergencyShare = 0.90 // in use, garbage included: the one that allocates most is ended at once
	softShare      = 0.80 // the collector's own limit: it works as hard as it can before anybody is judged
	// blameShare is the part of the heap's growth, and of what all that run allocated, that must be one turn's to blame it for a breach
	// of its own limit.
	blameShare = 0.75
	// leastBlame is how many bytes a turn must have allocated to be ended in an emergency.
	leastBlame = 16 << 20
)

// heap is a look at the process's heap, in bytes.
type heap struct {
	inUse     int64 // objects, garbage that is not swept yet included
	live      int64 // what the last collection found
	allocated int64 // ever
	cycles    int64 // collections finished
}

// memory judges who is to blame for the heap's growth. What one turn allocates can only be estimated: what native functions charged
// is known, and what else the heap grew by between two looks is shared out among those that ran.
type memory struct {
	ceiling int64
	read    func() heap
	collect func(collect func()) // starts a collection; collecting is true until it has ended

	collecting *atomic.Bool
	last       heap
	ran        int                    // how many ran at the last look
	known      []weak.Pointer[Runner] // that ever ran at a look: who may be retired
	compactAt  int                    // how many known ones make it worth looking for those that are gone
	verdictAt  int64                  // the cycle after which the next verdict may be given
	checking   bool                   // a collection was asked for because of suspects
}

func newMemory(ceiling int64) memory {
	m := memory{ceiling: ceiling, read: readHeap, collecting: new(atomic.Bool), compactAt: 1024}
	flag := m.collecting
	m.collect = func(collect func()) {
		if flag.CompareAndSwap(false, true) {
			go func() {
				defer flag.Store(false)
				collect()
			}()
		}
	}
	return m
}

// busy reports whether something is left to judge though nothing runs.
func (m *memory) busy() bool { return m.checking || m.collecting.Load() }

// begin notes the heap as a turn begins.
func (m *memory) begin(r *Runner) {
	r.turnBytes, r.liveThen, r.fresh = 0, m.last.live, true
	r.charged = r.subject.Charged()
	if !r.listed && m.ceiling > 0 {
		r.listed = true
		m.known = append(m.known, weak.Make(r))
		if len(m.known) >= m.compactAt {
			m.known = slices.DeleteFunc(m.known, func(k weak.Pointer[Runner]) bool { return k.Value() == nil })
			m.compactAt = 2*len(m.known) + 1024
		}
	}
}

// look shares out what was allocated since the last look, and judges.
func (m *memory) look(active []*Runner) {
	if len(active) == 0 && !m.busy() {
		return
	}
	h := m.read()
	grown := h.allocated - m.last.allocated
	m.last = h
	m.attribute(active, grown)
	m.judgeTurns(active, h)
	m.judgeHeap(active, h)
}

// attribute shares out what the heap grew by. Nobody knows whether a turn that is seen for the first time began before or after that: it
// gets none of it. Those that ran at the last look and have ended since may have had their part.
func (m *memory) attribute(active []*Runner, grown int64) {
	seen := 0
	for _, r := range active {
		now := r.subject.Charged()
		bytes := now - r.charged
		r.charged = now
		r.turnBytes += bytes
		r.total += bytes
		grown -= bytes
		if !r.fresh {
			seen++
		}
	}
	share := max(grown, 0) / int64(max(seen, m.ran, 1))
	m.ran = len(active)
	for _, r := range active {
		if !r.fresh {
			r.turnBytes += share
			r.total += share
		}
		r.fresh = false
	}
}

// judgeTurns ends a turn that has come to hold more than its Worker may: one that allocated more, when a collection shows that it was
// not garbage. Where several allocated much, none is told from the other, and their CPU limits must do.
func (m *memory) judgeTurns(active []*Runner, h heap) {
	var suspect *Runner
	var sum int64
	for _, r := range active {
		sum += r.turnBytes
		if r.limits.Memory > 0 && r.turnBytes > r.limits.Memory && (suspect == nil || r.turnBytes > suspect.turnBytes) {
			suspect = r
		}
	}
	if suspect == nil {
		m.checking = false
		return
	}
	if !m.checking {
		m.checking = true
		m.collect(runtime.GC)
		return
	}
	if m.collecting.Load() {
		return
	}
	m.checking = false
	grown := h.live - suspect.liveThen
	if float64(grown) >= blameShare*float64(suspect.limits.Memory) && float64(suspect.turnBytes) >= blameShare*float64(sum) {
		m.end(suspect, h, fmt.Sprintf("it allocated some %s in one turn, and the heap grew by %s meanwhile; limit: %s",
			size(suspect.turnBytes), size(grown), size(suspect.limits.Memory)))
		return
	}
	// It was garbage, or most of it: a list that doubles leaves half of what it takes behind. What is held counts from the turn's beginning.
	for _, r := range active {
		r.turnBytes = 0
	}
}

// judgeHeap sees that the process keeps within its ceiling.
func (m *memory) judgeHeap(active []*Runner, h heap) {
	if m.ceiling <= 0 || h.cycles < m.verdictAt {
		return
	}
	if float64(h.inUse) > emergencyShare*float64(m.ceiling) {
		if worst := slices.MaxFunc(append(active, nil), byTurn); worst != nil && worst.turnBytes >= leastBlame {
			m.end(worst, h, fmt.Sprintf("the heap came to %s of %s, and of what runs it allocated most: some %s in one turn",
				size(h.inUse), size(m.ceiling), size(worst.turnBytes)))
			return
		}
	}
	if float64(h.live) > leakShare*float64(m.ceiling) {
		m.retire(h)
	}
}

func byTurn(a, b *Runner) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return int(a.turnBytes - b.turnBytes)
}

// end interrupts a turn because of its memory.
func (m *memory) end(r *Runner, h heap, seen string) {
	if r.claim(r.seen, memoryError(seen)) {
		r.total = 0
		m.pause(h)
	}
}

// retire has those who allocated most over their lives take no more work: what they keep is freed when their calls have ended.
func (m *memory) retire(h heap) {
	var list []*Runner
	for _, k := range m.known {
		if r := k.Value(); r != nil && r.total > 0 {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *Runner) int { return int(b.total - a.total) })
	excess := h.live - int64(leakTarget*float64(m.ceiling))
	for _, r := range list {
		if excess <= 0 {
			break
		}
		r.subject.Retire(fmt.Sprintf("the heap holds %s of %s, and this isolate allocated some %s in its life", size(h.live), size(m.ceiling), size(r.total)))
		excess -= r.total
		r.total = 0
	}
	m.pause(h)
}

// pause lets a collection show what a verdict brought before the next one is given.
func (m *memory) pause(h heap) {
	m.collect(debug.FreeOSMemory) // a collection whose pages go back to the system
	m.verdictAt = h.cycles + 2
}

func size(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d KB", bytes>>10)
	}
	return fmt.Sprintf("%d MB", bytes>>20)
}

var samples = []string{
	"/memory/classes/heap/objects:bytes",
	"/gc/heap/live:bytes",
	"/gc/heap/allocs:bytes",
	"/gc/cycles/total:gc-cycles",
}

// readHeap is called on one goroutine at a time.
func readHeap() heap {
	s := make([]metrics.Sample, len(samples))
	for i, name := range samples {
		s[i].Name = name
	}
	metrics.Read(s)
	return heap{
		inUse: int64(s[0].Value.Uint64()), live: int64(s[1].Value.Uint64()),
		allocated: int64(s[2].Value.Uint64()), cycles: int64(s[3].Value.Uint64()),
	}
}

// LimitProcess sets the collector's limit for a process that may take total bytes, below where anybody is judged, and returns a function
// that undoes it. Pass total as Options.Memory.
func LimitProcess(total int64) (undo func()) {
	previous := debug.SetMemoryLimit(int64(softShare * float64(total)))
	return func() { debug.SetMemoryLimit(previous) }
}
