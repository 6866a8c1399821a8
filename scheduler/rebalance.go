package scheduler

import (
	"cmp"
	"slices"
)

// Limits bound a [State.Rebalance].
type Limits struct {
	// Moves is the most replicas that are moved.
	Moves int
	// Gain is the least memory, in bytes, that a move to save memory must free; 0 stands for 1 MiB.
	Gain int64
	// Load is how full a node may be, in thousandths, before groups are moved to emptier ones; 0 stands for 900, or
	// for any load if Settings.Even is set.
	Load int64
}

// Why says what a move is good for.
type Why string

const (
	// MakeRoom moves make room for a group that is short of replicas.
	MakeRoom Why = "makes room"
	// Spread moves take a replica out of a zone that has another.
	Spread Why = "spreads over zones"
	// Save moves bring groups to what they share.
	Save Why = "saves memory"
	// Level moves take groups from full nodes to emptier ones, where that costs no memory.
	Level Why = "levels load"
)

// A Move is a replica that goes from one node to another.
type Move struct {
	Root, From, To string
	Why            Why
	// For is the root that room is made for.
	For string
}

// Rebalance moves replicas that may stay where they are to where they are better: first to make room for what is short, then to
// spread over zones, to save memory, and to relieve full nodes. Each move makes the first of these better that it
// changes at all, so repeated calls come to an end and don't undo each other. It looks at the whole cluster, and changes s.
func (s *State) Rebalance(l Limits) (Changes, []Move) {
	if l.Gain <= 0 {
		l.Gain = 1 << 20
	}
	if l.Load <= 0 && !s.settings.Even {
		l.Load = 900
	}
	s.work = &work{}
	s.seeker.batch()
	b := balancer{s: s, k: s.seeker, limits: l}
	b.makeRoom()
	groups := b.movable()
	b.spread(groups)
	b.save(groups)
	b.level()
	s.settle()
	return s.finish(), b.moves
}

type balancer struct {
	s      *State
	k      *seeker
	limits Limits
	moves  []Move
}

func (b *balancer) done() bool { return len(b.moves) >= b.limits.Moves }

func (b *balancer) note(g, from, to int32, why Why) {
	s := b.s
	b.moves = append(b.moves, Move{Root: s.rootName(g), From: s.nodes[from].ID, To: s.nodes[to].ID, Why: why})
}

// may reports whether a group's replicas may be moved about.
func (b *balancer) may(g int32) bool {
	gr := &b.s.groups[g]
	return gr.root >= 0 && gr.trouble == sound && gr.want != All
}

// movable returns the groups that may be moved, in the order of groupBefore.
func (b *balancer) movable() []int32 {
	var out []int32
	for g := range b.s.groups {
		if b.may(int32(g)) && len(b.s.groups[g].replicas) > 0 {
			out = append(out, int32(g))
		}
	}
	slices.SortFunc(out, b.s.groupBefore)
	return out
}

// sharing returns how many other ready replicas of g are in the zone of n.
func (b *balancer) sharing(g, n int32) int32 {
	s := b.s
	others := int32(0)
	for _, r := range s.groups[g].replicas {
		if r.node != n && s.nodes[r.node].State == Ready && s.nodes[r.node].Zone == s.nodes[n].Zone {
			others++
		}
	}
	return others
}

// lift takes a group off a node and returns the best other node for it, with how many replicas that one's zone has; -1 if
// there is none.
func (b *balancer) lift(g, n int32) (candidate, int32) {
	s, k := b.s, b.k
	s.look(g)
	s.take(g, s.groups[g].on(n))
	k.begin(g)
	k.avoid(n)
	c, ok := k.find()
	if !ok {
		return c, -1
	}
	return c, k.tier[s.nodes[c.node].class]
}

func (b *balancer) put(g, n int32) { b.s.put(g, n, b.s.groups[g].composition) }

