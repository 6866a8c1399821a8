package watchdog

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"sync"
	"sync/atomic"
	"weak"
)

// How the heap is judged, as shares of what the process may have.
const (
	softShare      = 0.80 // the collector's own limit: it works as hard as it can before anybody is judged
	leakShare      = 0.60 // live after a collection: those who hold most are retired
	leakTarget     = 0.40 // down to this
	emergencyShare = 0.90 // in use, garbage included: those that held most at the last collection are ended at once
	lastShare      = 0.95 // and where nobody held much, those that are believed to have allocated most
	calmShare      = 0.75 // and no more of them while the heap is believed to come down below this
	// leastBlame is how many bytes a turn must have allocated, or hold, to be ended in an emergency.
	leastBlame = 16 << 20
	// unseen is by how many bytes what is live may grow before it is looked at whose that is.
	unseen = 48 << 20
	// mostStacks is how much memory the stacks of all goroutines may take while one that runs is not to blame for it. Go ends the process when a
	// single one comes to 1 GB, and grows them by doubling.
	mostStacks = 256 << 20
	// mostRecords is how much memory the samples of the heap's profile may take. Beyond it no more are taken: Go keeps them for ever.
	mostRecords = 64 << 20
)

// heap is a look at the process's heap, in bytes.
type heap struct {
	inUse     int64 // objects, garbage that is not swept yet included
	live      int64 // what the last collection found
	allocated int64 // ever
	cycles    int64 // collections finished
	records   int64 // of the profile
	stacks    int64 // of all goroutines
}

// memory judges who is to blame for the heap's growth. What a turn allocates is estimated at every look: what native functions charged
// is known, and what else the heap grew by is shared out among those that ran. An estimate is a suspicion; a census shows
// who holds what, and by it somebody is ended. Only where there is no time for a census is the suspicion enough.
type memory struct {
	ceiling int64
	read    func() heap
	count   func() (count, error)
	// inspect has collect called on another goroutine, which collects and takes a census; inspecting is true until it has ended.
	inspect func(collect func())

	inspecting *atomic.Bool
	inspectors sync.WaitGroup
	found      atomic.Pointer[finding]
	last       heap
	ran        int                    // how many ran at the last look
	known      []weak.Pointer[Runner] // that ever ran at a look
	compactAt  int                    // how many known ones make it worth looking for those that are gone
	liveThen   int64                  // at the last census, or the least since
	verdictAt  int64                  // the cycle after which leaks are looked for again
	credit     int64                  // what those ended in an emergency are believed to give back
	creditEnd  int64                  // the cycle by which they have
	evidence   census                 // what each held at the collector's last cycle; nil where that isn't known
	evidenceAt int64                  // that cycle
	stacksAt   int64                  // the cycle after which somebody is ended for stacks again
}

// finding is what a census found. held is nil where none could be taken.
type finding struct{ held census }

func newMemory(ceiling int64) *memory {
	m := &memory{ceiling: ceiling, read: readHeap, count: takeCount, inspecting: new(atomic.Bool), compactAt: 1024}
	m.inspect = func(collect func()) {
		if m.inspecting.CompareAndSwap(false, true) {
			m.inspectors.Go(func() {
				defer m.inspecting.Store(false)
				collect()
			})
		}
	}
	return m
}

// busy reports whether something is left to judge though nothing runs.
func (m *memory) busy() bool { return m.inspecting.Load() || m.found.Load() != nil }

// begin notes the heap as a turn begins.
func (m *memory) begin(r *Runner) {
	r.fresh = true
	r.charged = r.subject.Charged()
	r.restart(m.last)
	if !r.listed {
		r.listed = true
		m.known = append(m.known, weak.Make(r))
		if len(m.known) >= m.compactAt {
			m.known = slices.DeleteFunc(m.known, func(k weak.Pointer[Runner]) bool { return k.Value() == nil })
			m.compactAt = 2*len(m.known) + 1024
		}
	}
}

// restart has what a turn allocates count from now on.
func (r *Runner) restart(h heap) {
	r.turnBytes, r.turnCharged, r.liveThen, r.cyclesThen = 0, 0, h.live, h.cycles
	r.judged.Add(1)
}

