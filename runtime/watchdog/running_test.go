package watchdog

import (
	"sync/atomic"
	"testing"
)

// Whose turn is under way is in Options.Running, also where others find no place there.
func TestRunning(t *testing.T) {
	running := make([]atomic.Uint64, 2*chunkSize)
	w := New(Options{Running: running})
	defer w.Close()
	marks := func() map[uint64]int {
		found := map[uint64]int{}
		for i := range running {
			if n := running[i].Load(); n != 0 {
				found[n]++
			}
		}
		return found
	}
	runners := make([]*Runner, 3*chunkSize)
	for i := range runners {
		runners[i] = &Runner{}
		runners[i].Init(w, &subject{}, Limits{}, &Load{})
		runners[i].Mark(uint64(i + 1))
	}
	var a Account
	runners[0].Begin(&a)
	runners[7].Begin(&a)
	if got := marks(); len(got) != 2 || got[1] != 1 || got[8] != 1 {
		t.Errorf("two run: %v", got)
	}
	runners[0].End()
	if got := marks(); len(got) != 1 || got[8] != 1 {
		t.Errorf("one runs: %v", got)
	}
	runners[7].End()
	for _, r := range runners {
		r.Begin(&a)
	}
	if got := marks(); len(got) == 0 || len(got) > len(running) {
		t.Errorf("%d of %d that run have places", len(got), len(runners))
	}
	for _, r := range runners {
		r.End()
	}
	if got := marks(); len(got) > 0 {
		t.Errorf("none runs: %v", got)
	}
}
