package schedulertest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/bindery/bindery/scheduler"
)

// FirstFitDecreasing places the groups of a snapshot as a scheduler would that knows replicas, zones and constraints but not that
// groups share Workers: the largest group first, each replica on the first node of a zone without one that has as much
// unreserved as the group needs in all. The assignments that the snapshot has are ignored.
func FirstFitDecreasing(s *scheduler.Snapshot) Packing {
	p := newProblem(s)
	needs := make(map[*groupView]scheduler.Demand, len(p.groups))
	for _, g := range p.groups {
		needs[g] = p.need(g)
	}
	slices.SortStableFunc(p.groups, func(a, b *groupView) int {
		return cmp.Or(cmp.Compare(needs[b].Memory, needs[a].Memory), strings.Compare(a.root, b.root))
	})
	f := newShelves(s)
	var out Packing
	var assigned []scheduler.Assignment
	for _, g := range p.groups {
		need := needs[g]
		on, in := map[int]bool{}, map[string]bool{}
		for range g.want {
			n := f.first(g, need, on, in)
			if n < 0 {
				n = f.first(g, need, on, nil)
			}
			if n < 0 {
				out.Unplaced++
				continue
			}
			node := s.Nodes[n]
			on[n], in[node.Zone] = true, true
			f.reserve(n, need)
			out.Reserved += need.Memory
			assigned = append(assigned, scheduler.Assignment{Root: g.root, Node: node.ID})
		}
	}
	for _, l := range p.w.load(assigned) {
		out.Bytes += l.used.Memory
		if len(l.workers) > 0 {
			out.Nodes++
		}
	}
	return out
}

// shelves are the nodes with what is left of each, in blocks of which the most room is known, so that the first that fits is
// found without looking at each.
type shelves struct {
	nodes  []scheduler.Node
	left   []scheduler.Demand
	blocks []int64
}

const shelfBlock = 64

func newShelves(s *scheduler.Snapshot) *shelves {
	f := &shelves{nodes: s.Nodes, left: make([]scheduler.Demand, len(s.Nodes)), blocks: make([]int64, len(s.Nodes)/shelfBlock+1)}
	for i, n := range s.Nodes {
		f.left[i] = scheduler.Demand{Memory: n.Memory, CPU: n.CPU}
		if n.CPU == 0 {
			f.left[i].CPU = 1 << 60
		}
		if n.State != scheduler.Ready {
			f.left[i].Memory = -1
		}
		f.blocks[i/shelfBlock] = max(f.blocks[i/shelfBlock], f.left[i].Memory)
	}
	return f
}

func (f *shelves) first(g *groupView, need scheduler.Demand, on map[int]bool, in map[string]bool) int {
	for b, most := range f.blocks {
		if most < need.Memory {
			continue
		}
		for i := b * shelfBlock; i < min((b+1)*shelfBlock, len(f.nodes)); i++ {
			if left := f.left[i]; left.Memory >= need.Memory && left.CPU >= need.CPU && !on[i] && !in[f.nodes[i].Zone] && g.matches(f.nodes[i]) {
				return i
			}
		}
	}
	return -1
}

func (f *shelves) reserve(n int, need scheduler.Demand) {
	f.left[n].Memory -= need.Memory
	f.left[n].CPU -= need.CPU
	b := n / shelfBlock
	f.blocks[b] = 0
	for i := b * shelfBlock; i < min((b+1)*shelfBlock, len(f.nodes)); i++ {
		f.blocks[b] = max(f.blocks[b], f.left[i].Memory)
	}
}
