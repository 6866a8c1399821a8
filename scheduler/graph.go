package scheduler

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Graph is the Workers of a cluster and their service bindings, each Worker in the version that is to be served: the first of its
// versions that is not held. Methods that only read may run at the same time.
type Graph struct {
	ids   map[string]int32
	names []string
	hash  []uint64
	// versions is empty for a Worker that is only known because another binds it.
	versions [][]Version
	// cur is the index in versions of the one to serve, or -1.
	cur []int32
	// out has the distinct Workers that cur binds; indeg counts the Workers in whose out this one is.
	out   [][]int32
	indeg []int32
	free  []int32
	held  holds
	// stamp marks what the walk number epoch has seen.
	stamp []uint32
	epoch uint32
}

// BuildGraph makes the graph of workers without the held versions. The error joins every *[Fault] of the Workers.
func BuildGraph(workers []Worker, held []Pin) (*Graph, error) {
	var l faultList
	l.workers(workers)
	l.doubles(workers)
	if err := l.err(); err != nil {
		return nil, err
	}
	g := newGraph(len(workers))
	for _, p := range held {
		g.held.pins[p] = struct{}{}
	}
	for i := range workers {
		g.load(&workers[i])
	}
	g.choose()
	return g, nil
}

func newGraph(size int) *Graph {
	return &Graph{
		ids:      make(map[string]int32, size),
		names:    make([]string, 0, size),
		hash:     make([]uint64, 0, size),
		versions: make([][]Version, 0, size),
		cur:      make([]int32, 0, size),
		out:      make([][]int32, 0, size),
		indeg:    make([]int32, 0, size),
		stamp:    make([]uint32, 0, size),
		held:     holds{pins: map[Pin]struct{}{}, releases: map[string]int{}},
	}
}

// intern returns the id of a Worker's name, making one for a name not yet known.
func (g *Graph) intern(name string) int32 {
	if id, ok := g.ids[name]; ok {
		return id
	}
	var id int32
	if n := len(g.free); n > 0 {
		id, g.free = g.free[n-1], g.free[:n-1]
		g.names[id], g.hash[id], g.versions[id], g.cur[id], g.out[id], g.indeg[id] = name, hashOf(name), nil, -1, nil, 0
	} else {
		id = int32(len(g.names))
		g.names = append(g.names, name)
		g.hash = append(g.hash, hashOf(name))
		g.versions = append(g.versions, nil)
		g.cur = append(g.cur, -1)
		g.out = append(g.out, nil)
		g.indeg = append(g.indeg, 0)
		g.stamp = append(g.stamp, 0)
	}
	g.ids[name] = id
	return id
}

// load takes a Worker in without choosing its version yet. It reports false if there is one of that name already.
func (g *Graph) load(w *Worker) bool {
	id := g.intern(w.Name)
	if len(g.versions[id]) > 0 {
		return false
	}
	g.versions[id] = w.Versions
	g.held.count(w.Name, w.Versions, 1)
	return true
}

// choose sets the version and the edges of every Worker that load took in.
func (g *Graph) choose() {
	for id := range len(g.names) {
		if len(g.versions[id]) > 0 {
			g.setCurrent(int32(id), g.held.first(g.names[id], g.versions[id]))
		}
	}
}

// setCurrent makes version i of a Worker the one to serve, and reports whether its edges changed.
func (g *Graph) setCurrent(id, i int32) bool {
	var out []int32
	g.cur[id] = i
	if i >= 0 {
		bindings := g.versions[id][i].Bindings
		if len(bindings) > 0 {
			out = make([]int32, 0, len(bindings))
		}
		for _, b := range bindings {
			out = append(out, g.intern(b.Service))
		}
		slices.Sort(out)
		out = slices.Compact(out)
	}
	old := g.out[id]
	if slices.Equal(old, out) {
		return false
	}
	for _, w := range out {
		g.indeg[w]++
	}
	for _, w := range old {
		g.indeg[w]--
	}
	g.out[id] = out
	return true
}