// makeRoom moves one group at a time out of the way of groups that are short, those without any replica first.
func (b *balancer) makeRoom() {
	s := b.s
	waiting := slices.DeleteFunc(slices.Clone(s.short.list), func(g int32) bool { return !b.may(g) })
	slices.SortFunc(waiting, func(x, y int32) int {
		return cmp.Or(cmp.Compare(len(s.groups[x].replicas), len(s.groups[y].replicas)), s.groupBefore(x, y))
	})
	for _, g := range waiting {
		for !b.done() && s.lacking(g) && b.roomFor(g) {
			continue
		}
	}
}

const (
	// roomNodes and roomGroups bound where makeRoom looks: the nodes that lack least, and so many groups on each.
	roomNodes  = 16
	roomGroups = 64
)

// roomFor places one replica of g where one other group has to leave for it.
func (b *balancer) roomFor(g int32) bool {
	s, k := b.s, b.k
	type option struct {
		node  int32
		lacks int64
	}
	var options []option
	k.begin(g)
	for _, c := range k.classes {
		for _, n := range s.classes.list[c].nodes {
			if nd := &s.nodes[n]; nd.State == Ready && k.host[n] != k.hostEpoch {
				options = append(options, option{n, k.adds(n).Memory - nd.room().Memory})
			}
		}
	}
	slices.SortFunc(options, func(x, y option) int { return cmp.Or(cmp.Compare(x.lacks, y.lacks), s.nodeBefore(x.node, y.node)) })
	for _, o := range options[:min(roomNodes, len(options))] {
		groups := slices.DeleteFunc(slices.Clone(s.nodes[o.node].groups), func(h int32) bool { return !b.may(h) })
		slices.SortFunc(groups, s.groupBefore)
		for _, h := range groups[:min(roomGroups, len(groups))] {
			if b.swapIn(g, h, o.node) {
				return true
			}
		}
	}
	return false
}

// swapIn puts g on a node in place of h, if h has another node to go to that shares no more of a zone.
func (b *balancer) swapIn(g, h, n int32) bool {
	s, k := b.s, b.k
	before := b.sharing(h, n)
	s.look(g)
	s.look(h)
	s.take(h, s.groups[h].on(n))
	k.begin(g)
	if !k.fits(n) {
		b.put(h, n)
		return false
	}
	b.put(g, n)
	k.begin(h)
	k.avoid(n)
	c, ok := k.find()
	if !ok || k.tier[s.nodes[c.node].class] > before {
		s.take(g, s.groups[g].on(n))
		b.put(h, n)
		return false
	}
	b.put(h, c.node)
	b.note(h, n, c.node, MakeRoom)
	b.moves[len(b.moves)-1].For = s.rootName(g)
	return true
}

// spread moves replicas that share a zone to one with fewer.
func (b *balancer) spread(groups []int32) {
	s := b.s
	for _, g := range groups {
		for _, n := range b.readyNodes(g) {
			if b.done() {
				return
			}
			before := b.sharing(g, n)
			if before == 0 || s.groups[g].on(n) < 0 {
				continue
			}
			if c, tier := b.lift(g, n); tier >= 0 && tier < before {
				b.put(g, c.node)
				b.note(g, n, c.node, Spread)
			} else {
				b.put(g, n)
			}
		}
	}
}

// readyNodes returns the ready nodes that a group is on, in their order.
func (b *balancer) readyNodes(g int32) []int32 {
	var out []int32
	for _, r := range b.s.groups[g].replicas {
		if b.s.nodes[r.node].State == Ready {
			out = append(out, r.node)
		}
	}
	slices.SortFunc(out, b.s.nodeBefore)
	return out
}

type saving struct {
	g, node int32
	bytes   int64
}

