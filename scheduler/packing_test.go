package scheduler_test

import (
	"testing"

	"github.com/bindery/bindery/scheduler/schedulertest"
)

// TestSmallClustersNearOptimum compares with an exhaustive search: as many replicas placed, as well spread, and within 5% of
// the fewest bytes that this takes.
func TestSmallClustersNearOptimum(t *testing.T) {
	worst, sum, best, all := 1.0, 0.0, 0, 0
	for seed := range uint64(150) {
		snap := schedulertest.Small(seed)
		_, c := plan(t, snap)
		placed := *snap
		placed.Assigned = c.Apply(nil)
		got := schedulertest.ScoreOf(&placed)
		optimum := schedulertest.Optimum(snap, got)
		all++
		if got.None != optimum.None || got.Missing != optimum.Missing || got.Sharing != optimum.Sharing {
			t.Errorf("seed %d: missing and shared %+v, optimum %+v", seed, got, optimum)
			continue
		}
		ratio := 1.0
		if optimum.Bytes > 0 {
			ratio = float64(got.Bytes) / float64(optimum.Bytes)
		}
		sum += ratio
		worst = max(worst, ratio)
		if got == optimum {
			best++
		}
		if ratio > 1.05 {
			t.Errorf("seed %d: %d bytes, optimum %d: %.3f", seed, got.Bytes, optimum.Bytes, ratio)
		}
	}
	t.Logf("%d of %d at the optimum, mean %.4f, worst %.4f", best, all, sum/float64(all), worst)
}

// TestFleetsAgainstBounds packs fleets, and puts first-fit-decreasing and the lower bound beside it. Run it with -v for the
// figures of docs/scheduler.md.
func TestFleetsAgainstBounds(t *testing.T) {
	heavy := schedulertest.Scaled(10_000)
	heavy.Shared, heavy.Universal = 20, 2
	for _, c := range []struct {
		name  string
		fleet schedulertest.Fleet
	}{
		{"1k", schedulertest.Scaled(1_000)},
		{"10k", schedulertest.Scaled(10_000)},
		{"10k, 20 shared", heavy},
		{"200 roots, 20 shared", schedulertest.Fleet{Nodes: 60, Zones: 3, Workers: 620, Groups: 200, Shared: 20, Universal: 1, NodeMemory: 512, Seed: 3}},
	} {
		c.fleet.Nodes *= 4 // enough for those who count shared Workers each time
		snap := c.fleet.Snapshot()
		s, _ := plan(t, snap)
		got, bound, plain := schedulertest.PackingOf(s), schedulertest.LowerBound(snap), schedulertest.FirstFitDecreasing(snap)
		t.Logf("%-22s nodes %5d, at least %5d, plain %5d; MiB %7d, at least %7d (%.3f), plain %7d reserving %7d (unplaced %d, plain %d)",
			c.name, got.Nodes, bound.Nodes, plain.Nodes, got.Bytes>>20, bound.Bytes>>20, float64(got.Bytes)/float64(bound.Bytes),
			plain.Bytes>>20, plain.Reserved>>20, got.Unplaced, plain.Unplaced)
		if got.Unplaced > 0 {
			t.Errorf("%s: %d replicas unplaced", c.name, got.Unplaced)
		}
		if got.Bytes < bound.Bytes || got.Nodes < bound.Nodes {
			t.Errorf("%s: %+v is below the bound %+v, which is none then", c.name, got, bound)
		}
		if got.Bytes > plain.Bytes || got.Nodes > plain.Nodes {
			t.Errorf("%s: %+v is worse than first-fit-decreasing, %+v", c.name, got, plain)
		}
	}
}
