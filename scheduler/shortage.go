package scheduler

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Shortage tells that a group runs on fewer nodes than it should, or on those it is on with a composition that can't be renewed.
type Shortage struct {
	Root string
	Want int
	// Have counts replicas on ready nodes, Draining those on draining ones, which stay because there is no room elsewhere.
	Have     int
	Draining int
	// Faults are the bindings and versions that break the group. If there are any, Reasons is empty.
	Faults []Fault
	// Reasons has one entry for each class of nodes.
	Reasons []Reason
}

// A Reason tells why no node of a class takes one more replica of a group.
type Reason struct {
	// Class is the zone and those labels that the group's constraint names, as "zone=a disk=ssd"; "any" without either.
	Class string
	// Nodes is the number of nodes of the class, Ready that of the ready ones among them.
	Nodes int
	Ready int
	// Occupied is the number of ready nodes that have a replica already.
	Occupied int
	// Unmet is the part of the constraint that the class doesn't meet; empty if it meets all.
	Unmet string
	// Services is the number of members beside the root.
	Services int
	// Full is what the group needs where none of it is. Needs is the least it would add to a ready node of the class that
	// has no replica, Room the most that such a node has free; they may be those of different nodes.
	Needs, Full, Room Demand
}

// Shortages returns why groups are short, sorted by root. It looks at every class of nodes for each of them.
func (s *State) Shortages() []Shortage {
	out := make([]Shortage, 0, len(s.short.list))
	for _, g := range s.short.list {
		out = append(out, s.shortage(newSeeker(s), g))
	}
	slices.SortFunc(out, func(a, b Shortage) int { return strings.Compare(a.Root, b.Root) })
	return out
}

// Shortage returns why the group of root is short, and false if it isn't.
func (s *State) Shortage(root string) (Shortage, bool) {
	g, ok := s.lookup(root)
	if !ok || !s.short.has(g) {
		return Shortage{}, false
	}
	return s.shortage(newSeeker(s), g), true
}

func (s *State) shortage(k *seeker, g int32) Shortage {
	gr := &s.groups[g]
	sh := Shortage{Root: s.rootName(g), Want: s.wanted(g)}
	sh.Have, sh.Draining = s.live(g)
	if gr.trouble != sound {
		sh.Faults = s.faults(g)
		return sh
	}
	k.begin(g)
	limit := s.classes.constraints[gr.constraint].Constraint
	byClass := map[string]*Reason{}
	for c := range s.classes.list {
		cl := &s.classes.list[c]
		if len(cl.nodes) == 0 {
			continue
		}
		name := s.classes.name(cl, limit)
		r := byClass[name]
		if r == nil {
			r = &Reason{Class: name, Unmet: s.classes.unmet(cl, limit), Services: len(gr.members) - 1, Full: k.need, Needs: k.need}
			byClass[name] = r
		}
		s.weighNodes(k, cl, r)
	}
	for _, r := range byClass {
		sh.Reasons = append(sh.Reasons, *r)
	}
	slices.SortFunc(sh.Reasons, func(a, b Reason) int { return strings.Compare(a.Class, b.Class) })
	return sh
}

// weighNodes adds the nodes of one class to a reason.
func (s *State) weighNodes(k *seeker, cl *class, r *Reason) {
	for _, n := range cl.nodes {
		nd := &s.nodes[n]
		r.Nodes++
		if nd.State != Ready {
			continue
		}
		r.Ready++
		if k.host[n] == k.hostEpoch {
			r.Occupied++
			continue
		}
		room := nd.room()
		if r.Ready-r.Occupied == 1 || cmp.Or(cmp.Compare(room.Memory, r.Room.Memory), cmp.Compare(room.CPU, r.Room.CPU)) > 0 {
			r.Room = room
		}
		if adds := k.adds(n); cmp.Or(cmp.Compare(adds.Memory, r.Needs.Memory), cmp.Compare(adds.CPU, r.Needs.CPU)) < 0 {
			r.Needs = adds
		}
	}
}