// save moves groups to nodes where they add less than their leaving frees, the largest savings first, until there are none.
func (b *balancer) save(groups []int32) {
	for !b.done() {
		var list []saving
		for _, g := range groups {
			for _, n := range b.readyNodes(g) {
				if x, _ := b.saving(g, n); x >= b.limits.Gain {
					list = append(list, saving{g, n, x})
				}
			}
		}
		slices.SortFunc(list, func(x, y saving) int {
			return cmp.Or(cmp.Compare(y.bytes, x.bytes), b.s.groupBefore(x.g, y.g), b.s.nodeBefore(x.node, y.node))
		})
		moved := false
		for _, x := range list {
			if b.done() {
				return
			}
			if now, to := b.saving(x.g, x.node); now >= b.limits.Gain {
				b.s.take(x.g, b.s.groups[x.g].on(x.node))
				b.put(x.g, to)
				b.note(x.g, x.node, to, Save)
				moved = true
			}
		}
		if !moved {
			return
		}
	}
}

// saving returns what a move of a group from a node frees in all, and where to. It leaves the group where it is.
func (b *balancer) saving(g, n int32) (int64, int32) {
	s := b.s
	freed := s.frees(g, n)
	b.k.begin(g)
	if b.k.own.Memory >= freed.Memory {
		return 0, -1
	}
	before := b.sharing(g, n)
	c, tier := b.lift(g, n)
	b.put(g, n)
	if tier < 0 || tier > before {
		return 0, -1
	}
	return freed.Memory - c.adds.Memory, c.node
}

// levelNodes is how many of the fullest and of the emptiest nodes are looked at for each move.
const levelNodes = 8

// level moves groups from the fullest nodes to the emptiest, where this takes no more memory in all, until the two are within a
// twentieth of each other or nothing helps.
func (b *balancer) level() {
	s := b.s
	var nodes []int32
	for _, n := range s.nodeIDs {
		if s.nodes[n].State == Ready {
			nodes = append(nodes, n)
		}
	}
	for !b.done() {
		slices.SortFunc(nodes, func(x, y int32) int {
			return cmp.Or(cmp.Compare(s.nodes[y].load(Demand{}), s.nodes[x].load(Demand{})), s.nodeBefore(x, y))
		})
		if !b.levelOne(nodes) {
			return
		}
	}
}

func (b *balancer) levelOne(nodes []int32) bool {
	s := b.s
	k := min(levelNodes, len(nodes)/2)
	for _, full := range nodes[:k] {
		top := s.nodes[full].load(Demand{})
		if top <= b.limits.Load {
			return false
		}
		best, bestLoad, to := int32(-1), top, int32(-1)
		for i := len(nodes) - 1; i >= len(nodes)-k; i-- {
			empty := nodes[i]
			if top-s.nodes[empty].load(Demand{}) < 50 {
				break
			}
			for _, g := range s.nodes[full].groups {
				if load := b.levelled(g, full, empty); load < bestLoad || load == bestLoad && best >= 0 && s.groupBefore(g, best) < 0 {
					best, bestLoad, to = g, load, empty
				}
			}
		}
		if best >= 0 {
			s.look(best)
			s.take(best, s.groups[best].on(full))
			b.put(best, to)
			b.note(best, full, to, Level)
			return true
		}
	}
	return false
}

const noLoad = int64(1) << 62

// levelled returns how full the fuller of two nodes would be if a group moved from one to the other; noLoad if it may not.
func (b *balancer) levelled(g, from, to int32) int64 {
	s, k := b.s, b.k
	if !b.may(g) || s.groups[g].on(to) >= 0 || !s.matches(g, to) {
		return noLoad
	}
	others := b.sharing(g, to)
	if s.nodes[from].Zone == s.nodes[to].Zone {
		others--
	}
	if others > b.sharing(g, from) {
		return noLoad
	}
	k.begin(g)
	adds, freed := k.adds(to), s.frees(g, from)
	if adds.Memory > freed.Memory || !adds.within(s.nodes[to].room()) {
		return noLoad
	}
	return max(s.nodes[to].load(adds), s.nodes[from].load(Demand{}.minus(freed)))
}
