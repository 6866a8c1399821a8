package schedulertest

import (
	"crypto/sha256"
	"encoding/hex"
	"math/bits"
	"slices"

	"github.com/bindery/bindery/scheduler"
)

// A World is what one plan is judged by: what it was asked, what it answered, and how to ask again.
type World struct {
	// Snapshot is what the plan was made for; its assignments are those before it.
	Snapshot scheduler.Snapshot
	// Changes is the plan.
	Changes scheduler.Changes
	// State is the state that the plan left.
	State *scheduler.State
	// Plan makes a plan; tests of the invariants put a wrong one here.
	Plan func(*scheduler.Snapshot) (*scheduler.State, scheduler.Changes, error)
	// Rebalanced is set for a rebalance, which may move what could stay.
	Rebalanced bool

	// What follows is worked out by prepare.
	after   []scheduler.Assignment
	workers map[string]*scheduler.Version
	exists  map[string]bool
	nodes   map[string]scheduler.Node
	demand  map[string]scheduler.Demand
	groups  map[string]*groupView
	loads   map[string]*loadView
}

// groupView is a group as the naive implementation sees it.
type groupView struct {
	root       string
	members    []string
	missing    bool
	held       bool
	conflict   bool
	zones      [][]string
	labels     []map[string]string
	want       int
	all        bool
	hash       string
	before, at []string
}

// sound reports whether the group can be placed at all.
func (g *groupView) sound() bool { return !g.missing && !g.held && !g.conflict }

// loadView is what a set of assignments puts on a node.
type loadView struct {
	workers map[string]bool
	used    scheduler.Demand
}

func (w *World) prepare() {
	w.after = w.Changes.Apply(w.Snapshot.Assigned)
	w.workers, w.exists = effective(&w.Snapshot)
	w.nodes = map[string]scheduler.Node{}
	for _, n := range w.Snapshot.Nodes {
		w.nodes[n.ID] = n
	}
	w.demand = map[string]scheduler.Demand{}
	for name := range w.workers {
		w.demand[name] = w.demandOf(name)
	}
	w.groups = map[string]*groupView{}
	for name := range w.exists {
		if w.isRoot(name) {
			w.groups[name] = w.group(name)
		}
	}
	for _, a := range w.Snapshot.Assigned {
		if g := w.groups[a.Root]; g != nil {
			g.before = append(g.before, a.Node)
		}
	}
	for _, a := range w.after {
		if g := w.groups[a.Root]; g != nil {
			g.at = append(g.at, a.Node)
		}
	}
	w.loads = w.load(w.after)
}

// effective returns the version served of each Worker that has one, and which Workers exist.
func effective(s *scheduler.Snapshot) (map[string]*scheduler.Version, map[string]bool) {
	versions, exists := map[string]*scheduler.Version{}, map[string]bool{}
	held := func(w *scheduler.Worker, v *scheduler.Version) bool {
		return slices.Contains(s.Held, scheduler.Pin{Worker: w.Name, Version: v.ID})
	}
	releases := map[string]bool{}
	for i := range s.Workers {
		for j := range s.Workers[i].Versions {
			if v := &s.Workers[i].Versions[j]; v.Release != "" && held(&s.Workers[i], v) {
				releases[v.Release] = true
			}
		}
	}
	for i := range s.Workers {
		w := &s.Workers[i]
		exists[w.Name] = true
		for j := range w.Versions {
			if v := &w.Versions[j]; !held(w, v) && !releases[v.Release] {
				versions[w.Name] = v
				break
			}
		}
	}
	return versions, exists
}

func (w *World) isRoot(name string) bool {
	if v := w.workers[name]; v != nil {
		return v.Root
	}
	for i := range w.Snapshot.Workers {
		if worker := &w.Snapshot.Workers[i]; worker.Name == name {
			return worker.Versions[0].Root
		}
	}
	return false
}

func (w *World) demandOf(name string) scheduler.Demand {
	v := w.workers[name]
	if v == nil {
		return scheduler.Demand{}
	}
	var m scheduler.Demand
	for _, measure := range w.Snapshot.Measured {
		if measure.Worker == name {
			m = measure.Demand
		}
	}
	pick := func(declared, measured, setting, standard int64) int64 {
		if measured > 0 {
			if n := bits.Len64(uint64(measured)); n > 4 {
				step := int64(1) << (n - 4)
				measured = (measured + step - 1) / step * step
			}
			return max(declared, measured)
		}
		if declared > 0 {
			return declared
		}
		if setting > 0 {
			return setting
		}
		return standard
	}
	set := w.Snapshot.Settings.Demand
	return scheduler.Demand{
		Memory: pick(v.Demand.Memory, m.Memory, set.Memory, 1<<20),
		CPU:    pick(v.Demand.CPU, m.CPU, set.CPU, 1),
	}
}

