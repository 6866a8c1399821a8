package watchdog

import (
	"runtime"
	"runtime/metrics"
	"time"
)

const (
	// collectPoll is how often a collection that takes long is looked at.
	collectPoll = time.Millisecond
	// leastSweep is how long sweeping may take before it is helped; where marking took longer, as long as that.
	leastSweep = 20 * time.Millisecond
)

// collect has the garbage collector go through a whole cycle that begins after the call, sweeping included: then the profile of the heap has what
// was allocated before, and what is free counts as free.
func collect() { collectBy(runtime.GC) }

// collectBy is collect by gc, which is runtime.GC or calls it. That sweeps one span and then lets everybody else run: where others compute, the
// scheduler comes round to it once in some ten milliseconds, and of spans there may be tens of thousands. But a cycle begins by sweeping
// at once what the one before has left: so where sweeping takes longer than marking did, another cycle is begun.
func collectBy(gc func()) {
	last, since := cycles(), time.Now()
	done := make(chan struct{})
	go func() {
		defer close(done)
		gc()
	}()
	tick := time.NewTicker(collectPoll)
	defer tick.Stop()
	var help time.Time // when sweeping is to be helped; zero while a cycle marks
	for {
		select {
		case <-done:
			return
		case now := <-tick.C:
			if n := cycles(); n != last {
				help = now.Add(max(now.Sub(since), leastSweep))
				last, since = n, now
			}
			if !help.IsZero() && now.After(help) {
				help, since = time.Time{}, now
				go runtime.GC()
			}
		}
	}
}

// cycles is how many cycles of the collector have marked all that is live.
func cycles() uint64 {
	s := [1]metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(s[:])
	return s[0].Value.Uint64()
}
