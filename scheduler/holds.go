package scheduler

import "maps"

// holds knows which versions must not run. A release one of whose versions is held is held as a whole.
type holds struct {
	pins map[Pin]struct{}
	// releases counts the held versions of each release that has some.
	releases map[string]int
	// byRelease has the ids of the Workers with a version of a release. It is made when the first release is held: most clusters
	// never need it.
	byRelease map[string][]int32
}

// count adds by to the releases that the held ones among versions belong to, and returns those that came to be held or ceased to.
func (h *holds) count(name string, versions []Version, by int) (turned []string) {
	if len(h.pins) == 0 {
		return nil
	}
	for i := range versions {
		v := &versions[i]
		if _, held := h.pins[Pin{name, v.ID}]; held && v.Release != "" {
			turned = h.bump(v.Release, by, turned)
		}
	}
	return turned
}

func (h *holds) bump(release string, by int, turned []string) []string {
	before := h.releases[release]
	after := before + by
	if after == 0 {
		delete(h.releases, release)
	} else {
		h.releases[release] = after
	}
	if (before == 0) != (after == 0) {
		turned = append(turned, release)
	}
	return turned
}

func (h *holds) has(name string, v *Version) bool {
	if len(h.pins) == 0 {
		return false
	}
	if _, held := h.pins[Pin{name, v.ID}]; held {
		return true
	}
	return v.Release != "" && h.releases[v.Release] > 0
}

// first returns the index of the version to serve, or -1 if all are held.
func (h *holds) first(name string, versions []Version) int32 {
	for i := range versions {
		if !h.has(name, &versions[i]) {
			return int32(i)
		}
	}
	return -1
}

// members returns the Workers that have, or had, a version of release.
func (g *Graph) members(release string) []int32 {
	if g.held.byRelease == nil {
		g.held.byRelease = map[string][]int32{}
		for id := range g.names {
			g.indexReleases(int32(id))
		}
	}
	return g.held.byRelease[release]
}

// indexReleases adds a Worker's versions to the index of releases, if there is one. Entries are not taken out again: who
// reads them looks at the Worker anyway.
func (g *Graph) indexReleases(id int32) {
	if g.held.byRelease == nil {
		return
	}
	for i := range g.versions[id] {
		release := g.versions[id][i].Release
		if release == "" {
			continue
		}
		if list := g.held.byRelease[release]; len(list) == 0 || list[len(list)-1] != id {
			g.held.byRelease[release] = append(list, id)
		}
	}
}

func (h *holds) clone() holds {
	return holds{pins: maps.Clone(h.pins), releases: maps.Clone(h.releases)}
}