// look shares out what was allocated since the last look, and judges.
func (m *memory) look(active []*Runner) {
	if len(active) == 0 && !m.busy() {
		return
	}
	h := m.read()
	grown := h.allocated - m.last.allocated
	m.last = h
	m.liveThen = min(m.liveThen, h.live)
	m.attribute(active, grown)
	if f := m.found.Swap(nil); f != nil {
		m.judge(active, h, f.held)
	}
	if m.suspicious(active, h) {
		m.inspect(m.collect)
	}
	m.rescue(active, h)
	m.judgeStacks(active, h)
}

// judgeStacks ends the turn that has been running for longest when a stack must have grown beyond all measure: the calls of script are counted, but not
// what natives that call natives take of it.
func (m *memory) judgeStacks(active []*Runner, h heap) {
	if h.stacks <= mostStacks || len(active) == 0 || h.cycles < m.stacksAt {
		return
	}
	m.stacksAt = h.cycles + 2 // the collector is who gives a stack back
	m.inspect(freeMemory)
	worst := slices.MaxFunc(active, func(a, b *Runner) int { return cmp.Compare(a.age, b.age) })
	worst.lose(memoryError(fmt.Sprintf("stacks came to %s, and its turn had been running for longest", size(h.stacks))))
}

// collect collects, and finds out who holds what is left. What is allocated while a collection marks survives it, garbage or not, and where the
// heap is large that is much: so if somebody seems to hold much, another collection shows what of it stays. One who holds what he makes anew all the
// time has nothing that stays: for him half of what he seems to hold, in both, counts.
func (m *memory) collect() {
	collect() // after it the profile has all that was allocated before
	f := &finding{}
	defer m.found.Store(f)
	first, err := m.count()
	if err != nil {
		return
	}
	f.held = first.held
	for _, bytes := range first.held {
		if bytes >= leastBlame {
			collect()
			if second, err := m.count(); err == nil {
				f.held = second.since(first)
				for number, bytes := range second.held {
					f.held[number] = max(f.held[number], min(bytes, first.held[number])/2)
				}
			}
			return
		}
	}
}

// freeMemory collects, and gives what is free back to the system.
func freeMemory() { collectBy(debug.FreeOSMemory) }

// attribute shares out what the heap grew by. Nobody knows whether a turn that is seen for the first time began before or after that: it
// gets none of it. Those that ran at the last look and have ended since may have had their part.
func (m *memory) attribute(active []*Runner, grown int64) {
	seen := 0
	for _, r := range active {
		now := r.subject.Charged()
		bytes := now - r.charged
		r.charged = now
		r.turnBytes += bytes
		r.turnCharged += bytes
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
		}
		r.fresh = false
	}
}

// suspicious reports whether it is worth a collection to see who holds what.
func (m *memory) suspicious(active []*Runner, h heap) bool {
	for _, r := range active {
		if r.limits.Memory <= 0 || r.turnBytes <= r.limits.Memory {
			continue
		}
		// What the collector found by itself meanwhile, in a cycle that began after the turn did, may show that it was garbage.
		if h.cycles >= r.cyclesThen+2 && h.live-r.liveThen < r.limits.Memory/2 {
			r.restart(h)
			continue
		}
		return true
	}
	if h.live > m.liveThen+unseen {
		return true
	}
	return m.ceiling > 0 && h.cycles >= m.verdictAt && float64(h.live) > leakShare*float64(m.ceiling)
}

// judge ends those that hold more than they may, and retires the largest where the process holds too much.
func (m *memory) judge(active []*Runner, h heap, held census) {
	m.liveThen = h.live
	if held == nil || h.records > mostRecords {
		runtime.MemProfileRate = 0
		held = estimate(active, h)
	}
	var all []*Runner
	for _, k := range m.known {
		if r := k.Value(); r != nil {
			r.held = held[r.number]
			all = append(all, r)
		}
	}
	for _, r := range active {
		r.restart(h)
	}
	slices.SortFunc(all, func(a, b *Runner) int { return int(b.held - a.held) })
	live := h.live
	for _, r := range all {
		if limit := r.limits.Memory; limit > 0 && r.held > limit {
			r.lose(memoryError(fmt.Sprintf("its isolate held some %s after a collection; limit: %s", size(r.held), size(limit))))
			live -= r.held
			r.held = 0
		}
	}
	if m.ceiling > 0 && float64(live) > leakShare*float64(m.ceiling) {
		m.retire(all, live)
		m.verdictAt = h.cycles + 2
	}
	if live < h.live {
		m.inspect(freeMemory) // a collection whose pages go back to the system
	}
}

