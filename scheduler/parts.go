package scheduler

import (
	"slices"
	"strings"
)

// Parts returns the strongly connected parts of the graph: Workers that reach each other, which is one Worker alone
// unless bindings form a cycle. A part comes after all those it binds, and its Workers are sorted; the whole is the same for
// the same graph. Workers that don't exist are left out. The time is linear in Workers and bindings (Tarjan's algorithm,
// with a stack of its own: a chain of a million Workers is no danger).
func (g *Graph) Parts() [][]string {
	t := tarjan{g: g, index: make([]int32, len(g.names)), low: make([]int32, len(g.names)), on: make([]bool, len(g.names))}
	order := make([]int32, 0, len(g.names))
	for id := range g.names {
		if !g.absent(int32(id)) {
			order = append(order, int32(id))
		}
	}
	t.sort(order)
	for _, id := range order {
		if t.index[id] == 0 {
			t.visit(id)
		}
	}
	return t.parts
}

type tarjan struct {
	g          *Graph
	index, low []int32
	on         []bool
	next       int32
	stack      []int32
	frames     []frame
	parts      [][]string
}

// frame is a Worker being visited and those of its services still to come.
type frame struct {
	id   int32
	rest []int32
}

func (t *tarjan) sort(ids []int32) {
	slices.SortFunc(ids, func(a, b int32) int { return strings.Compare(t.g.names[a], t.g.names[b]) })
}

func (t *tarjan) enter(id int32) {
	t.next++
	t.index[id], t.low[id] = t.next, t.next
	t.stack = append(t.stack, id)
	t.on[id] = true
	rest := make([]int32, 0, len(t.g.out[id]))
	for _, w := range t.g.out[id] {
		if !t.g.absent(w) {
			rest = append(rest, w)
		}
	}
	t.sort(rest)
	t.frames = append(t.frames, frame{id, rest})
}

func (t *tarjan) visit(start int32) {
	t.enter(start)
	for len(t.frames) > 0 {
		f := &t.frames[len(t.frames)-1]
		if len(f.rest) > 0 {
			w := f.rest[0]
			f.rest = f.rest[1:]
			switch {
			case t.index[w] == 0:
				t.enter(w)
			case t.on[w]:
				t.low[f.id] = min(t.low[f.id], t.index[w])
			}
			continue
		}
		id := f.id
		t.frames = t.frames[:len(t.frames)-1]
		if len(t.frames) > 0 {
			up := t.frames[len(t.frames)-1].id
			t.low[up] = min(t.low[up], t.low[id])
		}
		if t.low[id] == t.index[id] {
			t.leave(id)
		}
	}
}

// leave takes the part whose first visited Worker is id from the stack.
func (t *tarjan) leave(id int32) {
	at := len(t.stack) - 1
	for t.stack[at] != id {
		at--
	}
	for _, w := range t.stack[at:] {
		t.on[w] = false
	}
	part := t.g.namesOf(t.stack[at:])
	slices.Sort(part)
	t.parts = append(t.parts, part)
	t.stack = t.stack[:at]
}
