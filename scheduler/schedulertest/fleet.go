package schedulertest

import (
	"fmt"

	"github.com/bindery/bindery/scheduler"
)

// A Fleet describes a generated cluster. The same Fleet gives the same snapshot on every machine and in every version of Go.
type Fleet struct {
	Nodes, Zones int
	// Workers in all: Groups roots, Shared services, the rest private to a root.
	Workers, Groups, Shared int
	// Universal of the shared services are bound by every root.
	Universal int
	// NodeMemory is in MiB.
	NodeMemory int64
	Seed       uint64
}

// Scaled returns a fleet of so many Workers in the proportions of the largest: a group of five private Workers on average, one
// shared service for every ten groups, a node for every 100 Workers.
func Scaled(workers int) Fleet {
	return Fleet{
		Nodes: max(4, workers/100), Zones: 4, Workers: workers, Groups: workers / 5, Shared: workers / 50,
		Universal: 1, NodeMemory: 1024, Seed: 1,
	}
}

// source is SplitMix64: a few lines that stay what they are.
type source uint64

func (s *source) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (s *source) below(n int) int { return int(s.next() % uint64(n)) }

// skewed returns a number below n, small ones more often: the k-th a hundred times rarer than the first or so, as services go.
func (s *source) skewed(n int) int {
	f := float64(s.next()>>11) / (1 << 53)
	return int(f * f * f * float64(n))
}

// Snapshot makes the cluster.
func (f Fleet) Snapshot() *scheduler.Snapshot {
	r := source(f.Seed)
	snap := &scheduler.Snapshot{}
	for i := range f.Nodes {
		snap.Nodes = append(snap.Nodes, scheduler.Node{
			ID: fmt.Sprintf("node-%05d", i), Zone: fmt.Sprintf("zone-%d", i%f.Zones), Memory: f.NodeMemory << 20, CPU: 16000,
			Labels: map[string]string{"host": fmt.Sprint(i)},
		})
	}
	snap.Workers = make([]scheduler.Worker, 0, f.Workers)
	for i := range f.Shared {
		memory := int64(2+r.below(15)) << 20
		if i%20 == 0 {
			memory = int64(24+r.below(41)) << 20
		}
		snap.Workers = append(snap.Workers, worker(fmt.Sprintf("shared-%06d", i), false, memory, nil))
	}
	private := f.Workers - f.Shared - f.Groups
	for i := range f.Groups {
		mine := private / f.Groups
		if i < private%f.Groups {
			mine++
		}
		var services []string
		for j := range mine {
			name := fmt.Sprintf("private-%06d-%d", i, j)
			var inner []string
			if j > 0 {
				inner = append(inner, fmt.Sprintf("private-%06d-%d", i, j-1))
			}
			snap.Workers = append(snap.Workers, worker(name, false, int64(1+r.below(3))<<20, inner))
			if j == mine-1 || r.below(2) == 0 {
				services = append(services, name)
			}
		}
		for j := range min(f.Universal, f.Shared) {
			services = append(services, fmt.Sprintf("shared-%06d", j))
		}
		for range r.below(4) {
			if f.Shared > 0 {
				services = append(services, fmt.Sprintf("shared-%06d", r.skewed(f.Shared)))
			}
		}
		snap.Workers = append(snap.Workers, worker(fmt.Sprintf("root-%06d", i), true, int64(1+r.below(4))<<20, services))
	}
	return snap
}

func worker(name string, root bool, memory int64, services []string) scheduler.Worker {
	v := scheduler.Version{ID: "1", Root: root, Demand: scheduler.Demand{Memory: memory, CPU: 5}}
	seen := map[string]bool{}
	for _, s := range services {
		if !seen[s] {
			seen[s] = true
			v.Bindings = append(v.Bindings, scheduler.Binding{Name: s, Service: s})
		}
	}
	return scheduler.Worker{Name: name, Versions: []scheduler.Version{v}}
}
