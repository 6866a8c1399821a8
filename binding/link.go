package binding

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sort"
)

// link names each member by the hash of its version and of all that it reaches. The members of a cycle hash as one.
func (c *Composition) link() {
	t := &tarjan{c: c, index: make(map[string]int), low: make(map[string]int), onStack: make(map[string]bool)}
	for _, name := range c.Workers() {
		if _, seen := t.index[name]; !seen {
			t.visit(name)
		}
	}
}

// tarjan finds strongly connected components, callees first
// (R. Tarjan, Depth-first search and linear graph algorithms, 1972).
type tarjan struct {
	c       *Composition
	next    int
	index   map[string]int
	low     map[string]int
	onStack map[string]bool
	stack   []string
}

func (t *tarjan) visit(name string) {
	t.index[name], t.low[name] = t.next, t.next
	t.next++
	t.stack = append(t.stack, name)
	t.onStack[name] = true
	for _, s := range t.c.members[name].Services {
		if _, seen := t.index[s.Worker]; !seen {
			t.visit(s.Worker)
			t.low[name] = min(t.low[name], t.low[s.Worker])
		} else if t.onStack[s.Worker] {
			t.low[name] = min(t.low[name], t.index[s.Worker])
		}
	}
	if t.low[name] != t.index[name] {
		return
	}
	var component []string
	for {
		last := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.onStack[last] = false
		component = append(component, last)
		if last == name {
			break
		}
	}
	t.c.hash(component)
}

// hash names the members of one component, whose callees outside of it have their names already.
func (c *Composition) hash(component []string) {
	sort.Strings(component)
	within := make(map[string]bool, len(component))
	for _, name := range component {
		within[name] = true
	}
	h := sha256.New()
	put := func(fields ...string) {
		for _, f := range fields {
			h.Write([]byte{byte(len(f) >> 24), byte(len(f) >> 16), byte(len(f) >> 8), byte(len(f))})
			h.Write([]byte(f))
		}
	}
	for _, name := range component {
		m := c.members[name]
		put("worker", m.Name, m.Version)
		for _, s := range m.Services {
			target := ""
			if !within[s.Worker] {
				target = c.members[s.Worker].link
			}
			put("service", s.Binding, s.Worker, s.Entrypoint, string(s.Props), target)
		}
	}
	sum := h.Sum(nil)
	for _, name := range component {
		own := sha256.Sum256(append(append([]byte(name), 0), sum...))
		c.members[name].link = hex.EncodeToString(own[:])
	}
}

func join(errs []error) error { return errors.Join(errs...) }
