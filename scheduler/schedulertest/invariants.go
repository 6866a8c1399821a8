package schedulertest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"

	"github.com/bindery/bindery/scheduler"
)

// An Invariant is something that holds of every plan.
type Invariant struct {
	Name  string
	Check func(*World) error
}

// Invariants returns all of them.
func Invariants() []Invariant {
	return []Invariant{
		{"a group is whole on its node", whole},
		{"no node is over capacity", capacity},
		{"replicas are on different nodes", apart},
		{"replicas are in different zones if they can be", zones},
		{"groups run on nodes that may have them", allowed},
		{"no held version runs", noHeld},
		{"there are as many replicas as there should and can be", complete},
		{"only what must moves", sticky},
		{"draining nodes are left as soon as possible", drained},
		{"what is short is reported", reported},
		{"planning again changes nothing", again},
		{"the order of lists does not matter", shuffled},
		{"a full rebuild gives the same plan and state", rebuilt},
	}
}

// Check returns all violations of all invariants, joined.
func (w *World) Check() error {
	w.prepare()
	var errs []error
	for _, inv := range Invariants() {
		if err := inv.Check(w); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", inv.Name, err))
		}
	}
	return errors.Join(errs...)
}

func whole(w *World) error {
	for _, a := range w.after {
		g := w.groups[a.Root]
		if g == nil {
			return fmt.Errorf("%s is on %s but is no root", a.Root, a.Node)
		}
		if g.sound() && a.Composition != g.hash {
			return fmt.Errorf("%s on %s is composition %s, want %s", a.Root, a.Node, a.Composition, g.hash)
		}
	}
	return nil
}

func capacity(w *World) error {
	for id, l := range w.loads {
		if n := w.nodes[id]; over(n, l.used) {
			return fmt.Errorf("%s has %+v on it and is %d bytes, %d CPU", id, l.used, n.Memory, n.CPU)
		}
	}
	return nil
}

func apart(w *World) error {
	for _, list := range [][]scheduler.Assignment{w.Changes.Assign, w.Changes.Update, w.Changes.Unassign} {
		for i, a := range list {
			if i > 0 && a.Root == list[i-1].Root && a.Node == list[i-1].Node {
				return fmt.Errorf("%s is on %s twice", a.Root, a.Node)
			}
		}
	}
	for _, a := range w.Changes.Assign {
		if g := w.groups[a.Root]; g != nil && slices.Contains(g.before, a.Node) {
			return fmt.Errorf("%s is assigned to %s where it was", a.Root, a.Node)
		}
	}
	return nil
}

// zones looks at new replicas only: those that stay may share a zone until a rebalance.
func zones(w *World) error {
	if w.Rebalanced {
		return nil
	}
	for _, a := range w.Changes.Assign {
		g := w.groups[a.Root]
		if g == nil || !g.sound() || g.all {
			continue
		}
		in := map[string]int{}
		for _, id := range w.ready(g.at) {
			in[w.nodes[id].Zone]++
		}
		mine := w.nodes[a.Node].Zone
		for _, n := range w.nodes {
			if in[n.Zone]+1 < in[mine] && w.fits(g, n) {
				return fmt.Errorf("%s has %d replicas in zone %q with %s, where %s in zone %q with %d has room", a.Root, in[mine], mine, a.Node, n.ID, n.Zone, in[n.Zone])
			}
		}
	}
	return nil
}

func allowed(w *World) error {
	for _, a := range w.after {
		n, ok := w.nodes[a.Node]
		switch g := w.groups[a.Root]; {
		case !ok || n.State == scheduler.Lost:
			return fmt.Errorf("%s is on %s, which is lost", a.Root, a.Node)
		case g != nil && g.sound() && !g.matches(n):
			return fmt.Errorf("%s is on %s against its constraint", a.Root, a.Node)
		}
	}
	for _, a := range w.Changes.Assign {
		if w.nodes[a.Node].State != scheduler.Ready {
			return fmt.Errorf("%s is newly assigned to %s, which is not ready", a.Root, a.Node)
		}
	}
	return nil
}

func noHeld(w *World) error {
	for _, a := range w.after {
		if g := w.groups[a.Root]; g != nil && g.held {
			return fmt.Errorf("%s is on %s with a member all of whose versions are held", a.Root, a.Node)
		}
	}
	return nil
}

func complete(w *World) error {
	for root, g := range w.groups {
		if !g.sound() {
			continue
		}
		have := len(w.ready(g.at))
		if have > g.want {
			return fmt.Errorf("%s has %d replicas, wants %d", root, have, g.want)
		}
		if have == g.want {
			continue
		}
		for _, n := range w.nodes {
			if w.fits(g, n) {
				return fmt.Errorf("%s has %d replicas of %d, where %s has room", root, have, g.want, n.ID)
			}
		}
	}
	return nil
}

