package watchdog

import "runtime"

const (
	// mostThreads bounds what GOMAXPROCS is raised to, as a multiple of what it was.
	mostThreads = 8
	// calmLooks is after how many looks that need fewer threads their number goes down.
	calmLooks = 200
)

// spread has GOMAXPROCS follow the turns that have been running for long. Go runs a goroutine that computes for 10 ms before it
// looks for others, which is what a short turn then waits for, once for each long one before it in a queue. With a thread more than there are
// long turns it waits for none of them: the kernel shares the processors out between threads, and lets one that has slept go first.
type spread struct {
	base, now int
	calm      int
	set       func(n int)
}

func newSpread() *spread {
	n := runtime.GOMAXPROCS(0)
	return &spread{base: n, now: n, set: func(n int) { runtime.GOMAXPROCS(n) }}
}

// look sees whether there are threads enough for those that run.
func (s *spread) look(active []*Runner) {
	if s == nil {
		return
	}
	long := 0
	for _, r := range active {
		if r.age >= LongTurn {
			long++
		}
	}
	want := min(s.base+long, mostThreads*s.base)
	switch {
	case want > s.now:
		s.change(want)
	case want == s.now:
		s.calm = 0
	default:
		if s.calm++; s.calm >= calmLooks {
			s.change(want)
		}
	}
}

// change stops all threads for some ten microseconds, so it is done seldom.
func (s *spread) change(n int) {
	s.now, s.calm = n, 0
	s.set(n)
}

func (s *spread) undo() {
	if s != nil && s.now != s.base {
		s.change(s.base)
	}
}
