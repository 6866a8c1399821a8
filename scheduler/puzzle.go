package scheduler

import "slices"

const (
	// A batch is worth solving better than by one pass if it is this small, in replicas and in ready nodes.
	puzzlePieces = 32
	puzzleNodes  = 32
	// puzzleTurns is how many times, for each piece, some pieces are taken up and laid again.
	puzzleTurns = 32
)

// puzzle improves on what one pass over a small batch has placed: it takes some of the new replicas up and lays them again,
// and keeps what is no worse. Replicas that were there before the batch are never moved. It draws its choices from a fixed
// sequence, so it comes to the same end each time.
type puzzle struct {
	s      *State
	on     bool
	pieces []piece
	// groups are those of the batch that have room from the start.
	groups []int32
	// nodes are in the order of nodeBefore.
	nodes []int32
	seed  uint64
}

// piece is a replica of this batch; node is -1 while it has none.
type piece struct{ g, node int32 }

// score is what counts, in this order: groups without any replica, replicas missing, replicas that share zones, and memory used.
type score [4]int64

func (a score) less(b score) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}

// near reports whether it is worth going on from here: from somewhat more memory, as there may be less behind it.
func (a score) near(best score) bool {
	return a[0] == best[0] && a[1] == best[1] && a[2] == best[2] && a[3] <= best[3]+best[3]/16
}

// newPuzzle looks whether a batch is small. Groups that fit nowhere from the start don't count: whether they are in the batch
// must make no difference.
func (s *State) newPuzzle(tasks []task) *puzzle {
	p := &puzzle{s: s, seed: 1}
	if s.readyNodes() > puzzleNodes {
		return p
	}
	for _, n := range s.nodeIDs {
		if s.nodes[n].State == Ready {
			p.nodes = append(p.nodes, n)
		}
	}
	slices.SortFunc(p.nodes, s.nodeBefore)
	pieces := 0
	for _, t := range tasks {
		if s.groups[t.g].want == All {
			continue
		}
		s.seeker.begin(t.g)
		if _, ok := s.seeker.find(); !ok {
			continue
		}
		p.groups = append(p.groups, t.g)
		live, _ := s.live(t.g)
		if pieces += s.wanted(t.g) - live; pieces > puzzlePieces {
			return p
		}
	}
	p.on = true
	return p
}

func (p *puzzle) added(g, n int32) {
	if p.on && p.s.groups[g].want != All {
		p.pieces = append(p.pieces, piece{g, n})
	}
}

func (p *puzzle) next(n int) int {
	p.seed += 0x9e3779b97f4a7c15
	return int(mix(p.seed) % uint64(n))
}

func (p *puzzle) score() score {
	s := p.s
	var sc score
	zones := map[int32]int64{}
	last := int32(-1)
	for _, pc := range p.pieces {
		if pc.node < 0 {
			sc[1]++
		}
		if pc.g == last {
			continue
		}
		last = pc.g
		gr := &s.groups[pc.g]
		if len(gr.replicas) == 0 {
			sc[0]++
		}
		clear(zones)
		for _, r := range gr.replicas {
			if s.nodes[r.node].State == Ready {
				z := s.classes.list[s.nodes[r.node].class].zone
				sc[2] += 2*zones[z] + 1
				zones[z]++
			}
		}
	}
	for i := range s.nodes {
		sc[3] += s.nodes[i].used.Memory
	}
	return sc
}

// solve lays the pieces as well as it can, and reports whether it tried.
func (p *puzzle) solve() bool {
	if !p.on {
		return false
	}
	p.gather()
	if len(p.pieces) < 2 {
		return false
	}
	s := p.s
	s.seeker.batch()
	best := p.score()
	top, kept := p.nodesOf(nil), p.nodesOf(nil)
	up := make([]int, 0, len(p.pieces))
	for range puzzleTurns * len(p.pieces) {
		kept = p.nodesOf(kept[:0])
		up = p.choose(up[:0])
		for _, i := range up {
			p.lay(i, -1)
		}
		for len(up) > 0 {
			j := p.next(len(up))
			p.layBest(up[j], p.next(4) == 0)
			up[j] = up[len(up)-1]
			up = up[:len(up)-1]
		}
		now := p.score()
		if now.less(best) {
			best, top = now, p.nodesOf(top[:0])
		}
		if !now.near(best) {
			p.restore(kept)
		}
	}
	p.restore(top)
	p.polish()
	return true
}

