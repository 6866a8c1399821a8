package scheduler

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An Explanation tells where a group is and why, node by node.
type Explanation struct {
	Root        string
	Composition string
	// Members have what each counts for; Need is their sum, what the group takes of a node that has none of them.
	Members []Member
	Need    Demand
	// Constraint is that of all members together, Limits those of each that has one.
	Constraint Constraint
	Limits     []Limit
	// Held has the versions of members that would be served if they were not held.
	Held []HeldVersion
	Want int
	// Shortage is set if the group is short.
	Shortage *Shortage
	// Nodes has a verdict for every node: first those the group is on, then those that have room, best first, then the rest by ID.
	Nodes []Verdict
}

// A Limit is a constraint and the member that brings it.
type Limit struct {
	Worker     string
	Constraint Constraint
}

// A HeldVersion is a version that is passed over. Release is set if it is held only because another version of its release is.
type HeldVersion struct {
	Pin
	Release string
}

// A Verdict tells of one node what speaks for and against it as a place for a group as things are.
type Verdict struct {
	Node   string
	Zone   string
	State  NodeState
	Placed bool
	// Fits is set if the node isn't Placed and one more replica has room there.
	Fits bool
	// Sharing is the number of other replicas in the node's zone: fewer is better, and comes before all else.
	Sharing int
	// Adds is what the group adds to the node or, where it is placed, what would be freed if it left. Shared is the rest of
	// its need, what other groups there have in memory anyway. Less added is better.
	Adds, Shared Demand
	// Room is what is free on the node.
	Room Demand
	// Unmet is the part of the constraint that the node doesn't meet, and Lacks the room that is missing.
	Unmet string
	Lacks Demand
}

// Explain returns the explanation for a root, and false if it is none. The time is linear in nodes and members.
func (s *State) Explain(root string) (Explanation, bool) {
	g, ok := s.lookup(root)
	if !ok {
		return Explanation{}, false
	}
	gr := &s.groups[g]
	k := newSeeker(s)
	k.begin(g)
	e := Explanation{
		Root: root, Composition: gr.composition, Members: s.membersOf(g), Need: k.need,
		Constraint: s.classes.constraints[gr.constraint].Constraint, Want: s.wanted(g),
	}
	for _, m := range gr.members {
		if v := s.g.version(m.worker); v != nil && v.Constraint.String() != "" {
			e.Limits = append(e.Limits, Limit{s.g.names[m.worker], v.Constraint})
		}
		e.Held = s.g.passedOver(m.worker, e.Held)
	}
	if sh, short := s.Shortage(root); short {
		e.Shortage = &sh
	}
	for _, n := range s.nodeIDs {
		e.Nodes = append(e.Nodes, s.verdict(k, n, e.Constraint))
	}
	slices.SortFunc(e.Nodes, verdictBefore)
	return e, true
}

// passedOver appends the held versions of a Worker that come before the one that is served.
func (g *Graph) passedOver(w int32, out []HeldVersion) []HeldVersion {
	for i := range g.versions[w] {
		if int32(i) == g.cur[w] {
			break
		}
		v := &g.versions[w][i]
		h := HeldVersion{Pin: Pin{g.names[w], v.ID}}
		if _, itself := g.held.pins[h.Pin]; !itself {
			h.Release = v.Release
		}
		out = append(out, h)
	}
	return out
}

func (s *State) verdict(k *seeker, n int32, limit Constraint) Verdict {
	nd := &s.nodes[n]
	gr := &s.groups[k.g]
	v := Verdict{Node: nd.ID, Zone: nd.Zone, State: nd.State, Room: nd.room(), Placed: gr.on(n) >= 0, Fits: k.fits(n)}
	v.Unmet = s.classes.unmet(&s.classes.list[nd.class], limit)
	for _, r := range gr.replicas {
		if o := &s.nodes[r.node]; r.node != n && o.State == Ready && o.Zone == nd.Zone {
			v.Sharing++
		}
	}
	if v.Placed {
		v.Adds = s.frees(k.g, n)
	} else {
		v.Adds = k.adds(n)
		lacks := v.Adds.minus(v.Room)
		v.Lacks = Demand{max(0, lacks.Memory), max(0, lacks.CPU)}
	}
	v.Shared = k.need.minus(v.Adds)
	return v
}

