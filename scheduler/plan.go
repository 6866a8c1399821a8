package scheduler

import (
	"cmp"
	"slices"
	"strings"
)

// Plan makes a state of a snapshot and returns the changes that make it whole: every group on as many nodes as it should
// be, as far as there is room. Groups that may stay where they are stay. The time is about linear in Workers, bindings and
// replicas.
//
// The error joins every *[Fault] of the snapshot that leaves no plan; see [Snapshot.Check]. A group that can't be placed is
// no error: it is among [State.Shortages].
func Plan(snap *Snapshot) (*State, Changes, error) {
	if err := snap.check().err(); err != nil {
		return nil, Changes{}, err
	}
	s := &State{
		settings: snap.Settings,
		classes:  newClasses(),
		measured: make(map[string]Demand, len(snap.Measured)),
		nodeIDs:  make(map[string]int32, len(snap.Nodes)),
		largest:  -1,
	}
	s.seeker = newSeeker(s)
	s.work = &work{}
	for _, m := range snap.Measured {
		s.setMeasured(m)
	}
	for i := range snap.Nodes {
		s.newNode(&snap.Nodes[i])
	}
	s.reclass()
	if err := s.loadWorkers(snap); err != nil {
		return nil, Changes{}, err
	}
	s.loadAssigned(snap.Assigned)
	for n := range s.nodes {
		s.work.suspect.put(int32(n), true)
	}
	s.settle()
	return s, s.finish(), nil
}

func (s *State) setMeasured(m Measure) {
	if m.Demand == (Demand{}) {
		delete(s.measured, m.Worker)
	} else {
		s.measured[m.Worker] = m.Demand
	}
}

// loadWorkers takes in all Workers and makes their groups, every one of which is looked at.
func (s *State) loadWorkers(snap *Snapshot) error {
	s.g = newGraph(len(snap.Workers))
	for _, p := range snap.Held {
		s.g.held.pins[p] = struct{}{}
	}
	for i := range snap.Workers {
		if !s.g.load(&snap.Workers[i]) {
			return snap.Check()
		}
	}
	s.g.choose()
	s.grow()
	roots := 0
	for id := range s.g.names {
		w := int32(id)
		s.demand[w] = s.demandOf(w)
		if !s.g.absent(w) && s.g.isRoot(w) {
			roots++
		}
	}
	s.groups = make([]group, 0, roots)
	s.work.dirty = make([]int32, 0, roots)
	for id := range s.g.names {
		w := int32(id)
		if !s.g.absent(w) && s.g.isRoot(w) {
			g := s.addGroup(w)
			s.look(g)
			s.regroup(g)
			s.renew(g)
		}
	}
	return nil
}

// loadAssigned puts groups where they are. What is on nodes that are lost is only remembered, to be unassigned.
func (s *State) loadAssigned(assigned []Assignment) {
	for _, a := range assigned {
		g, known := s.lookup(a.Root)
		n, there := s.nodeIDs[a.Node]
		if !known || !there {
			s.work.strays = append(s.work.strays, a)
			continue
		}
		gr := &s.groups[g]
		gr.was = append(gr.was, replica{node: n, composition: a.Composition})
		if s.nodes[n].State != Lost {
			s.put(g, n, a.Composition)
		}
	}
}

// settle makes the plan whole again after changes to groups and nodes that were noted in s.work.
func (s *State) settle() {
	w := s.work
	if w.nodesChanged {
		for _, g := range s.everywhere.list {
			s.look(g)
		}
	}
	for _, g := range w.dirty {
		s.trim(g)
	}
	s.evict()
	s.retry()
	var tasks []int32
	for _, g := range w.dirty {
		if gr := &s.groups[g]; gr.trouble == sound && !gr.gone && s.lacking(g) {
			tasks = append(tasks, g)
		}
	}
	s.placeAll(tasks)
	for _, g := range w.dirty {
		s.relieve(g)
		s.short.put(g, s.lacking(g))
	}
}

// trim takes away the replicas of a group that can't or needn't stay, and brings the rest to its composition.
func (s *State) trim(g int32) {
	gr := &s.groups[g]
	if gr.gone || gr.trouble == held {
		for len(gr.replicas) > 0 {
			s.take(g, len(gr.replicas)-1)
		}
		return
	}
	if gr.trouble != sound {
		return
	}
	for r := len(gr.replicas) - 1; r >= 0; r-- {
		if s.matches(g, gr.replicas[r].node) {
			gr.replicas[r].composition = gr.composition
		} else {
			s.take(g, r)
		}
	}
	want := s.wanted(g)
	for ready, _ := s.live(g); ready > want; ready-- {
		s.take(g, s.surplus(g))
	}
}

// surplus returns which replica a group can spare most: one of the zone that has most of them, there the last in the order
// of nodes.
func (s *State) surplus(g int32) int {
	replicas := s.groups[g].replicas
	inZone := map[string]int{}
	for _, r := range replicas {
		if s.nodes[r.node].State == Ready {
			inZone[s.nodes[r.node].Zone]++
		}
	}
	worst := -1
	for i, r := range replicas {
		if s.nodes[r.node].State != Ready {
			continue
		}
		if worst < 0 {
			worst = i
			continue
		}
		a, b := inZone[s.nodes[r.node].Zone], inZone[s.nodes[replicas[worst].node].Zone]
		if a > b || a == b && s.nodeBefore(r.node, replicas[worst].node) > 0 {
			worst = i
		}
	}
	return worst
}

