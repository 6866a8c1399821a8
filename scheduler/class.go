package scheduler

import (
	"maps"
	"slices"
	"strings"
)

// class is a set of nodes that no constraint can tell apart: same zone, same values of every label that a constraint names.
// Labels that no constraint names make no classes, so a label that differs on every node (its host name) costs nothing.
type class struct {
	zone int32
	// labels has the values of classes.keys, each with a leading "=" if the node has the label at all.
	labels []string
	// nodes is in the order of nodeBefore. A node that is gone keeps its place, with no room, until the class is built anew.
	nodes []int32
	tree  roomTree
	ready int
}

// constraint is one distinct constraint of groups, with the classes that meet it.
type constraint struct {
	Constraint
	classes []int32
}

type classes struct {
	// keys are the labels that constraints name, sorted.
	keys        []string
	list        []class
	byKey       map[string]int32
	constraints []constraint
	byText      map[string]int32
	zones       []string
	zoneIDs     map[string]int32
}

func newClasses() classes {
	c := classes{byKey: map[string]int32{}, byText: map[string]int32{}, zoneIDs: map[string]int32{}}
	c.constraint(Constraint{})
	return c
}

func (c *classes) zone(name string) int32 {
	id, ok := c.zoneIDs[name]
	if !ok {
		id = int32(len(c.zones))
		c.zones = append(c.zones, name)
		c.zoneIDs[name] = id
	}
	return id
}

// constraint returns the number of a constraint, and whether it names a label that no other did before: then all classes must
// be made anew before anything else.
func (c *classes) constraint(k Constraint) (id int32, newKey bool) {
	text := k.join("\x00", "\x01")
	if id, ok := c.byText[text]; ok {
		return id, false
	}
	id = int32(len(c.constraints))
	c.constraints = append(c.constraints, constraint{Constraint: k})
	c.byText[text] = id
	for key := range k.Labels {
		if i, ok := slices.BinarySearch(c.keys, key); !ok {
			c.keys = slices.Insert(c.keys, i, key)
			newKey = true
		}
	}
	for i := range c.list {
		if !newKey && c.meets(&c.list[i], k) {
			c.constraints[id].classes = append(c.constraints[id].classes, int32(i))
		}
	}
	return id, newKey
}

// matching returns the classes that meet a constraint.
func (c *classes) matching(id int32) []int32 { return c.constraints[id].classes }

func (c *classes) meets(cl *class, k Constraint) bool {
	if len(k.Zones) > 0 && !slices.Contains(k.Zones, c.zones[cl.zone]) {
		return false
	}
	for key, value := range k.Labels {
		i, ok := slices.BinarySearch(c.keys, key)
		if !ok || cl.labels[i] != "="+value {
			return false
		}
	}
	return true
}

// of returns the number of the class that a node belongs to, making it if it is the first of its kind.
func (c *classes) of(n *Node) int32 {
	labels := make([]string, len(c.keys))
	for i, key := range c.keys {
		if value, ok := n.Labels[key]; ok {
			labels[i] = "=" + value
		}
	}
	key := n.Zone + "\x00" + strings.Join(labels, "\x00")
	id, ok := c.byKey[key]
	if !ok {
		id = int32(len(c.list))
		c.list = append(c.list, class{zone: c.zone(n.Zone), labels: labels, tree: newRoomTree(0)})
		c.byKey[key] = id
		for i := range c.constraints {
			if k := &c.constraints[i]; c.meets(&c.list[id], k.Constraint) {
				k.classes = append(k.classes, id)
			}
		}
	}
	return id
}

// name tells a class to a reader: its zone and those of its labels that a constraint names.
func (c *classes) name(cl *class, k Constraint) string {
	var parts []string
	if zone := c.zones[cl.zone]; zone != "" {
		parts = append(parts, "zone="+zone)
	}
	for i, value := range cl.labels {
		if _, named := k.Labels[c.keys[i]]; named && value != "" {
			parts = append(parts, c.keys[i]+value)
		}
	}
	if len(parts) == 0 {
		return "any"
	}
	return strings.Join(parts, " ")
}

// String is the same for the same constraint; it is empty for the one that accepts any node.
func (k Constraint) String() string { return k.join(" ", ",") }

func (k Constraint) join(between, zone string) string {
	var parts []string
	if len(k.Zones) > 0 {
		zones := slices.Clone(k.Zones)
		slices.Sort(zones)
		parts = append(parts, "zones="+strings.Join(slices.Compact(zones), zone))
	}
	for _, key := range slices.Sorted(maps.Keys(k.Labels)) {
		parts = append(parts, key+"="+k.Labels[key])
	}
	return strings.Join(parts, between)
}

// and returns the constraint that meets both, and false with the reason if no node can.
func (k Constraint) and(l Constraint) (both Constraint, conflict string) {
	both = k
	switch {
	case len(k.Zones) == 0:
		both.Zones = l.Zones
	case len(l.Zones) > 0:
		both.Zones = nil
		for _, zone := range k.Zones {
			if slices.Contains(l.Zones, zone) {
				both.Zones = append(both.Zones, zone)
			}
		}
		if len(both.Zones) == 0 {
			return both, "zones=" + strings.Join(l.Zones, ",")
		}
	}
	if len(l.Labels) == 0 {
		return both, ""
	}
	both.Labels = make(map[string]string, len(k.Labels)+len(l.Labels))
	maps.Copy(both.Labels, k.Labels)
	for _, key := range slices.Sorted(maps.Keys(l.Labels)) {
		if old, ok := both.Labels[key]; ok && old != l.Labels[key] {
			return both, key + "=" + l.Labels[key]
		}
		both.Labels[key] = l.Labels[key]
	}
	return both, ""
}

func (c *classes) clone() classes {
	d := classes{
		keys: slices.Clone(c.keys), list: slices.Clone(c.list), byKey: maps.Clone(c.byKey),
		constraints: slices.Clone(c.constraints), byText: maps.Clone(c.byText),
		zones: slices.Clone(c.zones), zoneIDs: maps.Clone(c.zoneIDs),
	}
	for i := range d.list {
		d.list[i].nodes = slices.Clone(d.list[i].nodes)
		d.list[i].tree.room = slices.Clone(d.list[i].tree.room)
	}
	for i := range d.constraints {
		d.constraints[i].classes = slices.Clone(d.constraints[i].classes)
	}
	return d
}
