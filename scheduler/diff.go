package scheduler

import (
	"reflect"
	"slices"
	"strings"
)

// Apply returns the snapshot with a delta in it. The assignments stay as they are. s is not changed.
func (s *Snapshot) Apply(d *Delta) Snapshot {
	out := *s
	out.Nodes = merge(s.Nodes, d.Nodes, d.RemoveNodes, func(n *Node) string { return n.ID })
	out.Workers = merge(s.Workers, d.Workers, d.RemoveWorkers, func(w *Worker) string { return w.Name })
	out.Measured = merge(s.Measured, d.Measured, nil, func(m *Measure) string { return m.Worker })
	out.Measured = slices.DeleteFunc(out.Measured, func(m Measure) bool { return m.Demand == Demand{} })
	held := slices.DeleteFunc(slices.Clone(s.Held), func(p Pin) bool { return slices.Contains(d.Unhold, p) })
	for _, p := range d.Hold {
		if !slices.Contains(held, p) {
			held = append(held, p)
		}
	}
	out.Held = held
	return out
}

// merge returns list without the removed and with the set ones, which replace those of the same name in place.
func merge[T any](list, set []T, remove []string, name func(*T) string) []T {
	gone := make(map[string]bool, len(remove))
	for _, r := range remove {
		gone[r] = true
	}
	put := make(map[string]int, len(set))
	for i := range set {
		put[name(&set[i])] = i
	}
	out := make([]T, 0, len(list)+len(set))
	for i := range list {
		n := name(&list[i])
		if j, ok := put[n]; ok {
			out = append(out, set[j])
			delete(put, n)
		} else if !gone[n] {
			out = append(out, list[i])
		}
	}
	for i := range set {
		if _, left := put[name(&set[i])]; left {
			out = append(out, set[i])
		}
	}
	return out
}

// Diff returns the delta that leads from one snapshot to the next: applied to the first it gives the second but for the order
// of lists, assignments and settings, which it leaves out. Its time is linear in both; it is for who has snapshots and no
// events.
func Diff(before, after *Snapshot) Delta {
	var d Delta
	d.Nodes, d.RemoveNodes = differ(before.Nodes, after.Nodes, func(n *Node) string { return n.ID })
	d.Workers, d.RemoveWorkers = differ(before.Workers, after.Workers, func(w *Worker) string { return w.Name })
	var gone []string
	d.Measured, gone = differ(before.Measured, after.Measured, func(m *Measure) string { return m.Worker })
	for _, w := range gone {
		d.Measured = append(d.Measured, Measure{Worker: w})
	}
	d.Hold = without(after.Held, before.Held)
	d.Unhold = without(before.Held, after.Held)
	return d
}

func differ[T any](before, after []T, name func(*T) string) (set []T, removed []string) {
	had := make(map[string]int, len(before))
	for i := range before {
		had[name(&before[i])] = i
	}
	for i := range after {
		n := name(&after[i])
		j, ok := had[n]
		if !ok || !reflect.DeepEqual(before[j], after[i]) {
			set = append(set, after[i])
		}
		delete(had, n)
	}
	for n := range had {
		removed = append(removed, n)
	}
	slices.SortFunc(removed, strings.Compare)
	return set, removed
}

// without returns the pins of a that are not in b.
func without(a, b []Pin) []Pin {
	in := make(map[Pin]bool, len(b))
	for _, p := range b {
		in[p] = true
	}
	var out []Pin
	for _, p := range a {
		if !in[p] {
			out = append(out, p)
		}
	}
	return out
}