// sticky asks of everything that was taken off a node why.
func sticky(w *World) error {
	if w.Rebalanced {
		return nil
	}
	before := w.load(w.Snapshot.Assigned)
	for _, a := range w.Changes.Unassign {
		n, there := w.nodes[a.Node]
		g := w.groups[a.Root]
		switch {
		case !there || n.State == scheduler.Lost: // nothing can stay
		case g == nil || g.held: // must not stay
		case over(n, before[a.Node].used):
		case !g.sound():
			return fmt.Errorf("%s is broken, and was taken off %s", a.Root, a.Node)
		case !g.matches(n):
		case n.State == scheduler.Draining && (len(w.ready(g.at)) >= g.want || len(g.at) >= g.want || g.all && len(w.ready(g.at)) > 0):
		case n.State == scheduler.Ready && len(w.ready(g.before)) > g.want && len(w.ready(g.at)) == g.want:
		default:
			return fmt.Errorf("%s was taken off %s without need", a.Root, a.Node)
		}
	}
	return nil
}

func drained(w *World) error {
	for root, g := range w.groups {
		if !g.sound() {
			continue
		}
		if ready := len(w.ready(g.at)); g.all && ready > 0 && len(g.at) > ready || ready >= g.want && len(g.at) > ready || len(g.at) > max(g.want, ready) {
			return fmt.Errorf("%s is on %v and should be on %d nodes", root, g.at, g.want)
		}
	}
	return nil
}

func reported(w *World) error {
	short := map[string]scheduler.Shortage{}
	for _, s := range w.State.Shortages() {
		short[s.Root] = s
	}
	for root, g := range w.groups {
		is := !g.sound() || len(w.ready(g.at)) < g.want
		s, said := short[root]
		if is != said {
			return fmt.Errorf("%s: short %t, reported %t", root, is, said)
		}
		if said && g.sound() == (len(s.Faults) > 0) {
			return fmt.Errorf("%s: sound %t, faults %v", root, g.sound(), s.Faults)
		}
		delete(short, root)
	}
	if len(short) > 0 {
		return fmt.Errorf("reported what is no group: %v", short)
	}
	return nil
}

func again(w *World) error {
	next := w.Snapshot
	next.Assigned = w.after
	_, changes, err := w.Plan(&next)
	if err != nil {
		return err
	}
	if !changes.Empty() {
		return fmt.Errorf("%s", changes)
	}
	return nil
}

func shuffled(w *World) error {
	if w.Rebalanced {
		return nil
	}
	next := shuffle(w.Snapshot)
	_, changes, err := w.Plan(&next)
	if err != nil {
		return err
	}
	return sameChanges(w.Changes, changes)
}

func shuffle(next scheduler.Snapshot) scheduler.Snapshot {
	r := rand.New(rand.NewPCG(1, 2))
	next.Nodes, next.Workers = mixed(r, next.Nodes), mixed(r, next.Workers)
	next.Held, next.Measured, next.Assigned = mixed(r, next.Held), mixed(r, next.Measured), mixed(r, next.Assigned)
	return next
}

func mixed[T any](r *rand.Rand, list []T) []T {
	out := slices.Clone(list)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func sameChanges(got, want scheduler.Changes) error {
	got.Short, got.Whole, want.Short, want.Whole = nil, nil, nil, nil
	if got.String() != want.String() {
		return fmt.Errorf("got\n%swant\n%s", got, want)
	}
	return nil
}

// rebuilt compares with a plan made of the snapshot, and with the state made of the snapshot after the plan.
func rebuilt(w *World) error {
	if !w.Rebalanced {
		full, changes, err := w.Plan(&w.Snapshot)
		if err != nil {
			return err
		}
		if err := sameChanges(w.Changes, changes); err != nil {
			return fmt.Errorf("incremental and full plan differ: %w", err)
		}
		if err := sameState(w.State, full); err != nil {
			return err
		}
	}
	next := w.Snapshot
	next.Assigned = w.after
	derived, _, err := w.Plan(&next)
	if err != nil {
		return err
	}
	return sameState(w.State, derived)
}

func sameState(a, b *scheduler.State) error {
	for _, part := range []struct {
		name string
		a, b any
	}{
		{"assignments", a.Assignments(), b.Assignments()},
		{"usage", a.Usage(), b.Usage()},
		{"shortages", a.Shortages(), b.Shortages()},
		{"roots", a.Graph().Roots(), b.Graph().Roots()},
		{"faults", a.Graph().Faults(), b.Graph().Faults()},
	} {
		if !reflect.DeepEqual(part.a, part.b) {
			return fmt.Errorf("%s differ:\n%v\n%v", part.name, part.a, part.b)
		}
	}
	return nil
}