// collect forgets a Worker that does not exist and that nobody binds, and reports whether it did.
func (g *Graph) collect(id int32) bool {
	name := g.names[id]
	if at, known := g.ids[name]; !known || at != id || len(g.versions[id]) > 0 || g.indeg[id] > 0 {
		return false
	}
	delete(g.ids, name)
	g.names[id] = ""
	g.free = append(g.free, id)
	return true
}

func (g *Graph) absent(id int32) bool { return len(g.versions[id]) == 0 }

// version returns what is served of a Worker, or nil.
func (g *Graph) version(id int32) *Version {
	if g.cur[id] < 0 {
		return nil
	}
	return &g.versions[id][g.cur[id]]
}

// isRoot reports whether a Worker is a root. One whose versions are all held is what the newest would be, so that its
// group is reported and not forgotten.
func (g *Graph) isRoot(id int32) bool {
	if v := g.version(id); v != nil {
		return v.Root
	}
	return !g.absent(id) && g.versions[id][0].Root
}

// walk appends root and all it reaches to buf, in the order of their names. Workers that aren't there are among them.
func (g *Graph) walk(root int32, buf []int32) []int32 {
	if g.epoch++; g.epoch == 0 {
		clear(g.stamp)
		g.epoch = 1
	}
	from := len(buf)
	buf = append(buf, root)
	g.stamp[root] = g.epoch
	for i := from; i < len(buf); i++ {
		for _, w := range g.out[buf[i]] {
			if g.stamp[w] != g.epoch {
				g.stamp[w] = g.epoch
				buf = append(buf, w)
			}
		}
	}
	slices.SortFunc(buf[from:], func(a, b int32) int { return strings.Compare(g.names[a], g.names[b]) })
	return buf
}

// reach is walk for readers: it writes nothing to g.
func (g *Graph) reach(root int32) []int32 {
	seen := map[int32]struct{}{root: {}}
	buf := []int32{root}
	for i := 0; i < len(buf); i++ {
		for _, w := range g.out[buf[i]] {
			if _, ok := seen[w]; !ok {
				seen[w] = struct{}{}
				buf = append(buf, w)
			}
		}
	}
	slices.SortFunc(buf, func(a, b int32) int { return strings.Compare(g.names[a], g.names[b]) })
	return buf
}

// Version returns the version of a Worker that is to be served; false if the Worker isn't there or all its versions are held.
func (g *Graph) Version(worker string) (Version, bool) {
	id, ok := g.ids[worker]
	if !ok || g.cur[id] < 0 {
		return Version{}, false
	}
	return *g.version(id), true
}

// Closure returns worker and everything it reaches through bindings, sorted; nil if there is no such Worker. A Worker
// that is bound but does not exist is included.
func (g *Graph) Closure(worker string) []string {
	id, ok := g.ids[worker]
	if !ok || g.absent(id) {
		return nil
	}
	return g.namesOf(g.reach(id))
}

// Roots returns the Workers that have a group, sorted.
func (g *Graph) Roots() []string {
	var out []string
	for id, name := range g.names {
		if !g.absent(int32(id)) && g.isRoot(int32(id)) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Faults returns every binding whose service does not exist, sorted by Worker, then binding.
func (g *Graph) Faults() []Fault {
	var out []Fault
	for id := range g.names {
		out = g.faultsOf(int32(id), out)
	}
	slices.SortFunc(out, func(a, b Fault) int {
		return cmp.Or(strings.Compare(a.Worker, b.Worker), strings.Compare(a.Binding, b.Binding))
	})
	return out
}

// faultsOf appends the faults of one Worker's bindings.
func (g *Graph) faultsOf(id int32, out []Fault) []Fault {
	v := g.version(id)
	if v == nil {
		return out
	}
	for _, b := range v.Bindings {
		if g.absent(g.ids[b.Service]) {
			out = append(out, Fault{
				Worker: g.names[id], Version: v.ID, Binding: b.Name,
				Problem: fmt.Sprintf("there is no Worker %q: deploy it, or take the binding out", b.Service),
			})
		}
	}
	return out
}

func (g *Graph) namesOf(ids []int32) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = g.names[id]
	}
	return out
}

// hashOf spreads names evenly over 64 bits, the same on every machine: FNV-1a, finished as in MurmurHash3.
func hashOf(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h)
}

func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
