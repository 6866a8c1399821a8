package scheduler

import (
	"cmp"
	"encoding/binary"
	"slices"
)

const (
	// seekShared is how many of a group's shared Workers, the heaviest, lead to nodes; seekPlaces how many nodes of each are
	// looked at, and seekTries how many of those with room. More finds little: see docs/rationale/scheduler.md.
	seekShared = 4
	seekPlaces = 64
	seekTries  = 8
)

// seeker finds the best node for one more replica of a group. It is told of a group by begin and then knows, until the
// group's replicas change, which nodes are out of question and what the group would add to each of the others.
type seeker struct {
	s      *State
	walk   []int32
	digest []byte

	g int32
	// own is the demand of the members that no other group has, shared the other members, heaviest first, and need all of it.
	own, need Demand
	shared    []int32
	// tier has, by class, the number of the group's replicas in its zone, or -1 if the class doesn't meet the constraint.
	tier    []int32
	inZone  []int32
	classes []int32
	maxTier int32
	// host and seen mark nodes with the number of the search: those with a replica, and those looked at.
	host, seen           []uint32
	hostEpoch, seenEpoch uint32

	best candidate

	// front has, by shared Worker and zone, the node that the last group with it was placed on in this batch.
	front map[int32][]int32
	// failed has, by constraint and shared Workers, the least own demand that no node had room for in this batch.
	failed map[string]Demand
	key    []byte
}

// candidate is a node and what the group adds to it; node is -1 for none.
type candidate struct {
	node int32
	adds Demand
	room Demand
	// load is how full the node would be, in thousandths; only kept if the fullest matter.
	load int64
}

func newSeeker(s *State) *seeker { return &seeker{s: s} }

// batch forgets what was learnt of the cluster as it was.
func (k *seeker) batch() {
	k.front = map[int32][]int32{}
	k.failed = map[string]Demand{}
}

// begin prepares the search for a group.
func (k *seeker) begin(g int32) {
	s := k.s
	gr := &s.groups[g]
	k.g, k.own, k.need = g, Demand{}, Demand{}
	k.shared = k.shared[:0]
	for _, m := range gr.members {
		d := s.demand[m.worker]
		k.need = k.need.plus(d)
		if len(s.in[m.worker]) == 1 {
			k.own = k.own.plus(d)
		} else {
			k.shared = append(k.shared, m.worker)
		}
	}
	slices.SortFunc(k.shared, func(a, b int32) int {
		x, y := s.demand[a], s.demand[b]
		return cmp.Or(cmp.Compare(y.Memory, x.Memory), cmp.Compare(y.CPU, x.CPU), cmp.Compare(s.g.hash[a], s.g.hash[b]))
	})
	k.tiers()
}

// tiers sorts the classes by how many replicas their zones have already.
func (k *seeker) tiers() {
	s := k.s
	for _, c := range k.classes {
		if int(c) < len(k.tier) {
			k.tier[c] = -1
		}
	}
	for len(k.tier) < len(s.classes.list) {
		k.tier = append(k.tier, -1)
	}
	for len(k.inZone) < len(s.classes.zones) {
		k.inZone = append(k.inZone, 0)
	}
	for len(k.host) < len(s.nodes) {
		k.host = append(k.host, 0)
		k.seen = append(k.seen, 0)
	}
	k.hostEpoch = bump(k.hostEpoch, k.host)
	gr := &s.groups[k.g]
	zone := func(n int32) int32 { return s.classes.list[s.nodes[n].class].zone }
	for _, r := range gr.replicas {
		k.host[r.node] = k.hostEpoch
		if s.nodes[r.node].State == Ready {
			k.inZone[zone(r.node)]++
		}
	}
	k.classes = append(k.classes[:0], s.classes.matching(gr.constraint)...)
	k.maxTier = -1
	for _, c := range k.classes {
		k.tier[c] = k.inZone[s.classes.list[c].zone]
		k.maxTier = max(k.maxTier, k.tier[c])
	}
	for _, r := range gr.replicas {
		k.inZone[zone(r.node)] = 0
	}
}

// avoid rules a node out until the next begin.
func (k *seeker) avoid(n int32) { k.host[n] = k.hostEpoch }

