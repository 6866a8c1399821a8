package schedulertest

import (
	"slices"
	"strings"

	"github.com/bindery/bindery/scheduler"
)

// A Packing is how much of a cluster a placement takes.
type Packing struct {
	// Nodes that have something on them.
	Nodes int
	// Bytes of all Workers on all nodes, each counted once a node.
	Bytes int64
	// Reserved is what was set aside for that: Bytes, unless the planner counts shared Workers more than once.
	Reserved int64
	// Unplaced replicas.
	Unplaced int
}

// PackingOf measures a state.
func PackingOf(s *scheduler.State) Packing {
	var p Packing
	for _, u := range s.Usage() {
		if u.Groups > 0 {
			p.Nodes++
		}
		p.Bytes += u.Used.Memory
	}
	p.Reserved = p.Bytes
	for _, sh := range s.Shortages() {
		p.Unplaced += sh.Want - sh.Have
	}
	return p
}

// problem is a snapshot as the measures below need it.
type problem struct {
	w      World
	groups []*groupView
	// sharers is the number of groups of each Worker.
	sharers map[string]int
}

func newProblem(s *scheduler.Snapshot) *problem {
	p := &problem{w: World{Snapshot: *s}, sharers: map[string]int{}}
	p.w.prepare()
	for _, g := range p.w.groups {
		p.groups = append(p.groups, g)
		for _, m := range g.members {
			p.sharers[m]++
		}
	}
	slices.SortFunc(p.groups, func(a, b *groupView) int { return strings.Compare(a.root, b.root) })
	return p
}

// need is the demand of a group where nothing of it is.
func (p *problem) need(g *groupView) scheduler.Demand {
	var d scheduler.Demand
	for _, m := range g.members {
		d.Memory += p.w.demand[m].Memory
		d.CPU += p.w.demand[m].CPU
	}
	return d
}

// LowerBound returns bytes and nodes that no placement of all replicas in a snapshot can go below. A Worker of one group is on
// as many nodes as that has replicas. A shared one is on at least as many as the most replicated of its groups, and on enough to
// hold what belongs to its groups alone: what doesn't fit beside it on the largest node takes another.
func LowerBound(s *scheduler.Snapshot) Packing {
	p := newProblem(s)
	var largest int64
	for _, n := range s.Nodes {
		if n.State == scheduler.Ready {
			largest = max(largest, n.Memory)
		}
	}
	volume, replicas := map[string]int64{}, map[string]int64{}
	var out Packing
	for _, g := range p.groups {
		var own int64
		for _, m := range g.members {
			if p.sharers[m] == 1 {
				own += p.w.demand[m].Memory
			}
		}
		out.Bytes += own * int64(g.want)
		for _, m := range g.members {
			if p.sharers[m] > 1 {
				volume[m] += own * int64(g.want)
				replicas[m] = max(replicas[m], int64(g.want))
			}
		}
	}
	for m, v := range volume {
		copies := replicas[m]
		if room := largest - p.w.demand[m].Memory; room > 0 {
			copies = max(copies, (v+room-1)/room)
		}
		out.Bytes += copies * p.w.demand[m].Memory
	}
	out.Reserved = out.Bytes
	if largest > 0 {
		out.Nodes = int((out.Bytes + largest - 1) / largest)
	}
	for _, g := range p.groups {
		out.Nodes = max(out.Nodes, g.want)
	}
	return out
}