// unmet returns the part of a constraint that a class doesn't meet.
func (c *classes) unmet(cl *class, k Constraint) string {
	var u Constraint
	if zone := c.zones[cl.zone]; len(k.Zones) > 0 && !slices.Contains(k.Zones, zone) {
		u.Zones = k.Zones
	}
	for key, value := range k.Labels {
		if i, ok := slices.BinarySearch(c.keys, key); !ok || cl.labels[i] != "="+value {
			if u.Labels == nil {
				u.Labels = map[string]string{}
			}
			u.Labels[key] = value
		}
	}
	return u.String()
}

// faults returns what breaks a group: bindings to nothing, held versions, constraints that exclude each other.
func (s *State) faults(g int32) []Fault {
	var out []Fault
	k := Constraint{}
	for _, m := range s.groups[g].members {
		name := s.g.names[m.worker]
		v := s.g.version(m.worker)
		if v == nil {
			if !s.g.absent(m.worker) {
				out = append(out, Fault{Worker: name, Problem: "every version is held: deploy a new one"})
			}
			continue
		}
		out = s.g.faultsOf(m.worker, out)
		both, bad := k.and(v.Constraint)
		if bad == "" {
			k = both
			continue
		}
		out = append(out, Fault{
			Worker: name, Version: v.ID,
			Problem: fmt.Sprintf("asks for %s where members before it ask for %s: no node can meet both", bad, k),
		})
	}
	return out
}

func (sh Shortage) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d of %d replicas", sh.Root, sh.Have, sh.Want)
	if sh.Draining > 0 {
		fmt.Fprintf(&b, ", and %d on draining nodes", sh.Draining)
	}
	for _, f := range sh.Faults {
		b.WriteString("\n  " + f.Error())
	}
	if len(sh.Faults) == 0 && len(sh.Reasons) == 0 {
		b.WriteString("\n  there is no node")
	}
	for _, r := range sh.Reasons {
		b.WriteString("\n  " + r.String())
	}
	return b.String()
}

func (r Reason) String() string {
	nodes := "1 node"
	if r.Nodes != 1 {
		nodes = fmt.Sprintf("%d nodes", r.Nodes)
	}
	at := fmt.Sprintf("%s (%s): ", r.Class, nodes)
	switch {
	case r.Unmet != "":
		return at + "wants " + r.Unmet
	case r.Ready == 0:
		return at + "none is ready"
	case r.Occupied == r.Ready:
		return at + "every ready node has a replica already"
	case r.Needs.Memory > r.Room.Memory:
		return at + fmt.Sprintf("needs %s; the largest free node has %s", r.needs(), bytesText(r.Room.Memory))
	case r.Needs.CPU > r.Room.CPU:
		return at + fmt.Sprintf("needs %s CPU; the node with the most free memory has %s", cpuText(r.Needs.CPU), cpuText(r.Room.CPU))
	}
	return at + fmt.Sprintf("needs %s; no single node has room", r.needs())
}

func (r Reason) needs() string {
	text := bytesText(r.Full.Memory)
	switch r.Services {
	case 0:
	case 1:
		text += " with its service"
	default:
		text += fmt.Sprintf(" with its %d services", r.Services)
	}
	if r.Needs.Memory < r.Full.Memory {
		text += fmt.Sprintf(", %s at least where some are already", bytesText(r.Needs.Memory))
	}
	return text
}

// bytesText writes a size as a person would: "640 MiB".
func bytesText(n int64) string {
	switch {
	case n < 0:
		return "-" + bytesText(-n)
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return trimZero(fmt.Sprintf("%.1f", float64(n)/(1<<10))) + " KiB"
	case n < 10<<30:
		return trimZero(fmt.Sprintf("%.1f", float64(n)/(1<<20))) + " MiB"
	}
	return trimZero(fmt.Sprintf("%.1f", float64(n)/(1<<30))) + " GiB"
}

func cpuText(n int64) string { return trimZero(fmt.Sprintf("%d.%03d", n/1000, n%1000)) }

func trimZero(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}