// estimate is for want of a census: what more is live is shared out by what those that run are believed to have allocated.
func estimate(active []*Runner, h heap) census {
	held := census{}
	var sum int64
	for _, r := range active {
		sum += r.turnBytes
	}
	for _, r := range active {
		if sum > 0 {
			held[r.number] = r.held + int64(float64(h.live-r.liveThen)*float64(r.turnBytes)/float64(sum))
		}
	}
	return held
}

// retire has those who hold most take no more work: what they keep is freed when their calls have ended.
func (m *memory) retire(largest []*Runner, live int64) {
	excess := live - int64(leakTarget*float64(m.ceiling))
	for _, r := range largest {
		if excess <= 0 || r.held <= 0 {
			return
		}
		r.subject.Retire(fmt.Sprintf("what is in use came to %s of %s, and this isolate holds some %s", size(live), size(m.ceiling), size(r.held)))
		excess -= r.held
		r.held = 0
	}
}

// rescue keeps the process within its ceiling when there is no time to find out who holds what.
func (m *memory) rescue(active []*Runner, h heap) {
	if m.ceiling <= 0 {
		return
	}
	if h.cycles >= m.creditEnd {
		m.credit = 0
	}
	for float64(h.inUse-m.credit) > emergencyShare*float64(m.ceiling) {
		worst, burden := m.worst(active, h)
		if worst == nil {
			return
		}
		worst.lose(memoryError(fmt.Sprintf("the heap came to %s of %s, and of what runs it had most part in that: some %s",
			size(h.inUse), size(m.ceiling), size(burden))))
		worst.held, worst.turnBytes, worst.turnCharged = 0, 0, 0
		delete(m.evidence, worst.number)
		// The estimate may be of half of what it was: nobody else is blamed before the heap has grown by as much again as there was left.
		m.credit = max(m.credit+burden, h.inUse-int64(calmShare*float64(m.ceiling)))
		m.creditEnd = h.cycles + 2
		m.inspect(freeMemory)
	}
}

// worst is who of those that run is to blame for an emergency, and for how much; nil if nobody is. The collector's last cycle, which it may have made
// by itself, shows what each held then, and what native functions charged is known. Only who is too quick for it is found by what he is believed to have allocated: that counts against everybody who
// ran meanwhile, and the one who did it may have been ended already.
func (m *memory) worst(active []*Runner, h heap) (worst *Runner, burden int64) {
	if m.evidence == nil || m.evidenceAt != h.cycles {
		m.evidence, m.evidenceAt = nil, h.cycles
		if c, err := m.count(); err == nil {
			m.evidence = c.held
		}
	}
	for _, r := range active {
		if held := max(m.evidence[r.number], r.turnCharged); held >= leastBlame && held > burden {
			worst, burden = r, held
		}
	}
	if worst != nil || m.evidence != nil && float64(h.inUse-m.credit) <= lastShare*float64(m.ceiling) {
		return worst, burden
	}
	for _, r := range active {
		if r.burden() >= leastBlame && r.burden() > burden {
			worst, burden = r, r.burden()
		}
	}
	return worst, burden
}

// burden is what r is believed to have brought upon the heap.
func (r *Runner) burden() int64 { return r.held + r.turnBytes }

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
	"/memory/classes/profiling/buckets:bytes",
	"/memory/classes/heap/stacks:bytes",
}

// readHeap may be called from any goroutine.
func readHeap() heap {
	s := make([]metrics.Sample, len(samples))
	for i, name := range samples {
		s[i].Name = name
	}
	metrics.Read(s)
	return heap{
		inUse: int64(s[0].Value.Uint64()), live: int64(s[1].Value.Uint64()),
		allocated: int64(s[2].Value.Uint64()), cycles: int64(s[3].Value.Uint64()), records: int64(s[4].Value.Uint64()),
		stacks: int64(s[5].Value.Uint64()),
	}
}

// LimitProcess sets the collector's limit for a process that may take total bytes, below where anybody is judged, and returns a function
// that undoes it. Pass total as Options.Memory.
func LimitProcess(total int64) (undo func()) {
	previous := debug.SetMemoryLimit(int64(softShare * float64(total)))
	return func() { debug.SetMemoryLimit(previous) }
}
