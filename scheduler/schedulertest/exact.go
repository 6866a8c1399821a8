package schedulertest

import (
	"math/bits"
	"slices"

	"github.com/bindery/bindery/scheduler"
)

// A Score is how good a placement is, what comes first counting for more: groups without any replica, replicas that are
// missing, how replicas share zones (the sum, over groups and zones, of the square of the number of replicas), and memory
// used in bytes.
type Score struct {
	None, Missing, Sharing int
	Bytes                  int64
}

func (s Score) less(t Score) bool {
	if s.None != t.None {
		return s.None < t.None
	}
	if s.Missing != t.Missing {
		return s.Missing < t.Missing
	}
	if s.Sharing != t.Sharing {
		return s.Sharing < t.Sharing
	}
	return s.Bytes < t.Bytes
}

// ScoreOf returns the score of a snapshot's assignments. Replicas on draining nodes are missing.
func ScoreOf(s *scheduler.Snapshot) Score {
	p := newProblem(s)
	var out Score
	for _, g := range p.groups {
		ready := p.w.ready(g.before)
		if len(ready) == 0 {
			out.None++
		}
		out.Missing += g.want - len(ready)
		in := map[string]int{}
		for _, id := range ready {
			in[p.w.nodes[id].Zone]++
		}
		for _, n := range in {
			out.Sharing += n * n
		}
	}
	for _, l := range p.w.load(s.Assigned) {
		out.Bytes += l.used.Memory
	}
	return out
}

// Optimum returns the score of the best placement of a snapshot without assignments, found by trying all that could be better than
// the score given. It is for clusters of at most 8 groups, 64 Workers and 8 nodes.
func Optimum(s *scheduler.Snapshot, atMost Score) Score {
	p := newProblem(s)
	x := exact{p: p, best: atMost, nodes: s.Nodes, on: make([]uint64, len(s.Nodes)), used: make([]scheduler.Demand, len(s.Nodes))}
	index := map[string]int{}
	for _, g := range p.groups {
		var mask uint64
		for _, m := range g.members {
			i, ok := index[m]
			if !ok {
				i = len(index)
				index[m] = i
				x.demand = append(x.demand, p.w.demand[m])
			}
			mask |= 1 << i
		}
		x.members = append(x.members, mask)
	}
	x.search(0, Score{})
	return x.best
}

type exact struct {
	p       *problem
	nodes   []scheduler.Node
	members []uint64
	demand  []scheduler.Demand
	on      []uint64
	used    []scheduler.Demand
	best    Score
}

// search places the groups from number g on in every way that may beat the best.
func (x *exact) search(g int, sofar Score) {
	if !sofar.less(x.best) {
		return
	}
	if g == len(x.members) {
		x.best = sofar
		return
	}
	want := x.p.groups[g].want
	for set := range 1 << len(x.nodes) {
		count := bits.OnesCount(uint(set))
		if count > want {
			continue
		}
		on, used := slices.Clone(x.on), slices.Clone(x.used)
		next := sofar
		next.Missing += want - count
		if count == 0 {
			next.None++
		}
		if x.place(g, set, &next) {
			x.search(g+1, next)
		}
		x.on, x.used = on, used
	}
}

// place puts a group on a set of nodes, and reports whether it may be there.
func (x *exact) place(g, set int, score *Score) bool {
	in := map[string]int{}
	for n := range x.nodes {
		if set&(1<<n) == 0 {
			continue
		}
		node := x.nodes[n]
		if node.State != scheduler.Ready || !x.p.groups[g].matches(node) {
			return false
		}
		in[node.Zone]++
		for rest := x.members[g] &^ x.on[n]; rest != 0; rest &= rest - 1 {
			d := x.demand[bits.TrailingZeros64(rest)]
			x.used[n].Memory += d.Memory
			x.used[n].CPU += d.CPU
			score.Bytes += d.Memory
		}
		x.on[n] |= x.members[g]
		if over(node, x.used[n]) {
			return false
		}
	}
	for _, n := range in {
		score.Sharing += n * n
	}
	return true
}

// Small returns a generated cluster of at most 8 groups on 4 nodes, tight enough that not every way of placing them does.
func Small(seed uint64) *scheduler.Snapshot {
	r := source(seed * 7919)
	f := Fleet{Nodes: 4, Zones: 1 + r.below(4), Groups: 4 + r.below(5), Shared: 2 + r.below(5), Universal: r.below(2), Seed: seed, NodeMemory: 1}
	f.Workers = f.Groups + f.Shared + f.Groups*(1+r.below(2))
	s := f.Snapshot()
	for i := range s.Workers {
		v := &s.Workers[i].Versions[0]
		v.Demand.Memory = int64(1+r.below(8)) << 20
		if !v.Root && i < f.Shared {
			v.Demand.Memory = int64(1+r.below(40)) << 20
		}
		if v.Root {
			v.Replicas = 1 + r.below(2)
			if r.below(6) == 0 {
				v.Constraint.Zones = []string{s.Nodes[r.below(4)].Zone}
			}
		}
	}
	room := int64(110+r.below(60)) * LowerBound(withMemory(s, 1<<40)).Bytes / 400
	for i := range s.Nodes {
		s.Nodes[i].Memory = room
	}
	return s
}

func withMemory(s *scheduler.Snapshot, memory int64) *scheduler.Snapshot {
	out := *s
	out.Nodes = slices.Clone(s.Nodes)
	for i := range out.Nodes {
		out.Nodes[i].Memory = memory
	}
	return &out
}
