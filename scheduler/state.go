package scheduler

import (
	"cmp"
	"slices"
	"strings"
)

// A State is a planned cluster: the snapshot it was made from, with the changes of the plan carried out, and what is needed
// to plan the next change quickly. Methods that return no Changes only read, and may run at the same time as each other;
// [State.Advance] and [State.Rebalance] change the state and need it alone. Who wants to keep the state before takes a
// [State.Clone].
type State struct {
	settings Settings
	g        *Graph
	classes  classes
	// Of each Worker, by id: its demand, the groups it is a member of, where it is loaded, and the group it is the root of, or -1.
	demand   []Demand
	in       [][]ref
	places   [][]place
	groupOf  []int32
	measured map[string]Demand

	groups     []group
	freeGroups []int32
	nodes      []node
	nodeIDs    map[string]int32
	freeNodes  []int32
	// largest is the memory of the largest ready node, or -1 if that has to be looked for.
	largest int64
	// short has the groups with fewer replicas than they should have and the broken ones; everywhere those with replicas on
	// all nodes.
	short      set
	everywhere set

	// work is what one Plan, Advance or Rebalance notes down.
	work   *work
	seeker *seeker
}

// ref says that a Worker is member number idx of a group.
type ref struct{ group, idx int32 }

// place says that a node has a Worker loaded for so many groups. The places of a Worker are in the order of nodeBefore.
type place struct {
	hash  uint64
	node  int32
	count int32
}

// member is a Worker of a group; pos is where its list of groups has this one.
type member struct{ worker, pos int32 }

// replica is a group on a node; pos is where the node's list of groups has it.
type replica struct {
	node, pos   int32
	composition string
}

// trouble is why a group as a whole can't be placed.
type trouble uint8

const (
	sound trouble = iota
	// A member doesn't exist, or no node can meet the constraints of all members: replicas stay as they are.
	missing
	conflict
	// All versions of a member are held: no replica may stay.
	held
)

type group struct {
	root int32
	// members are in the order of their names.
	members     []member
	constraint  int32
	want        int32
	trouble     trouble
	composition string
	replicas    []replica
	// was has the replicas before the work in progress, if dirty is set.
	was   []replica
	dirty bool
	// gone is set when the root stopped being one.
	gone bool
}

type node struct {
	Node
	hash  uint64
	class int32
	// slot is the node's leaf in its class's tree.
	slot   int32
	used   Demand
	groups []int32
}

const noLimit = int64(1) << 60

// capacity returns what Workers may use in all.
func (n *node) capacity() Demand { return capacity(&n.Node) }

func capacity(n *Node) Demand {
	if n.CPU == 0 {
		return Demand{n.Memory, noLimit}
	}
	return Demand{n.Memory, n.CPU}
}

func (n *node) room() Demand { return n.capacity().minus(n.used) }

func (n *node) over() bool { return !n.used.within(n.capacity()) }

// set is a set of ids that is listed without order.
type set struct {
	list []int32
	pos  map[int32]int32
}

func (s *set) has(id int32) bool { _, ok := s.pos[id]; return ok }

func (s *set) put(id int32, in bool) {
	at, have := s.pos[id]
	switch {
	case in && !have:
		if s.pos == nil {
			s.pos = map[int32]int32{}
		}
		s.pos[id] = int32(len(s.list))
		s.list = append(s.list, id)
	case !in && have:
		last := s.list[len(s.list)-1]
		s.list[at] = last
		s.pos[last] = at
		s.list = s.list[:len(s.list)-1]
		delete(s.pos, id)
	}
}

// work is what must be looked at before a plan is whole, and the room to think about it.
type work struct {
	// dirty has the groups whose replicas may have to change.
	dirty []int32
	// wasShort has those of them that were short before.
	wasShort set
	// gained has the nodes that have more room than before, suspect those that may be over capacity.
	gained, suspect set
	// nodesChanged is set when some node came, went or changed what it is good for.
	nodesChanged bool
	// strays are assignments of roots and nodes that don't exist.
	strays []Assignment
	// leftGroups and leftNodes are forgotten in the end.
	leftGroups, leftNodes []int32
	// loose has the Workers that may not be needed any more.
	loose []int32
}

// nodeBefore is the order in which nodes are filled. It is that of the hashes of their names, so that it is the same
// whatever the ids, and zones are mixed.
func (s *State) nodeBefore(a, b int32) int {
	return cmp.Or(cmp.Compare(s.nodes[a].hash, s.nodes[b].hash), strings.Compare(s.nodes[a].ID, s.nodes[b].ID))
}

// groupBefore is the same for groups.
func (s *State) groupBefore(a, b int32) int {
	x, y := s.groups[a].root, s.groups[b].root
	return cmp.Or(cmp.Compare(s.g.hash[x], s.g.hash[y]), strings.Compare(s.g.names[x], s.g.names[y]))
}

func (s *State) rootName(g int32) string { return s.g.names[s.groups[g].root] }