// nodesOf appends where the pieces are.
func (p *puzzle) nodesOf(list []int32) []int32 {
	for i := range p.pieces {
		list = append(list, p.pieces[i].node)
	}
	return list
}

// gather sorts the pieces by group, and adds those that found no place.
func (p *puzzle) gather() {
	placed := map[int32][]piece{}
	for _, pc := range p.pieces {
		placed[pc.g] = append(placed[pc.g], pc)
	}
	p.pieces = p.pieces[:0]
	for _, g := range p.groups {
		p.pieces = append(p.pieces, placed[g]...)
		live, _ := p.s.live(g)
		for range p.s.wanted(g) - live {
			p.pieces = append(p.pieces, piece{g, -1})
		}
	}
}

// choose picks pieces to take up: all on one node or two, all with one Worker, or a few. Those that lie nowhere are always among
// them.
func (p *puzzle) choose(up []int) []int {
	first, second := p.next(len(p.pieces)), p.next(len(p.pieces))
	var picked func(i int) bool
	switch p.next(4) {
	case 0:
		picked = func(i int) bool { return p.pieces[i].node == p.pieces[first].node }
	case 1:
		picked = func(i int) bool {
			return p.pieces[i].node == p.pieces[first].node || p.pieces[i].node == p.pieces[second].node
		}
	case 2:
		members := p.s.groups[p.pieces[first].g].members
		w := members[p.next(len(members))].worker
		picked = func(i int) bool { return p.s.groups[p.pieces[i].g].has(w) }
	default:
		picked = func(i int) bool { return i == first || i == second || p.next(len(p.pieces)) == 0 }
	}
	for i := range p.pieces {
		if p.pieces[i].node < 0 || picked(i) {
			up = append(up, i)
		}
	}
	return up
}

func (g *group) has(w int32) bool {
	for _, m := range g.members {
		if m.worker == w {
			return true
		}
	}
	return false
}

// lay moves a piece to a node, or takes it up.
func (p *puzzle) lay(i int, n int32) {
	pc := &p.pieces[i]
	if pc.node >= 0 {
		p.s.take(pc.g, p.s.groups[pc.g].on(pc.node))
	}
	if n >= 0 {
		p.s.put(pc.g, n, p.s.groups[pc.g].composition)
	}
	pc.node = n
}

// layBest lays a piece that is up where its group adds least, or on any node that will do.
func (p *puzzle) layBest(i int, any bool) {
	k := p.s.seeker
	k.begin(p.pieces[i].g)
	c, ok := k.find()
	if !ok {
		return
	}
	n := c.node
	if any {
		if m := p.nodes[p.next(len(p.nodes))]; k.fits(m) {
			n = m
		}
	}
	p.lay(i, n)
}

func (p *puzzle) restore(nodes []int32) {
	for i := range p.pieces {
		if p.pieces[i].node != nodes[i] {
			p.lay(i, -1)
		}
	}
	for i := range p.pieces {
		if p.pieces[i].node != nodes[i] {
			p.lay(i, nodes[i])
		}
	}
}

// polish moves single pieces for the better until none can be: so that in the end no group lacks a replica that has room, or
// shares a zone where another has.
func (p *puzzle) polish() {
	best := p.score()
	for again := true; again; {
		again = false
		for i := range p.pieces {
			from := p.pieces[i].node
			p.lay(i, -1)
			p.layBest(i, false)
			if now := p.score(); now.less(best) {
				best, again = now, true
			} else if p.pieces[i].node != from {
				p.lay(i, from)
			}
		}
	}
}
