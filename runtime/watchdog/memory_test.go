package watchdog

import (
	"strings"
	"testing"
)

const mb = 1 << 20

// step lets the heap grow while what was begun runs.
func (w *Watchdog) step(h *heap, bytes int64) {
	h.allocated += bytes
	h.inUse += bytes
	w.pass(Interval, Interval)
}

func TestTurnThatHoldsTooMuchIsEnded(t *testing.T) {
	h := &heap{allocated: 1, inUse: 10 * mb, live: 10 * mb}
	w := still(0, h)
	r, s := w.runner(Limits{Memory: 100 * mb})
	r.Begin(&Account{})
	w.step(h, 0)
	for range 12 {
		w.step(h, 10*mb)
	}
	if s.interrupts.Load() != 0 || !w.memory.checking {
		t.Fatal("it is suspected, and a collection is asked for")
	}
	h.live = 130 * mb
	w.memory.collecting.Store(false)
	w.step(h, 1*mb)
	if err := r.End(); err == nil || err.Error() != "Worker exceeded memory limit." || !strings.Contains(err.(*LimitError).Seen, "in one turn, and the heap grew by 120 MB meanwhile; limit: 100 MB") {
		t.Fatalf("%v %+v", err, err)
	}
}

func TestGarbageIsNotHeldAgainstATurn(t *testing.T) {
	h := &heap{allocated: 1, inUse: 10 * mb, live: 10 * mb}
	w := still(0, h)
	r, _ := w.runner(Limits{Memory: 100 * mb})
	r.Begin(&Account{})
	for range 500 {
		w.step(h, 10*mb)
		h.live = 12 * mb
		w.memory.collecting.Store(false)
	}
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
}

// A list that doubles leaves half of what it allocates behind.
func TestGrowthWithGarbageIsSeen(t *testing.T) {
	h := &heap{allocated: 1, live: 10 * mb}
	w := still(0, h)
	r, _ := w.runner(Limits{Memory: 100 * mb})
	r.Begin(&Account{})
	w.step(h, 0)
	for range 30 {
		w.step(h, 10*mb)
		h.live += 5 * mb
		w.memory.collecting.Store(false)
	}
	if r.End() == nil {
		t.Fatal("it holds 150 MB of 100")
	}
}

// Of two that allocate as much, none is told from the other.
func TestNobodyIsBlamedForWhatTwoMayHaveDone(t *testing.T) {
	h := &heap{allocated: 1, live: 10 * mb}
	w := still(0, h)
	a, _ := w.runner(Limits{Memory: 100 * mb})
	b, _ := w.runner(Limits{Memory: 100 * mb})
	a.Begin(&Account{})
	b.Begin(&Account{})
	w.step(h, 0)
	for range 30 {
		w.step(h, 20*mb)
		h.live += 10 * mb
		w.memory.collecting.Store(false)
	}
	if a.End() != nil || b.End() != nil {
		t.Fatal("somebody was blamed")
	}
}

// What native functions charged is known, and decides.
func TestChargesAreHeldAgainstWhoMadeThem(t *testing.T) {
	h := &heap{allocated: 1, live: 10 * mb}
	w := still(0, h)
	a, charges := w.runner(Limits{Memory: 100 * mb})
	b, _ := w.runner(Limits{Memory: 100 * mb})
	a.Begin(&Account{})
	b.Begin(&Account{})
	w.step(h, 0)
	for range 30 {
		charges.charged += 20 * mb
		w.step(h, 20*mb)
		h.live += 20 * mb
		w.memory.collecting.Store(false)
	}
	if a.End() == nil || b.End() != nil {
		t.Fatal("the one that charged is to blame, and only that one")
	}
}

func TestEmergencyEndsTheOneThatAllocatesMost(t *testing.T) {
	h := &heap{allocated: 1, inUse: 600 * mb, live: 300 * mb}
	w := still(1000*mb, h)
	calm, _ := w.runner(Limits{})
	wild, charges := w.runner(Limits{})
	calm.Begin(&Account{})
	wild.Begin(&Account{})
	w.step(h, 0)
	charges.charged = 310 * mb
	w.step(h, 310*mb)
	if err := wild.End(); err == nil || !strings.Contains(err.(*LimitError).Seen, "the heap came to 910 MB of 1000 MB") {
		t.Fatal(err)
	}
	w.step(h, 20*mb) // before a collection has shown anything
	if calm.End() != nil {
		t.Fatal("one was to blame, two were ended")
	}
}

func TestThoseThatHoldMostAreRetired(t *testing.T) {
	h := &heap{allocated: 1, live: 100 * mb, inUse: 100 * mb}
	w := still(1000*mb, h)
	big, bigSubject := w.runner(Limits{})
	small, smallSubject := w.runner(Limits{})
	for range 100 { // little at a time
		big.Begin(&Account{})
		w.step(h, 0)
		w.step(h, 6*mb)
		_ = big.End()
		small.Begin(&Account{})
		w.step(h, 0)
		w.step(h, mb/10)
		_ = small.End()
		w.pass(Interval, 0)
	}
	h.live, h.inUse, h.cycles = 700*mb, 710*mb, 7
	small.Begin(&Account{})
	w.step(h, 0)
	w.step(h, 0)
	if !strings.Contains(bigSubject.retired, "the heap holds 700 MB of 1000 MB, and this isolate allocated some 600 MB in its life") || smallSubject.retired != "" {
		t.Fatalf("big: %q, small: %q", bigSubject.retired, smallSubject.retired)
	}
}
