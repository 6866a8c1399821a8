package scheduler

// Advance takes in what happened and returns the changes that make the plan whole again. They are those that [Plan] would
// return for the snapshot with the delta in it and the assignments as they were, in time that depends on what the delta
// touches: the groups with a changed Worker, those on a changed node, and those that were short. It changes s; if it returns
// an error, which joins every *[Fault] of the delta, it did not.
func (s *State) Advance(d *Delta) (Changes, error) {
	if err := d.Check(); err != nil {
		return Changes{}, err
	}
	s.work = &work{}
	for _, name := range d.RemoveNodes {
		s.removeNode(name)
	}
	for i := range d.Nodes {
		s.setNode(&d.Nodes[i])
	}
	s.setWorkers(d)
	for _, m := range d.Measured {
		s.setMeasured(m)
		if w, ok := s.g.ids[m.Worker]; ok {
			s.redemand(w)
		}
	}
	s.settle()
	return s.finish(), nil
}

// setWorkers takes in the Workers and holds of a delta.
func (s *State) setWorkers(d *Delta) {
	up := update{s: s}
	for _, name := range d.RemoveWorkers {
		if w, ok := s.g.ids[name]; ok {
			up.versions(w, nil)
		}
	}
	for i := range d.Workers {
		up.versions(s.g.intern(d.Workers[i].Name), d.Workers[i].Versions)
	}
	for _, p := range d.Unhold {
		up.hold(p, false)
	}
	for _, p := range d.Hold {
		up.hold(p, true)
	}
	up.apply()
}

// update gathers the Workers whose version to serve may have changed, and the groups that this changes.
type update struct {
	s *State
	// workers are in the order they were noted; fresh is true for those that have other versions than before, not only other holds.
	workers []int32
	fresh   map[int32]bool
	// turned has the releases that came to be held or ceased to be.
	turned []string
	// groups are those with a changed member; regroup is true for those whose members may be others.
	groups  []int32
	regroup map[int32]bool
}

func (u *update) note(w int32, fresh bool) {
	if u.fresh == nil {
		u.fresh = map[int32]bool{}
	}
	if old, ok := u.fresh[w]; !ok {
		u.workers = append(u.workers, w)
		u.fresh[w] = fresh
	} else if fresh && !old {
		u.fresh[w] = true
	}
}

func (u *update) versions(w int32, versions []Version) {
	g := u.s.g
	name := g.names[w]
	u.turned = append(u.turned, g.held.count(name, g.versions[w], -1)...)
	g.versions[w] = versions
	u.turned = append(u.turned, g.held.count(name, versions, 1)...)
	g.indexReleases(w)
	u.note(w, true)
}

func (u *update) hold(p Pin, on bool) {
	g := u.s.g
	if _, is := g.held.pins[p]; is == on {
		return
	}
	by := -1
	if on {
		by = 1
		g.held.pins[p] = struct{}{}
	} else {
		delete(g.held.pins, p)
	}
	w, ok := g.ids[p.Worker]
	if !ok {
		return
	}
	u.note(w, false)
	for i := range g.versions[w] {
		if v := &g.versions[w][i]; v.ID == p.Version && v.Release != "" {
			u.turned = g.held.bump(v.Release, by, u.turned)
		}
	}
}

// apply chooses the versions to serve and brings the groups with a changed Worker up to date.
func (u *update) apply() {
	s, g := u.s, u.s.g
	for _, release := range u.turned {
		for _, w := range g.members(release) {
			u.note(w, false)
		}
	}
	if len(g.held.pins) == 0 {
		g.held.byRelease = nil
	}
	changed := u.workers[:0]
	for _, w := range u.workers {
		cur := g.held.first(g.names[w], g.versions[w])
		if !u.fresh[w] && cur == g.cur[w] {
			continue
		}
		s.work.loose = append(append(s.work.loose, w), g.out[w]...)
		rewired := g.setCurrent(w, cur)
		changed = append(changed, w)
		s.grow()
		for _, r := range s.in[w] {
			u.touch(r.group, rewired)
		}
	}
	for _, w := range changed {
		s.redemand(w)
		u.root(w)
	}
	for _, gr := range u.groups {
		if s.groups[gr].gone {
			continue
		}
		if u.regroup[gr] {
			s.regroup(gr)
		}
		s.renew(gr)
	}
}

func (u *update) touch(g int32, rewired bool) {
	if u.regroup == nil {
		u.regroup = map[int32]bool{}
	}
	old, ok := u.regroup[g]
	if !ok {
		u.groups = append(u.groups, g)
		u.s.look(g)
	}
	u.regroup[g] = old || rewired
}

// root makes the group of a Worker that became a root, and marks that of one that ceased to be.
func (u *update) root(w int32) {
	s := u.s
	is := !s.g.absent(w) && s.g.isRoot(w)
	switch g := s.groupOf[w]; {
	case is && g < 0:
		u.touch(s.addGroup(w), true)
	case !is && g >= 0:
		s.look(g)
		s.groups[g].gone = true
		s.work.leftGroups = append(s.work.leftGroups, g)
	}
}