// relieve takes a group off draining nodes as far as it has replicas elsewhere.
func (s *State) relieve(g int32) {
	gr := &s.groups[g]
	if gr.trouble != sound {
		return
	}
	ready, draining := s.live(g)
	keep := max(0, s.wanted(g)-ready)
	if gr.want == All && ready > 0 {
		keep = 0
	}
	for ; draining > keep; draining-- {
		last := -1
		for i, r := range gr.replicas {
			if s.nodes[r.node].State != Ready && (last < 0 || s.nodeBefore(r.node, gr.replicas[last].node) > 0) {
				last = i
			}
		}
		s.take(g, last)
	}
}

// retry looks at the groups that were short before and that may fit now. A group that fitted nowhere can only fit where
// room was gained: placing others took as much room as it may have brought shared Workers.
func (s *State) retry() {
	w := s.work
	gained := slices.DeleteFunc(slices.Clone(w.gained.list), func(n int32) bool { return s.nodes[n].State != Ready })
	if len(gained) == 0 {
		return
	}
	top := Demand{}
	for _, n := range gained {
		room := s.nodes[n].room()
		top = Demand{max(top.Memory, room.Memory), max(top.CPU, room.CPU)}
	}
	for _, g := range slices.Clone(s.short.list) {
		gr := &s.groups[g]
		if gr.dirty || gr.trouble != sound {
			continue
		}
		if s.demand[gr.root].Memory > top.Memory && len(s.in[gr.root]) == 1 {
			continue
		}
		if len(gained) > 64 {
			s.look(g)
			continue
		}
		s.seeker.begin(g)
		for _, n := range gained {
			if s.seeker.fits(n) {
				s.look(g)
				break
			}
		}
	}
}

// finish writes down what changed and clears the work away.
func (s *State) finish() Changes {
	w := s.work
	var c Changes
	c.Unassign = append(c.Unassign, w.strays...)
	if n := len(w.dirty); n > 1000 {
		c.Assign = make([]Assignment, 0, 2*n)
	}
	slices.SortFunc(w.dirty, func(a, b int32) int { return strings.Compare(s.rootName(a), s.rootName(b)) })
	for _, g := range w.dirty {
		s.compare(g, &c)
		name := s.rootName(g)
		switch was, is := w.wasShort.has(g), s.short.has(g); {
		case is && !was:
			c.Short = append(c.Short, name)
		case was && !is:
			c.Whole = append(c.Whole, name)
		}
		s.groups[g].dirty, s.groups[g].was = false, nil
	}
	if len(w.strays) > 0 {
		sortAssignments(c.Unassign)
	}
	s.forget()
	s.work = nil
	return c
}

// compare adds the difference between a group's replicas then and now to c.
func (s *State) compare(g int32, c *Changes) {
	gr := &s.groups[g]
	byNode := func(a, b replica) int { return cmp.Compare(s.nodes[a.node].ID, s.nodes[b.node].ID) }
	was, is := gr.was, gr.replicas
	slices.SortFunc(was, byNode)
	slices.SortFunc(is, byNode)
	root := s.rootName(g)
	note := func(list []Assignment, r replica) []Assignment {
		return append(list, Assignment{root, s.nodes[r.node].ID, r.composition})
	}
	for len(was) > 0 || len(is) > 0 {
		order := -1
		switch {
		case len(was) == 0:
			order = 1
		case len(is) > 0:
			order = byNode(was[0], is[0])
		}
		switch {
		case order < 0:
			c.Unassign = note(c.Unassign, was[0])
			was = was[1:]
		case order > 0:
			c.Assign = note(c.Assign, is[0])
			is = is[1:]
		default:
			if was[0].composition != is[0].composition {
				c.Update = note(c.Update, is[0])
			}
			was, is = was[1:], is[1:]
		}
	}
}

// forget gives the ids of what left free again.
func (s *State) forget() {
	for _, g := range s.work.leftGroups {
		s.disband(g)
		s.groupOf[s.groups[g].root] = -1
		s.short.put(g, false)
		s.everywhere.put(g, false)
		s.groups[g] = group{root: -1}
		s.freeGroups = append(s.freeGroups, g)
	}
	for _, w := range s.work.loose {
		if len(s.in[w]) == 0 && s.g.collect(w) {
			s.demand[w] = Demand{}
		}
	}
	for _, n := range s.work.leftNodes {
		s.nodes[n] = node{}
		s.freeNodes = append(s.freeNodes, n)
	}
}

// Assignments returns where compositions are once the changes are carried out, sorted by root, then node.
func (s *State) Assignments() []Assignment {
	var out []Assignment
	for g := range s.groups {
		if s.groups[g].root < 0 {
			continue
		}
		for _, r := range s.groups[g].replicas {
			out = append(out, Assignment{s.rootName(int32(g)), s.nodes[r.node].ID, r.composition})
		}
	}
	sortAssignments(out)
	return out
}

// Graph returns the graph of the Workers, to read. It is valid as long as s is.
func (s *State) Graph() *Graph { return s.g }