// bump returns the next epoch, never one that marks still have.
func bump(epoch uint32, marks []uint32) uint32 {
	if epoch++; epoch == 0 {
		clear(marks)
		epoch = 1
	}
	return epoch
}

// find returns the best node: in a zone with the fewest replicas, there where the group adds least. It finds one whenever
// there is one.
func (k *seeker) find() (candidate, bool) {
	for t := int32(0); t <= k.maxTier; t++ {
		if k.findIn(t) {
			return k.best, true
		}
	}
	return candidate{node: -1}, false
}

func (k *seeker) findIn(t int32) bool {
	k.best = candidate{node: -1}
	k.seenEpoch = bump(k.seenEpoch, k.seen)
	k.tryFronts(t)
	if k.best.node >= 0 && k.best.adds.Memory == k.own.Memory && !k.s.settings.Even {
		return true // all that is shared is there: no node adds less
	}
	k.tryPlaces(t)
	k.tryRoom(t)
	if k.best.node < 0 {
		k.tryAll(t)
	}
	return k.best.node >= 0
}

// fits reports whether one more replica has room on n.
func (k *seeker) fits(n int32) bool {
	nd := &k.s.nodes[n]
	if nd.State != Ready || k.tier[nd.class] < 0 || k.host[n] == k.hostEpoch {
		return false
	}
	room := nd.room()
	return k.own.within(room) && k.adds(n).within(room)
}

// adds returns what the group adds to a node that doesn't have it.
func (k *seeker) adds(n int32) Demand {
	d := k.own
	for _, w := range k.shared {
		if _, on := k.s.placeOf(w, n); !on {
			d = d.plus(k.s.demand[w])
		}
	}
	return d
}

// try looks at one node of tier t and reports whether the group has room there.
func (k *seeker) try(n, t int32) bool {
	s := k.s
	nd := &s.nodes[n]
	if k.seen[n] == k.seenEpoch || nd.State != Ready || k.tier[nd.class] != t || k.host[n] == k.hostEpoch {
		return false
	}
	k.seen[n] = k.seenEpoch
	room := nd.room()
	if !k.own.within(room) {
		return false
	}
	c := candidate{node: n, adds: k.adds(n), room: room}
	if !c.adds.within(room) {
		return false
	}
	if s.settings.Even {
		c.load = nd.load(c.adds)
	}
	if k.best.node < 0 || k.better(&c, &k.best) {
		k.best = c
	}
	return true
}

// load returns how full a node is with more on it, in thousandths of its memory or CPU, whichever is fuller.
func (n *node) load(more Demand) int64 {
	load := (n.used.Memory + more.Memory) * 1000 / n.Memory
	if n.CPU > 0 {
		load = max(load, (n.used.CPU+more.CPU)*1000/n.CPU)
	}
	return load
}

// better orders candidates of one tier: what adds least memory first; then the emptiest, or else one that is in use already and the
// fullest.
func (k *seeker) better(a, b *candidate) bool {
	s := k.s
	if a.adds.Memory != b.adds.Memory {
		return a.adds.Memory < b.adds.Memory
	}
	if s.settings.Even && a.load != b.load {
		return a.load < b.load
	}
	if x, y := len(s.nodes[a.node].groups) > 0, len(s.nodes[b.node].groups) > 0; x != y && !s.settings.Even {
		return x
	}
	if a.room.Memory != b.room.Memory && !s.settings.Even {
		return a.room.Memory < b.room.Memory
	}
	return s.nodeBefore(a.node, b.node) < 0
}

// tryFronts looks at the nodes being filled with the group's heaviest shared Workers.
func (k *seeker) tryFronts(t int32) {
	for _, w := range k.shared[:min(seekShared, len(k.shared))] {
		for _, n := range k.front[w] {
			if n >= 0 {
				k.try(n, t)
			}
		}
	}
}

// placed notes where the group went, for the groups after it.
func (k *seeker) placed(n int32) {
	zone := int(k.s.classes.list[k.s.nodes[n].class].zone)
	for _, w := range k.shared[:min(seekShared, len(k.shared))] {
		list := k.front[w]
		for len(list) <= zone {
			list = append(list, -1)
		}
		list[zone] = n
		k.front[w] = list
	}
}

