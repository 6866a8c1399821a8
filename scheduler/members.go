package scheduler

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"math/bits"
	"slices"
	"strings"
)

// addGroup makes the group of a root, without members yet.
func (s *State) addGroup(root int32) int32 {
	var g int32
	if n := len(s.freeGroups); n > 0 {
		g, s.freeGroups = s.freeGroups[n-1], s.freeGroups[:n-1]
		s.groups[g] = group{root: root}
	} else {
		g = int32(len(s.groups))
		s.groups = append(s.groups, group{root: root})
	}
	s.groupOf[root] = g
	return g
}

// regroup finds a group's members anew. Its replicas, if it has any, are taken and put again.
func (s *State) regroup(g int32) {
	gr := &s.groups[g]
	replicas := make([]replica, len(gr.replicas))
	copy(replicas, gr.replicas)
	for len(gr.replicas) > 0 {
		s.take(g, len(gr.replicas)-1)
	}
	s.disband(g)
	seeker := s.seeker
	seeker.walk = s.g.walk(gr.root, seeker.walk[:0])
	gr.members = make([]member, len(seeker.walk))
	for i, w := range seeker.walk {
		gr.members[i] = member{w, int32(len(s.in[w]))}
		s.in[w] = append(s.in[w], ref{g, int32(i)})
	}
	for _, r := range replicas {
		s.put(g, r.node, r.composition)
	}
}

// disband takes a group out of its members' lists.
func (s *State) disband(g int32) {
	gr := &s.groups[g]
	for _, m := range gr.members {
		list := s.in[m.worker]
		last := list[len(list)-1]
		list[m.pos] = last
		s.groups[last.group].members[last.idx].pos = m.pos
		s.in[m.worker] = list[:len(list)-1]
	}
	gr.members = nil
}

// renew brings up to date what follows from a group's members: whether it is sound, its constraint, replicas and composition.
func (s *State) renew(g int32) {
	gr := &s.groups[g]
	gr.trouble = sound
	k := Constraint{}
	h := s.seeker.digest[:0]
	h = append(append(h, s.g.names[gr.root]...), 0)
	for _, m := range gr.members {
		v := s.g.version(m.worker)
		if v == nil {
			if s.g.absent(m.worker) {
				gr.trouble = max(gr.trouble, missing)
			} else {
				gr.trouble = held
			}
			continue
		}
		h = append(append(h, s.g.names[m.worker]...), 0)
		h = append(append(h, v.ID...), 0)
		if len(v.Constraint.Zones) > 0 || len(v.Constraint.Labels) > 0 {
			both, bad := k.and(v.Constraint)
			if bad != "" {
				gr.trouble = max(gr.trouble, conflict)
				continue
			}
			k = both
		}
	}
	s.seeker.digest = h
	sum := sha256.Sum256(h)
	gr.composition = hex.EncodeToString(sum[:16])
	gr.want = s.replicas(gr.root)
	id, newKey := s.classes.constraint(k)
	gr.constraint = id
	if newKey {
		s.reclass()
	}
	s.everywhere.put(g, gr.want == All)
}

func (s *State) replicas(root int32) int32 {
	if v := s.g.version(root); v != nil && v.Replicas != 0 {
		return int32(v.Replicas)
	}
	if s.settings.Replicas > 0 {
		return int32(s.settings.Replicas)
	}
	return DefaultReplicas
}

// demandOf returns what a Worker counts for in the version that is served; nothing if there is none.
func (s *State) demandOf(w int32) Demand {
	v := s.g.version(w)
	if v == nil {
		return Demand{}
	}
	m := s.measured[s.g.names[w]]
	return Demand{
		Memory: weigh(v.Demand.Memory, m.Memory, s.settings.Demand.Memory, DefaultMemory),
		CPU:    weigh(v.Demand.CPU, m.CPU, s.settings.Demand.CPU, DefaultCPU),
	}
}

func weigh(declared, measured, setting, standard int64) int64 {
	if measured > 0 {
		return max(declared, roundUp(measured))
	}
	for _, d := range []int64{declared, setting} {
		if d > 0 {
			return d
		}
	}
	return standard
}

// roundUp rounds up to four significant bits, which is by at most an eighth.
func roundUp(x int64) int64 {
	shift := bits.Len64(uint64(x)) - 4
	if shift <= 0 {
		return x
	}
	return (x + 1<<shift - 1) >> shift << shift
}

// redemand brings a Worker's demand up to date, and what is used of the nodes that have it.
func (s *State) redemand(w int32) {
	old, now := s.demand[w], s.demandOf(w)
	if old == now {
		return
	}
	s.demand[w] = now
	for _, p := range s.places[w] {
		s.use(p.node, s.nodes[p.node].used.minus(old).plus(now))
	}
	if now.Memory < old.Memory || now.CPU < old.CPU {
		for _, r := range s.in[w] {
			if s.short.has(r.group) {
				s.look(r.group)
			}
		}
	}
}

// A Member is a Worker of a group, pinned to a version.
type Member struct {
	Worker string
	// Version is empty if the Worker doesn't exist or all its versions are held.
	Version string
	// Demand is what the Worker counts for on a node.
	Demand Demand
}

// Composition returns the hash and the members, sorted by name, of what the root's replicas run or should run; "" and
// nil if root is not a root.
func (s *State) Composition(root string) (hash string, members []Member) {
	g, ok := s.lookup(root)
	if !ok {
		return "", nil
	}
	return s.groups[g].composition, s.membersOf(g)
}

func (s *State) membersOf(g int32) []Member {
	out := make([]Member, len(s.groups[g].members))
	for i, m := range s.groups[g].members {
		out[i] = Member{Worker: s.g.names[m.worker], Demand: s.demand[m.worker]}
		if v := s.g.version(m.worker); v != nil {
			out[i].Version = v.ID
		}
	}
	return out
}

// lookup returns the group of a root.
func (s *State) lookup(root string) (int32, bool) {
	w, ok := s.g.ids[root]
	if !ok || s.groupOf[w] < 0 {
		return 0, false
	}
	return s.groupOf[w], true
}

func sortAssignments(list []Assignment) {
	slices.SortFunc(list, func(a, b Assignment) int {
		return cmp.Or(strings.Compare(a.Root, b.Root), strings.Compare(a.Node, b.Node))
	})
}
