package scheduler

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Preview is what a delta would do.
type Preview struct {
	// Versions has the Workers of which another version would be served, sorted by name.
	Versions []VersionChange
	// Compositions has the roots whose composition would change, sorted.
	Compositions []CompositionChange
	// Rebound has the Workers that are not in the delta and bind a service of which another version would be served: what it
	// does to those who didn't ask for it. Sorted by Worker, then binding.
	Rebound []Rebound
	// Changes is the plan; Moves pairs what it assigns and unassigns of each root.
	Changes Changes
	Moves   []Move
	// Short tells of the groups that would come to be short or broken.
	Short []Shortage
}

// A VersionChange is a Worker that goes from one version to another; "" stands for none.
type VersionChange struct {
	Worker, From, To string
}

// A CompositionChange is a root that goes from one composition to another; "" stands for none.
type CompositionChange struct {
	Root, From, To string
	// Members has those that differ: with From "" they would join the group, with To "" leave it.
	Members []VersionChange
}

// Rebound is a binding whose service would be another version.
type Rebound struct {
	Worker, Binding, Service, From, To string
}

// Preview returns what [State.Advance] would do, and leaves s as it is. The time is linear in the cluster: it plans on a
// copy. The error joins every *[Fault] of the delta.
func (s *State) Preview(d *Delta) (Preview, error) {
	after := s.Clone()
	changes, err := after.Advance(d)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Changes: changes, Moves: pair(changes)}
	p.Versions = versionChanges(s.g, after.g)
	p.Compositions = compositionChanges(s, after)
	p.Rebound = rebound(after.g, d, p.Versions)
	for _, root := range changes.Short {
		if sh, ok := after.Shortage(root); ok {
			p.Short = append(p.Short, sh)
		}
	}
	return p, nil
}

func (g *Graph) served(name string) string {
	if v, ok := g.Version(name); ok {
		return v.ID
	}
	return ""
}

func versionChanges(before, after *Graph) []VersionChange {
	var out []VersionChange
	for _, name := range before.names {
		if c := (VersionChange{name, before.served(name), after.served(name)}); name != "" && c.From != c.To {
			out = append(out, c)
		}
	}
	for _, name := range after.names {
		if _, known := before.ids[name]; known || name == "" {
			continue
		}
		if c := (VersionChange{name, "", after.served(name)}); c.To != "" {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b VersionChange) int { return strings.Compare(a.Worker, b.Worker) })
	return out
}

func compositionChanges(before, after *State) []CompositionChange {
	var out []CompositionChange
	add := func(root string) {
		from, old := before.Composition(root)
		to, now := after.Composition(root)
		if from != to {
			out = append(out, CompositionChange{root, from, to, memberChanges(old, now)})
		}
	}
	roots := before.Graph().Roots()
	for _, root := range roots {
		add(root)
	}
	for _, root := range after.Graph().Roots() {
		if _, known := slices.BinarySearch(roots, root); !known {
			add(root)
		}
	}
	slices.SortFunc(out, func(a, b CompositionChange) int { return strings.Compare(a.Root, b.Root) })
	return out
}

// memberChanges compares two lists sorted by name.
func memberChanges(old, now []Member) []VersionChange {
	var out []VersionChange
	for len(old) > 0 || len(now) > 0 {
		switch {
		case len(now) == 0 || len(old) > 0 && old[0].Worker < now[0].Worker:
			out = append(out, VersionChange{old[0].Worker, old[0].Version, ""})
			old = old[1:]
		case len(old) == 0 || now[0].Worker < old[0].Worker:
			out = append(out, VersionChange{now[0].Worker, "", now[0].Version})
			now = now[1:]
		default:
			if old[0].Version != now[0].Version {
				out = append(out, VersionChange{now[0].Worker, old[0].Version, now[0].Version})
			}
			old, now = old[1:], now[1:]
		}
	}
	return out
}

func rebound(g *Graph, d *Delta, changes []VersionChange) []Rebound {
	changed := make(map[string]VersionChange, len(changes))
	for _, c := range changes {
		changed[c.Worker] = c
	}
	inDelta := make(map[string]bool, len(d.Workers))
	for i := range d.Workers {
		inDelta[d.Workers[i].Name] = true
	}
	var out []Rebound
	for id, name := range g.names {
		v := g.version(int32(id))
		if v == nil || inDelta[name] {
			continue
		}
		for _, b := range v.Bindings {
			if c, ok := changed[b.Service]; ok {
				out = append(out, Rebound{name, b.Name, b.Service, c.From, c.To})
			}
		}
	}
	slices.SortFunc(out, func(a, b Rebound) int {
		return cmp.Or(strings.Compare(a.Worker, b.Worker), strings.Compare(a.Binding, b.Binding))
	})
	return out
}

// pair makes moves of what begins and ends of each root; what has no counterpart has an empty From or To.
func pair(c Changes) []Move {
	var out []Move
	begin, end := c.Assign, c.Unassign
	for len(begin) > 0 || len(end) > 0 {
		order := 0
		switch {
		case len(begin) == 0:
			order = 1
		case len(end) == 0:
			order = -1
		default:
			order = strings.Compare(begin[0].Root, end[0].Root)
		}
		switch {
		case order < 0:
			out = append(out, Move{Root: begin[0].Root, To: begin[0].Node})
			begin = begin[1:]
		case order > 0:
			out = append(out, Move{Root: end[0].Root, From: end[0].Node})
			end = end[1:]
		default:
			out = append(out, Move{Root: begin[0].Root, From: end[0].Node, To: begin[0].Node})
			begin, end = begin[1:], end[1:]
		}
	}
	return out
}

func (p Preview) String() string {
	var b strings.Builder
	list := func(title string, n int, line func(i int) string) {
		if n > 0 {
			fmt.Fprintf(&b, "%s:\n", title)
		}
		for i := range n {
			fmt.Fprintf(&b, "  %s\n", line(i))
		}
	}
	list("versions", len(p.Versions), func(i int) string { return p.Versions[i].String() })
	list("compositions", len(p.Compositions), func(i int) string { return p.Compositions[i].String() })
	list("bindings of others", len(p.Rebound), func(i int) string { return p.Rebound[i].String() })
	list("moves", len(p.Moves), func(i int) string { return p.Moves[i].String() })
	list("short", len(p.Short), func(i int) string { return strings.ReplaceAll(p.Short[i].String(), "\n", "\n  ") })
	if b.Len() == 0 {
		return "nothing would change\n"
	}
	return b.String()
}

func (c VersionChange) String() string { return fmt.Sprintf("%s %s", c.Worker, arrow(c.From, c.To)) }

func (c CompositionChange) String() string {
	text := fmt.Sprintf("%s %s", c.Root, arrow(short(c.From), short(c.To)))
	for i, m := range c.Members {
		if text += ", "; i == 0 {
			text = strings.TrimSuffix(text, ", ") + ": "
		}
		text += m.String()
	}
	return text
}

func (r Rebound) String() string {
	return fmt.Sprintf("%s binds %s as %s: %s", r.Worker, r.Service, r.Binding, arrow(r.From, r.To))
}

func (m Move) String() string {
	text := fmt.Sprintf("%s %s", m.Root, arrow(m.From, m.To))
	switch {
	case m.Why != "" && m.For != "":
		text += fmt.Sprintf(" (%s for %s)", m.Why, m.For)
	case m.Why != "":
		text += fmt.Sprintf(" (%s)", m.Why)
	}
	return text
}

func arrow(from, to string) string {
	if from == "" {
		from = "none"
	}
	if to == "" {
		to = "none"
	}
	return from + " -> " + to
}