// tryPlaces looks at some of the nodes that have the heaviest shared Workers, starting at another for each group.
func (k *seeker) tryPlaces(t int32) {
	s := k.s
	hash := s.g.hash[s.groups[k.g].root]
	for _, w := range k.shared[:min(seekShared, len(k.shared))] {
		list := s.places[w]
		at, _ := slices.BinarySearchFunc(list, hash, func(p place, h uint64) int { return cmp.Compare(p.hash, h) })
		tries := 0
		for i := 0; i < min(seekPlaces, len(list)) && tries < seekTries; i++ {
			if at >= len(list) {
				at = 0
			}
			if k.try(list[at].node, t) {
				tries++
			}
			at++
		}
	}
}

// tryRoom looks at the first node that has room for all of the group, or at the emptiest if that is wanted. It is one node whatever
// the classes, which depend on the constraints that there ever were.
func (k *seeker) tryRoom(t int32) {
	if k.s.settings.Even && k.tryWidest(t) {
		return
	}
	s := k.s
	first := int32(-1)
	for _, c := range k.classes {
		if k.tier[c] != t {
			continue
		}
		cl := &s.classes.list[c]
		leaf := cl.tree.first(0, k.need)
		for leaf >= 0 && k.host[cl.nodes[leaf]] == k.hostEpoch {
			leaf = cl.tree.first(leaf+1, k.need)
		}
		if leaf >= 0 && (first < 0 || s.nodeBefore(cl.nodes[leaf], first) < 0) {
			first = cl.nodes[leaf]
		}
	}
	if first >= 0 {
		k.try(first, t)
	}
}

// tryWidest looks at the node with the most free memory.
func (k *seeker) tryWidest(t int32) bool {
	s := k.s
	for _, r := range s.groups[k.g].replicas {
		nd := &s.nodes[r.node]
		s.classes.list[nd.class].tree.set(int(nd.slot), Demand{-1, -1})
		defer s.refit(r.node)
	}
	widest := int32(-1)
	for _, c := range k.classes {
		cl := &s.classes.list[c]
		if k.tier[c] != t || len(cl.nodes) == 0 || cl.tree.top().Memory < 0 {
			continue
		}
		n := cl.nodes[cl.tree.widest()]
		if widest < 0 {
			widest = n
			continue
		}
		x, y := s.nodes[n].room().Memory, s.nodes[widest].room().Memory
		if x > y || x == y && s.nodeBefore(n, widest) < 0 {
			widest = n
		}
	}
	return widest >= 0 && k.try(widest, t)
}

// tryAll looks at every node that can have room because it has some shared Workers already.
func (k *seeker) tryAll(t int32) {
	s := k.s
	top := Demand{-1, -1}
	for _, c := range k.classes {
		if k.tier[c] == t {
			room := s.classes.list[c].tree.top()
			top = Demand{max(top.Memory, room.Memory), max(top.CPU, room.CPU)}
		}
	}
	if !k.own.within(top) {
		return
	}
	// A Worker that the emptiest node has no room for beside the group's own must be there already.
	must := int32(-1)
	for _, w := range k.shared {
		if !k.own.plus(s.demand[w]).within(top) && (must < 0 || len(s.places[w]) < len(s.places[must])) {
			must = w
		}
	}
	for _, w := range k.shared {
		if must >= 0 && w != must {
			continue
		}
		for i := range s.places[w] {
			k.try(s.places[w][i].node, t)
		}
	}
}

// hopeless reports whether a group that shares the same Workers and needs no more of its own found no room in this batch.
func (k *seeker) hopeless() bool {
	if len(k.failed) == 0 {
		return false
	}
	least, ok := k.failed[string(k.signature())]
	return ok && least.within(k.own)
}

// fail notes that the group found no room, if it has no replica that ruled nodes out.
func (k *seeker) fail() {
	if len(k.s.groups[k.g].replicas) == 0 {
		k.failed[string(k.signature())] = k.own
	}
}

func (k *seeker) signature() []byte {
	k.key = binary.LittleEndian.AppendUint32(k.key[:0], uint32(k.s.groups[k.g].constraint))
	for _, w := range k.shared {
		k.key = binary.LittleEndian.AppendUint32(k.key, uint32(w))
	}
	return k.key
}
