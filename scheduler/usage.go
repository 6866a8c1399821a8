package scheduler

import (
	"maps"
	"slices"
	"strings"
)

// A Usage tells how full a node is by the plan.
type Usage struct {
	Node Node
	// Used is the demand of all Workers on the node, each counted once.
	Used Demand
	// Groups is the number of groups on it.
	Groups int
}

// Usage returns how full every node is, sorted by ID.
func (s *State) Usage() []Usage {
	out := make([]Usage, 0, len(s.nodeIDs))
	for _, id := range s.nodeIDs {
		n := &s.nodes[id]
		out = append(out, Usage{n.Node, n.used, len(n.groups)})
	}
	slices.SortFunc(out, func(a, b Usage) int { return strings.Compare(a.Node.ID, b.Node.ID) })
	return out
}

// Clone returns a state of its own that is as s. The time is linear in the whole.
func (s *State) Clone() *State {
	t := &State{
		settings: s.settings, g: s.g.clone(), classes: s.classes.clone(),
		demand: slices.Clone(s.demand), in: clonePacked(s.in), places: clonePacked(s.places), groupOf: slices.Clone(s.groupOf),
		measured: maps.Clone(s.measured), groups: slices.Clone(s.groups), freeGroups: slices.Clone(s.freeGroups),
		nodes: slices.Clone(s.nodes), nodeIDs: maps.Clone(s.nodeIDs), freeNodes: slices.Clone(s.freeNodes), largest: s.largest,
		short: s.short.clone(), everywhere: s.everywhere.clone(),
	}
	for i := range t.groups {
		t.groups[i].members = slices.Clone(t.groups[i].members)
		t.groups[i].replicas = slices.Clone(t.groups[i].replicas)
	}
	for i := range t.nodes {
		t.nodes[i].groups = slices.Clone(t.nodes[i].groups)
	}
	t.seeker = newSeeker(t)
	return t
}

func (s *set) clone() set { return set{slices.Clone(s.list), maps.Clone(s.pos)} }

// clone copies what changes in place. Lists of edges and versions are only ever replaced.
func (g *Graph) clone() *Graph {
	return &Graph{
		ids: maps.Clone(g.ids), names: slices.Clone(g.names), hash: slices.Clone(g.hash), versions: slices.Clone(g.versions),
		cur: slices.Clone(g.cur), out: slices.Clone(g.out), indeg: slices.Clone(g.indeg), free: slices.Clone(g.free),
		held: g.held.clone(), stamp: make([]uint32, len(g.stamp)),
	}
}

// clonePacked copies lists of lists into one piece of memory.
func clonePacked[T any](lists [][]T) [][]T {
	total := 0
	for _, l := range lists {
		total += len(l)
	}
	all := make([]T, 0, total)
	out := make([][]T, len(lists))
	for i, l := range lists {
		if len(l) > 0 {
			from := len(all)
			all = append(all, l...)
			out[i] = all[from:len(all):len(all)]
		}
	}
	return out
}
