package scheduler_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/bindery/bindery/scheduler"
	"github.com/bindery/bindery/scheduler/schedulertest"
)

var sizes = []int{1_000, 10_000, 100_000, 1_000_000}

func name(workers int) string {
	if workers == 1_000_000 {
		return "1M"
	}
	return fmt.Sprintf("%dk", workers/1000)
}

func plan(tb testing.TB, snap *scheduler.Snapshot) (*scheduler.State, scheduler.Changes) {
	tb.Helper()
	s, c, err := scheduler.Plan(snap)
	if err != nil {
		tb.Fatal(err)
	}
	return s, c
}

// heapMB returns what is live on the heap, in MB.
func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

// BenchmarkPlan places a whole fleet that runs nowhere yet. Beside the time it reports the live memory of snapshot and state, and
// what the process had of the system at most.
func BenchmarkPlan(b *testing.B) {
	for _, size := range sizes {
		b.Run(name(size), func(b *testing.B) {
			snap := schedulertest.Scaled(size).Snapshot()
			var s *scheduler.State
			b.ReportAllocs()
			for b.Loop() {
				s, _ = plan(b, snap)
			}
			b.ReportMetric(heapMB(), "live-MB")
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.Sys)/1e6, "sys-MB")
			b.ReportMetric(float64(len(s.Shortages())), "short")
		})
	}
}