func verdictBefore(a, b Verdict) int {
	rank := func(v Verdict) int {
		switch {
		case v.Placed:
			return 0
		case v.Fits:
			return 1
		}
		return 2
	}
	if c := cmp.Compare(rank(a), rank(b)); c != 0 {
		return c
	}
	if a.Fits {
		if c := cmp.Or(cmp.Compare(a.Sharing, b.Sharing), cmp.Compare(a.Adds.Memory, b.Adds.Memory)); c != 0 {
			return c
		}
	}
	return strings.Compare(a.Node, b.Node)
}

// explainNodes is how many nodes the text names of those that a group isn't on.
const explainNodes = 12

func (e Explanation) String() string {
	var b strings.Builder
	have := 0
	for _, v := range e.Nodes {
		if v.Placed {
			have++
		}
	}
	fmt.Fprintf(&b, "%s, composition %s: on %d of %d nodes\n", e.Root, short(e.Composition), have, e.Want)
	fmt.Fprintf(&b, "needs %s and %s CPU:", bytesText(e.Need.Memory), cpuText(e.Need.CPU))
	for i, m := range e.Members {
		if i > 0 {
			b.WriteByte(',')
		}
		version := m.Version
		if version == "" {
			version = "none"
		}
		fmt.Fprintf(&b, " %s@%s %s", m.Worker, version, bytesText(m.Demand.Memory))
	}
	b.WriteByte('\n')
	for _, l := range e.Limits {
		fmt.Fprintf(&b, "only %s, says %s\n", l.Constraint, l.Worker)
	}
	for _, h := range e.Held {
		fmt.Fprintf(&b, "held back: %s@%s", h.Worker, h.Version)
		if h.Release != "" {
			fmt.Fprintf(&b, ", as another version of release %s is", h.Release)
		}
		b.WriteByte('\n')
	}
	if e.Shortage != nil {
		fmt.Fprintf(&b, "short: %s\n", *e.Shortage)
	}
	left := explainNodes
	for i, v := range e.Nodes {
		if !v.Placed {
			if left == 0 {
				fmt.Fprintf(&b, "and %d more nodes\n", len(e.Nodes)-i)
				break
			}
			left--
		}
		fmt.Fprintf(&b, "  %s\n", v)
	}
	return b.String()
}

func (v Verdict) String() string {
	at := v.Node
	if v.Zone != "" {
		at += " in zone " + v.Zone
	}
	switch {
	case v.Placed:
		text := fmt.Sprintf("%s: is here; leaving would free %s%s", at, bytesText(v.Adds.Memory), v.shares("it shares"))
		if v.State == Draining {
			text += "; draining: it stays until it runs elsewhere"
		}
		return text
	case v.State == Draining:
		return at + ": no, it is draining"
	case v.State == Lost:
		return at + ": no, it is lost"
	case v.Unmet != "":
		return fmt.Sprintf("%s: no, wants %s", at, v.Unmet)
	case v.Lacks.Memory > 0:
		return fmt.Sprintf("%s: no, it would add %s%s and there are %s free: %s are missing", at,
			bytesText(v.Adds.Memory), v.shares("sharing"), bytesText(v.Room.Memory), bytesText(v.Lacks.Memory))
	case v.Lacks.CPU > 0:
		return fmt.Sprintf("%s: no, it would add %s CPU and there are %s free", at, cpuText(v.Adds.CPU), cpuText(v.Room.CPU))
	}
	text := fmt.Sprintf("%s: could be, would add %s%s to %s free", at, bytesText(v.Adds.Memory), v.shares("sharing"), bytesText(v.Room.Memory))
	switch {
	case v.Sharing == 1:
		text += "; another replica is in the zone"
	case v.Sharing > 1:
		text += fmt.Sprintf("; %d other replicas are in the zone", v.Sharing)
	}
	return text
}

func (v Verdict) shares(how string) string {
	if v.Shared.Memory == 0 {
		return ""
	}
	return fmt.Sprintf(", %s %s", how, bytesText(v.Shared.Memory))
}