func (w *World) group(root string) *groupView {
	g := &groupView{root: root, want: 2}
	seen := map[string]bool{}
	var visit func(string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		g.members = append(g.members, name)
		if v := w.workers[name]; v != nil {
			for _, b := range v.Bindings {
				visit(b.Service)
			}
		}
	}
	visit(root)
	slices.Sort(g.members)
	text := root + "\x00"
	for _, name := range g.members {
		v := w.workers[name]
		switch {
		case v != nil:
			text += name + "\x00" + v.ID + "\x00"
			if len(v.Constraint.Zones) > 0 {
				g.zones = append(g.zones, v.Constraint.Zones)
			}
			g.labels = append(g.labels, v.Constraint.Labels)
		case w.exists[name]:
			g.held = true
		default:
			g.missing = true
		}
	}
	g.conflict = w.conflicts(g)
	sum := sha256.Sum256([]byte(text))
	g.hash = hex.EncodeToString(sum[:16])
	if n := w.Snapshot.Settings.Replicas; n > 0 {
		g.want = n
	}
	if v := w.workers[root]; v != nil && v.Replicas != 0 {
		g.want = v.Replicas
	}
	if g.want == scheduler.All {
		g.all, g.want = true, 0
		for _, n := range w.nodes {
			if n.State == scheduler.Ready && g.matches(n) {
				g.want++
			}
		}
		g.want = max(g.want, 1)
	}
	return g
}

// conflicts reports whether no node whatever could meet all of a group's constraints.
func (w *World) conflicts(g *groupView) bool {
	values := map[string]string{}
	for _, labels := range g.labels {
		for key, value := range labels {
			if old, ok := values[key]; ok && old != value {
				return true
			}
			values[key] = value
		}
	}
	if len(g.zones) == 0 {
		return false
	}
	for _, zone := range g.zones[0] {
		if !slices.ContainsFunc(g.zones, func(zones []string) bool { return !slices.Contains(zones, zone) }) {
			return false
		}
	}
	return true
}

func (g *groupView) matches(n scheduler.Node) bool {
	for _, zones := range g.zones {
		if !slices.Contains(zones, n.Zone) {
			return false
		}
	}
	for _, labels := range g.labels {
		for key, value := range labels {
			if got, ok := n.Labels[key]; !ok || got != value {
				return false
			}
		}
	}
	return true
}

// load returns what assignments put on each node.
func (w *World) load(assigned []scheduler.Assignment) map[string]*loadView {
	loads := map[string]*loadView{}
	for id := range w.nodes {
		loads[id] = &loadView{workers: map[string]bool{}}
	}
	for _, a := range assigned {
		l, g := loads[a.Node], w.groups[a.Root]
		if l == nil || g == nil {
			continue
		}
		for _, name := range g.members {
			if !l.workers[name] {
				l.workers[name] = true
				l.used.Memory += w.demand[name].Memory
				l.used.CPU += w.demand[name].CPU
			}
		}
	}
	return loads
}

// over reports whether a node has more on it than it can have.
func over(n scheduler.Node, used scheduler.Demand) bool {
	return used.Memory > n.Memory || n.CPU > 0 && used.CPU > n.CPU
}

// fits reports whether one more replica of g has room on n as things are after the plan.
func (w *World) fits(g *groupView, n scheduler.Node) bool {
	if n.State != scheduler.Ready || !g.matches(n) || slices.Contains(g.at, n.ID) {
		return false
	}
	l := w.loads[n.ID]
	used := l.used
	for _, name := range g.members {
		if !l.workers[name] {
			used.Memory += w.demand[name].Memory
			used.CPU += w.demand[name].CPU
		}
	}
	return !over(n, used)
}

// ready returns those of ids that are ready nodes.
func (w *World) ready(ids []string) []string {
	var out []string
	for _, id := range ids {
		if n, ok := w.nodes[id]; ok && n.State == scheduler.Ready {
			out = append(out, id)
		}
	}
	return out
}
