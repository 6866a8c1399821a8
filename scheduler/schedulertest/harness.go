package schedulertest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/bindery/bindery/scheduler"
)

// A Reporter is what the harness fails with: a testing.TB or a rapid.T.
type Reporter interface {
	Helper()
	Fatalf(format string, args ...any)
}

// A Harness is a cluster in memory. Its verbs gather events; Plan hands them to the scheduler, carries the plan out and checks
// every invariant, so that no test can forget one.
type Harness struct {
	T Reporter
	// Snapshot is the cluster as of the last plan.
	Snapshot scheduler.Snapshot
	// State is nil before the first plan.
	State *scheduler.State
	// Last is the last plan.
	Last scheduler.Changes
	// Unchecked leaves the invariants out, for clusters so large that the naive checks take long.
	Unchecked bool

	delta    scheduler.Delta
	versions map[string]int
}

// New returns a harness without nodes and Workers.
func New(t Reporter) *Harness { return &Harness{T: t, versions: map[string]int{}} }

func must[T any](h *Harness, parse func(string) (T, error), text string) T {
	h.T.Helper()
	v, err := parse(text)
	if err != nil {
		h.T.Fatalf("%v", err)
	}
	return v
}

// Nodes adds nodes, or replaces those of the same name; see [ParseNode].
func (h *Harness) Nodes(lines ...string) {
	h.T.Helper()
	for _, line := range lines {
		h.SetNode(must(h, ParseNode, line))
	}
}

// SetNode is Nodes for one that is made already.
func (h *Harness) SetNode(n scheduler.Node) {
	h.delta.Nodes = slices.DeleteFunc(h.delta.Nodes, func(o scheduler.Node) bool { return o.ID == n.ID })
	h.delta.Nodes = append(h.delta.Nodes, n)
}

// Deploy releases a new version of each Worker, with the one before it to fall back to; see [ParseWorker]. A version without a
// name is numbered.
func (h *Harness) Deploy(lines ...string) {
	h.T.Helper()
	for _, line := range lines {
		w := must(h, ParseWorker, line)
		h.Release(w.Name, w.Versions[0])
	}
}

// Release is Deploy for a version that is made already.
func (h *Harness) Release(name string, v scheduler.Version) {
	var old []scheduler.Version
	next := h.Next()
	for i := range next.Workers {
		if next.Workers[i].Name == name {
			old = next.Workers[i].Versions
		}
	}
	for taken := v.ID == ""; taken; {
		h.versions[name]++
		v.ID = fmt.Sprint(h.versions[name])
		taken = slices.ContainsFunc(old, func(o scheduler.Version) bool { return o.ID == v.ID })
	}
	w := scheduler.Worker{Name: name, Versions: append([]scheduler.Version{v}, old[:min(2, len(old))]...)}
	h.delta.Workers = slices.DeleteFunc(h.delta.Workers, func(o scheduler.Worker) bool { return o.Name == name })
	h.delta.Workers = append(h.delta.Workers, w)
}

// Delete removes Workers.
func (h *Harness) Delete(names ...string) {
	for _, name := range names {
		h.delta.Workers = slices.DeleteFunc(h.delta.Workers, func(o scheduler.Worker) bool { return o.Name == name })
		h.delta.RemoveWorkers = append(h.delta.RemoveWorkers, name)
	}
}

// Hold holds versions back, given as "auth@3".
func (h *Harness) Hold(pins ...string) {
	h.T.Helper()
	for _, pin := range pins {
		h.delta.Hold = append(h.delta.Hold, must(h, ParsePin, pin))
	}
}

// Unhold lets held versions run again.
func (h *Harness) Unhold(pins ...string) {
	h.T.Helper()
	for _, pin := range pins {
		h.delta.Unhold = append(h.delta.Unhold, must(h, ParsePin, pin))
	}
}

// Measure reports what Workers use, as "auth mem=12".
func (h *Harness) Measure(lines ...string) {
	h.T.Helper()
	for _, line := range lines {
		m := must(h, ParseMeasure, line)
		h.delta.Measured = slices.DeleteFunc(h.delta.Measured, func(o scheduler.Measure) bool { return o.Worker == m.Worker })
		h.delta.Measured = append(h.delta.Measured, m)
	}
}

// Drain has nodes give up what they have.
func (h *Harness) Drain(ids ...string) {
	h.T.Helper()
	h.mark(scheduler.Draining, ids)
}

