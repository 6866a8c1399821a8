package scheduler

import (
	"maps"
	"slices"
)

// setNode takes in a new or changed node.
func (s *State) setNode(spec *Node) {
	s.work.nodesChanged = true
	s.largest = -1
	id, ok := s.nodeIDs[spec.ID]
	if !ok {
		id = s.newNode(spec)
		s.attach(id)
		s.work.gained.put(id, true)
		return
	}
	n := &s.nodes[id]
	moved := n.Zone != spec.Zone || !maps.Equal(n.Labels, spec.Labels)
	if moved {
		s.detach(id)
	} else {
		s.count(id, -1)
	}
	old := n.Node
	n.Node = *spec
	if moved {
		s.attach(id)
	} else {
		s.count(id, 1)
		s.refit(id)
	}
	s.work.suspect.put(id, true)
	if n.State == Ready && (moved || old.State != Ready || !n.capacity().within(capacity(&old))) {
		s.work.gained.put(id, true)
	}
	s.nodeChanged(id)
}

// nodeChanged looks at what a node has after a change of it; a lost one loses it all.
func (s *State) nodeChanged(id int32) {
	n := &s.nodes[id]
	for i := len(n.groups) - 1; i >= 0; i-- {
		g := n.groups[i]
		s.look(g)
		if n.State == Lost {
			s.take(g, s.groups[g].on(id))
		}
	}
}

func (s *State) newNode(spec *Node) int32 {
	var id int32
	if n := len(s.freeNodes); n > 0 {
		id, s.freeNodes = s.freeNodes[n-1], s.freeNodes[:n-1]
		s.nodes[id] = node{}
	} else {
		id = int32(len(s.nodes))
		s.nodes = append(s.nodes, node{})
	}
	s.nodes[id].Node = *spec
	s.nodes[id].hash = hashOf(spec.ID)
	s.nodeIDs[spec.ID] = id
	return id
}

// removeNode forgets a node; its id stays known until the changes are written down.
func (s *State) removeNode(name string) {
	id, ok := s.nodeIDs[name]
	if !ok {
		return
	}
	s.work.nodesChanged = true
	s.largest = -1
	n := &s.nodes[id]
	for len(n.groups) > 0 {
		g := n.groups[len(n.groups)-1]
		s.look(g)
		s.take(g, s.groups[g].on(id))
	}
	s.detach(id)
	n.State = Lost
	s.work.gained.put(id, false)
	s.work.suspect.put(id, false)
	delete(s.nodeIDs, name)
	s.work.leftNodes = append(s.work.leftNodes, id)
}

// count adds a node to the ready ones of its class, or takes it away.
func (s *State) count(id int32, by int) {
	if n := &s.nodes[id]; n.State == Ready {
		s.classes.list[n.class].ready += by
	}
}

// attach puts a node into its class.
func (s *State) attach(id int32) {
	n := &s.nodes[id]
	n.class = s.classes.of(&n.Node)
	cl := &s.classes.list[n.class]
	at, _ := slices.BinarySearchFunc(cl.nodes, id, s.nodeBefore)
	cl.nodes = slices.Insert(cl.nodes, at, id)
	s.count(id, 1)
	s.restore(n.class)
}

func (s *State) detach(id int32) {
	n := &s.nodes[id]
	s.count(id, -1)
	cl := &s.classes.list[n.class]
	cl.nodes = slices.Delete(cl.nodes, int(n.slot), int(n.slot)+1)
	s.restore(n.class)
}

// restore builds the tree of a class anew.
func (s *State) restore(c int32) {
	cl := &s.classes.list[c]
	cl.tree = newRoomTree(len(cl.nodes))
	for i, id := range cl.nodes {
		s.nodes[id].slot = int32(i)
		s.refit(id)
	}
}

// reclass sorts all nodes into classes anew, because there are many new ones or a label came to matter.
func (s *State) reclass() {
	c := &s.classes
	c.list, c.byKey = nil, map[string]int32{}
	for i := range c.constraints {
		c.constraints[i].classes = nil
	}
	ids := slices.Sorted(maps.Values(s.nodeIDs))
	slices.SortFunc(ids, s.nodeBefore)
	for _, id := range ids {
		n := &s.nodes[id]
		n.class = c.of(&n.Node)
		c.list[n.class].nodes = append(c.list[n.class].nodes, id)
		s.count(id, 1)
	}
	for i := range c.list {
		s.restore(int32(i))
	}
}