// grow makes the lists by Worker as long as the graph's.
func (s *State) grow() {
	n := len(s.g.names)
	if missing := n - len(s.demand); missing > 1 {
		s.demand = slices.Grow(s.demand, missing)
		s.in = slices.Grow(s.in, missing)
		s.places = slices.Grow(s.places, missing)
		s.groupOf = slices.Grow(s.groupOf, missing)
	}
	for len(s.demand) < n {
		s.demand = append(s.demand, Demand{})
		s.in = append(s.in, nil)
		s.places = append(s.places, nil)
		s.groupOf = append(s.groupOf, -1)
	}
}

// look puts a group on the list of those to be looked at, and notes how its replicas were before the work began. It must
// come before any change to them.
func (s *State) look(g int32) {
	gr := &s.groups[g]
	if gr.dirty {
		return
	}
	gr.dirty = true
	gr.was = slices.Clone(gr.replicas)
	s.work.dirty = append(s.work.dirty, g)
	if s.short.has(g) {
		s.work.wasShort.put(g, true)
	}
}

// placeOf returns where in a Worker's places a node is or would be.
func (s *State) placeOf(w, n int32) (int, bool) {
	list := s.places[w]
	hash := s.nodes[n].hash
	lo, hi := 0, len(list)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if p := &list[mid]; p.hash < hash || p.hash == hash && p.node != n && s.nodeBefore(p.node, n) < 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < len(list) && list[lo].node == n
}

// put places a group on a node.
func (s *State) put(g, n int32, composition string) {
	gr, nd := &s.groups[g], &s.nodes[n]
	used := nd.used
	for _, m := range gr.members {
		i, on := s.placeOf(m.worker, n)
		if on {
			s.places[m.worker][i].count++
			continue
		}
		if s.places[m.worker] == nil {
			s.places[m.worker] = make([]place, 0, 2)
		}
		s.places[m.worker] = slices.Insert(s.places[m.worker], i, place{nd.hash, n, 1})
		used = used.plus(s.demand[m.worker])
	}
	gr.replicas = append(gr.replicas, replica{n, int32(len(nd.groups)), composition})
	nd.groups = append(nd.groups, g)
	s.use(n, used)
}

// take removes a group's replica number r from its node.
func (s *State) take(g int32, r int) {
	gr := &s.groups[g]
	rep := gr.replicas[r]
	nd := &s.nodes[rep.node]
	used := nd.used
	for _, m := range gr.members {
		i, _ := s.placeOf(m.worker, rep.node)
		list := s.places[m.worker]
		if list[i].count--; list[i].count == 0 {
			s.places[m.worker] = slices.Delete(list, i, i+1)
			used = used.minus(s.demand[m.worker])
		}
	}
	last := nd.groups[len(nd.groups)-1]
	nd.groups[rep.pos] = last
	nd.groups = nd.groups[:len(nd.groups)-1]
	if last != g {
		moved := &s.groups[last]
		moved.replicas[moved.on(rep.node)].pos = rep.pos
	}
	gr.replicas = slices.Delete(gr.replicas, r, r+1)
	s.use(rep.node, used)
}

// on returns the number of the replica on a node, or -1.
func (g *group) on(n int32) int {
	for i := range g.replicas {
		if g.replicas[i].node == n {
			return i
		}
	}
	return -1
}

// use sets what is used of a node, in its class's tree too.
func (s *State) use(n int32, used Demand) {
	nd := &s.nodes[n]
	before := nd.used
	nd.used = used
	s.refit(n)
	if used.Memory < before.Memory || used.CPU < before.CPU {
		s.work.gained.put(n, true)
	}
	if used.Memory > before.Memory || used.CPU > before.CPU {
		s.work.suspect.put(n, true)
	}
}

// refit brings a node's leaf up to date.
func (s *State) refit(n int32) {
	nd := &s.nodes[n]
	room := Demand{-1, -1}
	if nd.State == Ready {
		room = nd.room()
	}
	s.classes.list[nd.class].tree.set(int(nd.slot), room)
}

// live counts a group's replicas on ready nodes and on draining ones.
func (s *State) live(g int32) (ready, draining int) {
	for _, r := range s.groups[g].replicas {
		if s.nodes[r.node].State == Ready {
			ready++
		} else {
			draining++
		}
	}
	return ready, draining
}

// wanted returns how many replicas a group should have.
func (s *State) wanted(g int32) int {
	gr := &s.groups[g]
	if gr.want != All {
		return int(gr.want)
	}
	all := 0
	for _, c := range s.classes.matching(gr.constraint) {
		all += s.classes.list[c].ready
	}
	return max(all, 1)
}

// lacking reports whether a group belongs among the short ones.
func (s *State) lacking(g int32) bool {
	if s.groups[g].gone {
		return false
	}
	if s.groups[g].trouble != sound {
		return true
	}
	ready, _ := s.live(g)
	return ready < s.wanted(g)
}

// matches reports whether a node meets a group's constraint.
func (s *State) matches(g, n int32) bool {
	c := &s.classes
	return c.meets(&c.list[s.nodes[n].class], c.constraints[s.groups[g].constraint].Constraint)
}
