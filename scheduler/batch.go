package scheduler

import (
	"cmp"
	"slices"
)

// task is a group that lacks replicas, with what decides its turn.
type task struct {
	g int32
	// level is the number of replicas it has, on draining nodes too.
	level int
	// big groups need more than a quarter of the largest node.
	big  bool
	need int64
	// hash is that of the root's name.
	hash uint64
	// lead are the two shared Workers that are most worth keeping together, and how much.
	lead [2]lead
}

type lead struct {
	worth int64
	hash  uint64
}

// placeAll places what groups lack as far as there is room. Every group gets its first replica before any gets its second,
// so that what is not served at all comes first.
func (s *State) placeAll(groups []int32) {
	if len(groups) == 0 {
		return
	}
	k := s.seeker
	k.batch()
	tasks := s.order(groups)
	small := s.newPuzzle(tasks)
	var everywhere []int32
	for _, t := range tasks {
		if s.groups[t.g].want == All {
			everywhere = append(everywhere, t.g)
		}
	}
	for level := 0; len(tasks) > 0; level++ {
		for _, t := range tasks {
			if s.groups[t.g].want == All && level > 0 && t.level <= level {
				s.fill(t.g)
			}
		}
		rest := tasks[:0]
		for _, t := range tasks {
			if t.level > level {
				rest = append(rest, t)
				continue
			}
			if s.groups[t.g].want == All && level > 0 || !s.lacking(t.g) {
				continue
			}
			if n, ok := s.placeOne(t.g); ok {
				small.added(t.g, n)
				t.level++
				rest = append(rest, t)
			}
		}
		tasks = rest
	}
	if small.solve() {
		for _, g := range everywhere {
			s.fill(g)
		}
	}
}

// placeOne gives a group one more replica and returns where.
func (s *State) placeOne(g int32) (int32, bool) {
	k := s.seeker
	k.begin(g)
	if k.hopeless() {
		return -1, false
	}
	c, ok := k.find()
	if !ok {
		k.fail()
		return -1, false
	}
	s.put(g, c.node, s.groups[g].composition)
	k.placed(c.node)
	return c.node, true
}

// fill puts a group on every node that will do and has room.
func (s *State) fill(g int32) {
	k := s.seeker
	k.begin(g)
	for _, c := range slices.Clone(k.classes) {
		for _, n := range s.classes.list[c].nodes {
			if k.fits(n) {
				s.put(g, n, s.groups[g].composition)
			}
		}
	}
}

// order sorts groups into the order in which they are placed: big ones first, as they fit in few places; then those with the
// same heavy shared Workers one after the other, so that they fill nodes together.
func (s *State) order(groups []int32) []task {
	ready, largest := int64(s.readyNodes()), s.largestNode()
	total := int64(len(s.groups) - len(s.freeGroups) - len(s.work.leftGroups))
	tasks := make([]task, len(groups))
	for i, g := range groups {
		t := task{g: g, hash: s.g.hash[s.groups[g].root]}
		live, draining := s.live(g)
		t.level = live + draining
		if s.groups[g].want == All {
			t.level = min(t.level, 1)
		}
		for _, m := range s.groups[g].members {
			t.need += s.demand[m.worker].Memory
			if len(s.in[m.worker]) > 1 {
				t.follow(lead{s.worth(m.worker, ready, total), s.g.hash[m.worker]})
			}
		}
		t.big = t.need > largest/4
		tasks[i] = t
	}
	slices.SortFunc(tasks, s.taskBefore)
	return tasks
}

// readyNodes counts the nodes that take groups.
func (s *State) readyNodes() int {
	n := 0
	for i := range s.classes.list {
		n += s.classes.list[i].ready
	}
	return n
}

// largestNode returns the memory of the largest ready node, which is only looked for after nodes changed.
func (s *State) largestNode() int64 {
	if s.largest < 0 {
		s.largest = 0
		for i := range s.nodes {
			if n := &s.nodes[i]; n.State == Ready && n.ID != "" {
				s.largest = max(s.largest, n.Memory)
			}
		}
	}
	return s.largest
}

func (t *task) follow(l lead) {
	switch {
	case l.worth <= 0:
	case l.before(t.lead[0]) < 0:
		t.lead[0], t.lead[1] = l, t.lead[0]
	case l.before(t.lead[1]) < 0:
		t.lead[1] = l
	}
}

func (l lead) before(m lead) int {
	return cmp.Or(cmp.Compare(m.worth, l.worth), cmp.Compare(l.hash, m.hash))
}

// worth estimates the bytes saved by keeping a shared Worker's groups together: it would be on as many nodes as it has groups if
// they were strewn, and needs as many as its share of all groups fills. One that everybody binds is everywhere anyway.
func (s *State) worth(w int32, ready, total int64) int64 {
	if total == 0 {
		return 0
	}
	groups := int64(len(s.in[w]))
	strewn := min(groups, ready)
	together := (groups*ready + total - 1) / total
	return s.demand[w].Memory * max(0, strewn-together)
}

func (s *State) taskBefore(a, b task) int {
	if a.big != b.big {
		if a.big {
			return -1
		}
		return 1
	}
	if a.big && a.need != b.need {
		return cmp.Compare(b.need, a.need)
	}
	if c := cmp.Or(a.lead[0].before(b.lead[0]), a.lead[1].before(b.lead[1]), cmp.Compare(b.need, a.need), cmp.Compare(a.hash, b.hash)); c != 0 {
		return c
	}
	return s.groupBefore(a.g, b.g)
}
