package scheduler

import "slices"

// evict takes groups off nodes that are over capacity, because Workers came to need more or the node has less. Only as
// many go as must; they are looked at, and placed again elsewhere if there is room.
func (s *State) evict() {
	over := slices.DeleteFunc(slices.Clone(s.work.suspect.list), func(n int32) bool { return !s.nodes[n].over() })
	slices.SortFunc(over, s.nodeBefore)
	for _, n := range over {
		for s.nodes[n].over() && len(s.nodes[n].groups) > 0 {
			g := s.victim(n)
			s.look(g)
			s.take(g, s.groups[g].on(n))
		}
	}
}

// victim chooses the group to take off a node that is over capacity: one that runs elsewhere too, and of these the one that
// frees enough with the least, else the most.
func (s *State) victim(n int32) int32 {
	nd := &s.nodes[n]
	excess := nd.used.minus(nd.capacity())
	type choice struct {
		g      int32
		alone  bool
		enough bool
		freed  Demand
	}
	better := func(a, b choice) bool {
		if a.alone != b.alone {
			return b.alone
		}
		if a.enough != b.enough {
			return a.enough
		}
		x, y := a.freed, b.freed
		if x == y {
			return s.groupBefore(a.g, b.g) < 0
		}
		less := x.Memory < y.Memory || x.Memory == y.Memory && x.CPU < y.CPU
		return less == a.enough
	}
	var best choice
	for i, g := range nd.groups {
		freed := s.frees(g, n)
		c := choice{g: g, alone: len(s.groups[g].replicas) == 1, enough: excess.within(freed), freed: freed}
		if i == 0 || better(c, best) {
			best = c
		}
	}
	return best.g
}

// frees returns how much room a node gains when a group leaves it: what no other group there needs.
func (s *State) frees(g, n int32) Demand {
	var d Demand
	for _, m := range s.groups[g].members {
		list := s.places[m.worker]
		if i, on := s.placeOf(m.worker, n); on && list[i].count == 1 {
			d = d.plus(s.demand[m.worker])
		}
	}
	return d
}
