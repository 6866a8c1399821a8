package scheduler_test

import (
	"encoding/json"
	"fmt"
	"os"
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

// BenchmarkSnapshot plans a real cluster: the JSON of a scheduler.Snapshot in the file that BINDERY_BENCH_SNAPSHOT names.
func BenchmarkSnapshot(b *testing.B) {
	file := os.Getenv("BINDERY_BENCH_SNAPSHOT")
	if file == "" {
		b.Skip("BINDERY_BENCH_SNAPSHOT names no file")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	var snap scheduler.Snapshot
	if err := json.Unmarshal(text, &snap); err != nil {
		b.Fatalf("decode %s: %v", file, err)
	}
	b.ReportAllocs()
	for b.Loop() {
		plan(b, &snap)
	}
}

// planned keeps the states of the sizes, as making one takes longer than what is measured on it. Each benchmark has a clone.
var planned = map[int]*scheduler.State{}

// onPlanned runs f for each size on a planned fleet.
func onPlanned(b *testing.B, f func(b *testing.B, s *scheduler.State, fleet schedulertest.Fleet)) {
	for _, size := range sizes {
		b.Run(name(size), func(b *testing.B) {
			fleet := schedulertest.Scaled(size)
			s := planned[size]
			if s == nil {
				s, _ = plan(b, fleet.Snapshot())
				planned[size] = s
			}
			s = s.Clone()
			runtime.GC()
			b.ReportAllocs()
			b.ResetTimer()
			f(b, s, fleet)
		})
	}
}

func advance(b *testing.B, s *scheduler.State, d scheduler.Delta) scheduler.Changes {
	b.Helper()
	c, err := s.Advance(&d)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// BenchmarkGroupChanged deploys a new version of one root, which needs another amount of memory and binds another service; the next time it
// deploys the old one again.
func BenchmarkGroupChanged(b *testing.B) {
	onPlanned(b, func(b *testing.B, s *scheduler.State, fleet schedulertest.Fleet) {
		var old, next scheduler.Version
		i := 0
		for b.Loop() {
			root := fmt.Sprintf("root-%06d", i/2*7919%fleet.Groups)
			if i%2 == 0 {
				old, _ = s.Graph().Version(root)
				next = old
				next.ID = "next"
				next.Demand.Memory = int64(1+i%5) << 20
				more := scheduler.Binding{Name: "MORE", Service: fmt.Sprintf("shared-%06d", i*31%fleet.Shared)}
				next.Bindings = append([]scheduler.Binding{more}, old.Bindings[:len(old.Bindings)-1]...)
			} else {
				next = old
			}
			i++
			c := advance(b, s, scheduler.Delta{Workers: []scheduler.Worker{{Name: root, Versions: []scheduler.Version{next}}}})
			if len(c.Update)+len(c.Assign) == 0 {
				b.Fatal("nothing changed")
			}
		}
	})
}

// BenchmarkGroupAdded deploys a group that is new, and removes it again.
func BenchmarkGroupAdded(b *testing.B) {
	onPlanned(b, func(b *testing.B, s *scheduler.State, fleet schedulertest.Fleet) {
		i := 0
		for b.Loop() {
			i++
			v := scheduler.Version{ID: "1", Root: true, Demand: scheduler.Demand{Memory: 5 << 20}}
			for j := range 4 {
				v.Bindings = append(v.Bindings, scheduler.Binding{Name: fmt.Sprint("S", j), Service: fmt.Sprintf("shared-%06d", (i*31+j*j*17)%fleet.Shared)})
			}
			advance(b, s, scheduler.Delta{Workers: []scheduler.Worker{{Name: "new", Versions: []scheduler.Version{v}}}})
			advance(b, s, scheduler.Delta{RemoveWorkers: []string{"new"}})
		}
	})
}

// BenchmarkNodeLost loses a node. It comes back, empty, off the clock.
func BenchmarkNodeLost(b *testing.B) {
	onPlanned(b, func(b *testing.B, s *scheduler.State, fleet schedulertest.Fleet) {
		usage := s.Usage()
		i, moved := 0, 0
		for b.Loop() {
			n := usage[i*7919%len(usage)].Node
			i++
			n.State = scheduler.Lost
			c := advance(b, s, scheduler.Delta{Nodes: []scheduler.Node{n}})
			b.StopTimer()
			moved += len(c.Unassign)
			n.State = scheduler.Ready
			advance(b, s, scheduler.Delta{Nodes: []scheduler.Node{n}})
			b.StartTimer()
		}
		b.ReportMetric(float64(moved)/float64(b.N), "moved/op")
	})
}

// BenchmarkNodeAdded adds a node, and removes it again off the clock.
func BenchmarkNodeAdded(b *testing.B) {
	onPlanned(b, func(b *testing.B, s *scheduler.State, _ schedulertest.Fleet) {
		for b.Loop() {
			advance(b, s, scheduler.Delta{Nodes: []scheduler.Node{{ID: "new", Zone: "zone-1", Memory: 1 << 30}}})
			b.StopTimer()
			advance(b, s, scheduler.Delta{RemoveNodes: []string{"new"}})
			b.StartTimer()
		}
	})
}

// BenchmarkZoneDrained drains a quarter of the nodes of a fleet that has room for that; they are made ready again off the clock.
func BenchmarkZoneDrained(b *testing.B) {
	for _, size := range sizes[:3] {
		b.Run(name(size), func(b *testing.B) {
			fleet := schedulertest.Scaled(size)
			fleet.Nodes *= 2
			snap := fleet.Snapshot()
			s, _ := plan(b, snap)
			deltas := make([]scheduler.Delta, 2*fleet.Zones)
			for i, n := range snap.Nodes {
				zone := i % fleet.Zones
				deltas[2*zone+1].Nodes = append(deltas[2*zone+1].Nodes, n)
				n.State = scheduler.Draining
				deltas[2*zone].Nodes = append(deltas[2*zone].Nodes, n)
			}
			i, moved := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				moved += len(advance(b, s, deltas[i]).Assign)
				b.StopTimer()
				advance(b, s, deltas[i+1])
				i = (i + 2) % len(deltas)
				b.StartTimer()
			}
			b.ReportMetric(float64(moved)/float64(b.N), "moved/op")
		})
	}
}

// BenchmarkOverfull has a third of the nodes that the fleet needs: most of the groups find no room. It plans it whole, and then
// loses one more node and gets it back.
func BenchmarkOverfull(b *testing.B) {
	for _, size := range sizes[:3] {
		fleet := schedulertest.Scaled(size)
		fleet.Nodes = max(2, fleet.Nodes/5)
		snap := fleet.Snapshot()
		var s *scheduler.State
		b.Run("Plan/"+name(size), func(b *testing.B) {
			for b.Loop() {
				s, _ = plan(b, snap)
			}
			b.ReportMetric(float64(len(s.Shortages())), "short")
		})
		b.Run("NodeLost/"+name(size), func(b *testing.B) {
			if s == nil {
				s, _ = plan(b, snap)
			}
			i := 0
			for b.Loop() {
				n := snap.Nodes[i%len(snap.Nodes)]
				i++
				n.State = scheduler.Lost
				advance(b, s, scheduler.Delta{Nodes: []scheduler.Node{n}})
				n.State = scheduler.Ready
				advance(b, s, scheduler.Delta{Nodes: []scheduler.Node{n}})
			}
		})
	}
}

// BenchmarkPreview previews a new version of one root, on a copy of the whole state.
func BenchmarkPreview(b *testing.B) {
	onPlanned(b, func(b *testing.B, s *scheduler.State, _ schedulertest.Fleet) {
		v, _ := s.Graph().Version("root-000007")
		v.ID = "next"
		d := scheduler.Delta{Workers: []scheduler.Worker{{Name: "root-000007", Versions: []scheduler.Version{v}}}}
		for b.Loop() {
			if p, err := s.Preview(&d); err != nil || len(p.Versions) != 1 {
				b.Fatal(p, err)
			}
		}
	})
}

// BenchmarkPacking plans fleets on more nodes than they need and reports what they take, beside what first-fit-decreasing
// takes and what none can do with less.
func BenchmarkPacking(b *testing.B) {
	for _, size := range sizes[:3] {
		b.Run(name(size), func(b *testing.B) {
			fleet := schedulertest.Scaled(size)
			fleet.Nodes *= 4
			snap := fleet.Snapshot()
			var s *scheduler.State
			for b.Loop() {
				s, _ = plan(b, snap)
			}
			got, bound, plain := schedulertest.PackingOf(s), schedulertest.LowerBound(snap), schedulertest.FirstFitDecreasing(snap)
			b.ReportMetric(float64(got.Nodes), "nodes")
			b.ReportMetric(float64(bound.Nodes), "bound-nodes")
			b.ReportMetric(float64(plain.Nodes), "plain-nodes")
			b.ReportMetric(float64(got.Bytes>>20), "MiB")
			b.ReportMetric(float64(bound.Bytes>>20), "bound-MiB")
			b.ReportMetric(float64(plain.Bytes>>20), "plain-MiB")
			b.ReportMetric(float64(plain.Reserved>>20), "plain-reserved-MiB")
		})
	}
}
