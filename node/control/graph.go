package control

import (
	"sort"

	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// graph is the Workers of a state and their service bindings.
type graph struct {
	workers  []*binderyv1.WorkerState
	versions map[string]*binderyv1.Version
	callers  map[string][]string // names of those that bind a Worker, each once
}

func newGraph(state store.State) *graph {
	g := &graph{workers: state.Workers(), versions: map[string]*binderyv1.Version{}, callers: map[string][]string{}}
	for _, w := range g.workers {
		v := state.Version(w.GetVersion())
		g.versions[w.GetName()] = v
		seen := map[string]bool{}
		for _, b := range v.GetConfig().GetServices() {
			if !seen[b.GetService()] {
				seen[b.GetService()] = true
				g.callers[b.GetService()] = append(g.callers[b.GetService()], w.GetName())
			}
		}
	}
	return g
}

// callees gives the Workers that one binds.
func (g *graph) callees(name string) []string {
	var names []string
	for _, b := range g.versions[name].GetConfig().GetServices() {
		names = append(names, b.GetService())
	}
	return names
}

// distances gives how many steps there are from a Worker to all that it reaches.
func (g *graph) distances(from string, next func(string) []string) map[string]int {
	depth := map[string]int{from: 0}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, name := range next(queue[0]) {
			if _, seen := depth[name]; !seen && g.versions[name] != nil {
				depth[name] = depth[queue[0]] + 1
				queue = append(queue, name)
			}
		}
	}
	return depth
}

// around gives the part of the graph that a Worker reaches, or is reached from.
func (g *graph) around(name string) (nodes []*binderyv1.GraphNode, edges []*binderyv1.GraphEdge) {
	down := g.distances(name, g.callees)
	up := g.distances(name, func(n string) []string { return g.callers[n] })
	for _, w := range g.workers {
		depth, below := down[w.GetName()]
		if _, above := up[w.GetName()]; !below && !above {
			continue
		}
		if !below {
			depth = -1
		}
		c := g.versions[w.GetName()].GetConfig()
		nodes = append(nodes, &binderyv1.GraphNode{
			Name: w.GetName(), Version: w.GetVersion(), Environment: c.GetEnvironment(), Root: len(c.GetRoutes()) > 0, Depth: int32(depth),
		})
		for _, b := range c.GetServices() {
			_, below := down[b.GetService()]
			if _, above := up[b.GetService()]; below || above {
				edges = append(edges, &binderyv1.GraphEdge{From: w.GetName(), To: b.GetService(), Binding: b.GetBinding(), Entrypoint: b.GetEntrypoint()})
			}
		}
	}
	return nodes, edges
}

// groups gives the roots, each with all that it reaches.
func (g *graph) groups() []*binderyv1.Group {
	var list []*binderyv1.Group
	for _, w := range g.workers {
		v := g.versions[w.GetName()]
		if len(v.GetConfig().GetRoutes()) == 0 || v.GetBundle() == "" {
			continue
		}
		group := &binderyv1.Group{Root: w.GetName()}
		for member := range g.distances(w.GetName(), g.callees) {
			group.Members = append(group.Members, member)
		}
		sort.Strings(group.Members)
		list = append(list, group)
	}
	return list
}
