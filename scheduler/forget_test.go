package scheduler

import (
	"fmt"
	"testing"
)

// TestForgetsWhatLeft has Workers, services that don't exist, groups and nodes come and go: a state that lives for years must
// not keep room for each that ever was.
func TestForgetsWhatLeft(t *testing.T) {
	s, _, err := Plan(&Snapshot{Nodes: []Node{{ID: "n", Memory: 1 << 30}}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		root, service, absent, node := fmt.Sprint("root", i), fmt.Sprint("service", i), fmt.Sprint("absent", i), fmt.Sprint("node", i)
		bind := func(names ...string) []Binding {
			var out []Binding
			for _, n := range names {
				out = append(out, Binding{n, n})
			}
			return out
		}
		for _, d := range []Delta{
			{
				Nodes: []Node{{ID: node, Memory: 1 << 30}},
				Workers: []Worker{
					{root, []Version{{ID: "1", Root: true, Bindings: bind(service, root)}}},
					{service, []Version{{ID: "1", Bindings: bind(absent)}}},
				},
			},
			{Workers: []Worker{{service, []Version{{ID: "2"}}}}},
			{RemoveNodes: []string{node}, RemoveWorkers: []string{service}},
			{RemoveWorkers: []string{root}},
		} {
			if _, err := s.Advance(&d); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(s.g.ids) > 0 || len(s.nodeIDs) != 1 || len(s.short.list) > 0 {
		t.Errorf("left are Workers %v, nodes %v, short groups %v", s.g.ids, s.nodeIDs, s.short.list)
	}
	if len(s.g.names) > 6 || len(s.groups) > 2 || len(s.nodes) > 4 {
		t.Errorf("room for %d Workers, %d groups, %d nodes", len(s.g.names), len(s.groups), len(s.nodes))
	}
	for w := range s.in {
		if len(s.in[w]) > 0 || len(s.places[w]) > 0 || s.groupOf[w] >= 0 {
			t.Errorf("Worker %d is still in %v, on %v, root of %d", w, s.in[w], s.places[w], s.groupOf[w])
		}
	}
}