// Ready brings nodes back.
func (h *Harness) Ready(ids ...string) {
	h.T.Helper()
	h.mark(scheduler.Ready, ids)
}

// Lose takes nodes away without notice.
func (h *Harness) Lose(ids ...string) {
	h.T.Helper()
	h.mark(scheduler.Lost, ids)
}

func (h *Harness) mark(state scheduler.NodeState, ids []string) {
	h.T.Helper()
	next := h.Next()
	for _, id := range ids {
		i := slices.IndexFunc(next.Nodes, func(n scheduler.Node) bool { return n.ID == id })
		if i < 0 {
			h.T.Fatalf("there is no node %q", id)
			return
		}
		n := next.Nodes[i]
		n.State = state
		h.SetNode(n)
	}
}

// Remove takes nodes out of the cluster for good.
func (h *Harness) Remove(ids ...string) {
	for _, id := range ids {
		h.delta.Nodes = slices.DeleteFunc(h.delta.Nodes, func(n scheduler.Node) bool { return n.ID == id })
		h.delta.RemoveNodes = append(h.delta.RemoveNodes, id)
	}
}

// Next returns the snapshot with the gathered events in it.
func (h *Harness) Next() scheduler.Snapshot { return h.Snapshot.Apply(&h.delta) }

// Pending returns the gathered events and forgets them.
func (h *Harness) Pending() scheduler.Delta {
	d := h.delta
	h.delta = scheduler.Delta{}
	return d
}

// Plan plans, checks and carries out.
func (h *Harness) Plan() scheduler.Changes {
	h.T.Helper()
	next := h.Next()
	d := h.Pending()
	var changes scheduler.Changes
	var err error
	if h.State == nil {
		h.State, changes, err = scheduler.Plan(&next)
	} else {
		changes, err = h.State.Advance(&d)
	}
	if err != nil {
		h.T.Fatalf("%v", err)
	}
	h.took(next, changes, false)
	return changes
}

// Rebalance rebalances the cluster as of the last plan, checks and carries out. A state made anew, of shuffled lists, must
// come to the same moves, and nothing may get worse.
func (h *Harness) Rebalance(l scheduler.Limits) []scheduler.Move {
	h.T.Helper()
	if !reflect.DeepEqual(h.delta, scheduler.Delta{}) {
		h.T.Fatalf("there are events that were not planned yet: %+v", h.delta)
	}
	other := shuffle(h.Snapshot)
	fresh, _, err := scheduler.Plan(&other)
	if err != nil {
		h.T.Fatalf("%v", err)
	}
	before := ScoreOf(&h.Snapshot)
	changes, moves := h.State.Rebalance(l)
	same, _ := fresh.Rebalance(l)
	if err := sameChanges(changes, same); err != nil {
		h.T.Fatalf("another state of the same cluster rebalances otherwise: %v", err)
	}
	if len(moves) > l.Moves {
		h.T.Fatalf("%d moves, at most %d were asked for", len(moves), l.Moves)
	}
	h.took(h.Snapshot, changes, true)
	if after := ScoreOf(&h.Snapshot); before.less(after) {
		h.T.Fatalf("rebalanced from %+v to %+v", before, after)
	}
	return moves
}

// took checks a plan and carries it out.
func (h *Harness) took(next scheduler.Snapshot, changes scheduler.Changes, rebalanced bool) {
	h.T.Helper()
	h.Last = changes
	if !h.Unchecked {
		w := World{Snapshot: next, Changes: changes, State: h.State, Plan: scheduler.Plan, Rebalanced: rebalanced}
		if err := w.Check(); err != nil {
			h.T.Fatalf("%v", err)
		}
	}
	h.Snapshot = next
	h.Snapshot.Assigned = changes.Apply(next.Assigned)
}

// Placement returns a line for each node that has something, sorted: "n1: admin gateway".
func (h *Harness) Placement() string {
	on := map[string][]string{}
	for _, a := range h.Snapshot.Assigned {
		on[a.Node] = append(on[a.Node], a.Root)
	}
	var lines []string
	for id, roots := range on {
		slices.Sort(roots)
		lines = append(lines, id+": "+strings.Join(roots, " ")+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// Want fails unless the placement is these lines.
func (h *Harness) Want(lines ...string) {
	h.T.Helper()
	if got, want := h.Placement(), strings.Join(lines, "\n")+"\n"; got != want {
		h.T.Fatalf("placement is\n%swant\n%s", got, want)
	}
}
