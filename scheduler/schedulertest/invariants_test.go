package schedulertest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bindery/bindery/scheduler"
)

// recorder is a Reporter that remembers that it failed.
type recorder struct{ failed bool }

func (r *recorder) Helper()               {}
func (r *recorder) Fatalf(string, ...any) { r.failed = true }

// sample returns a world that breaks no invariant: five nodes in two zones, one of them draining, two groups that are whole, one
// short, and one whose newest version is held.
func sample(t *testing.T) *World {
	t.Helper()
	h := New(t)
	h.Nodes("n1 zone=a mem=64", "n2 zone=b mem=64", "n3 zone=a mem=64", "n4 zone=b mem=64 draining", "n5 zone=b mem=64 disk=ssd lost")
	h.Deploy("gateway root -> auth mem=8", "admin root -> auth", "auth mem=4", "giant root mem=100", "torn root -> nothing")
	next := h.Next()
	s, changes, err := scheduler.Plan(&next)
	if err != nil {
		t.Fatal(err)
	}
	return &World{Snapshot: next, Changes: changes, State: s, Plan: scheduler.Plan}
}

// add puts an assignment of a root on a node into the plan, with the composition that it should have.
func add(w *World, root, node string) {
	hash, _ := w.State.Composition(root)
	w.Changes.Assign = append(w.Changes.Assign, scheduler.Assignment{Root: root, Node: node, Composition: hash})
}

// settled makes the plan's outcome what there was before, so that the plan is empty.
func settled(w *World) {
	w.Snapshot.Assigned = w.Changes.Apply(nil)
	w.Changes = scheduler.Changes{}
}

// move takes a root from where it is to only these nodes.
func move(w *World, root string, nodes ...string) {
	w.Changes.Assign = slices.DeleteFunc(w.Changes.Assign, func(a scheduler.Assignment) bool { return a.Root == root })
	for _, n := range nodes {
		add(w, root, n)
	}
}

func node(w *World, id string) *scheduler.Node {
	return &w.Snapshot.Nodes[slices.IndexFunc(w.Snapshot.Nodes, func(n scheduler.Node) bool { return n.ID == id })]
}

// fake makes every later plan return these assignments more.
func fake(w *World, extra ...scheduler.Assignment) {
	w.Plan = func(s *scheduler.Snapshot) (*scheduler.State, scheduler.Changes, error) {
		state, c, err := scheduler.Plan(s)
		c.Assign = append(c.Assign, extra...)
		return state, c, err
	}
}

func TestEachInvariantCanBreak(t *testing.T) {
	violations := map[string]func(w *World){
		"a group is whole on its node": func(w *World) { w.Changes.Assign[0].Composition = "0123" },
		"no node is over capacity":     func(w *World) { node(w, w.Changes.Assign[0].Node).Memory = 1 << 20 },
		"replicas are on different nodes": func(w *World) {
			w.Changes.Assign = slices.Insert(w.Changes.Assign, 1, w.Changes.Assign[0])
		},
		"replicas are in different zones if they can be": func(w *World) { move(w, "admin", "n1", "n3") },
		"groups run on nodes that may have them":         func(w *World) { move(w, "admin", "n4", "n1") },
		"no held version runs": func(w *World) {
			w.Snapshot.Held = []scheduler.Pin{{Worker: "admin", Version: "1"}}
		},
		"there are as many replicas as there should and can be": func(w *World) { move(w, "admin", "n1") },
		"only what must moves": func(w *World) {
			settled(w)
			a := w.Snapshot.Assigned[0]
			w.Changes.Unassign = []scheduler.Assignment{a}
		},
		"draining nodes are left as soon as possible": func(w *World) {
			settled(w)
			hash, _ := w.State.Composition("admin")
			w.Snapshot.Assigned = append(w.Snapshot.Assigned, scheduler.Assignment{Root: "admin", Node: "n4", Composition: hash})
		},
		"what is short is reported": func(w *World) {
			if _, err := w.State.Advance(&scheduler.Delta{RemoveWorkers: []string{"giant"}}); err != nil {
				panic(err)
			}
		},
		"planning again changes nothing":     func(w *World) { fake(w, scheduler.Assignment{Root: "x", Node: "n1"}) },
		"the order of lists does not matter": func(w *World) { fake(w, scheduler.Assignment{Root: "x", Node: "n1"}) },
		"a full rebuild gives the same plan and state": func(w *World) {
			if _, err := w.State.Advance(&scheduler.Delta{RemoveNodes: []string{"n3"}}); err != nil {
				panic(err)
			}
		},
	}
	for _, inv := range Invariants() {
		t.Run(inv.Name, func(t *testing.T) {
			w := sample(t)
			if err := w.Check(); err != nil {
				t.Fatalf("the sample is no good: %v", err)
			}
			violate := violations[inv.Name]
			if violate == nil {
				t.Fatal("no violation is tried")
			}
			w = sample(t)
			violate(w)
			w.prepare()
			if inv.Check(w) == nil {
				t.Fatal("is not noticed")
			}
			if err := w.Check(); err == nil || !strings.Contains(err.Error(), inv.Name) {
				t.Errorf("Check does not name it: %v", err)
			}
		})
	}
}

func TestHarnessFails(t *testing.T) {
	for name, use := range map[string]func(h *Harness){
		"wrong placement":    func(h *Harness) { h.Want("n1: other") },
		"unknown node":       func(h *Harness) { h.Lose("n9") },
		"node out of words":  func(h *Harness) { h.Nodes("n2 fast") },
		"bad size":           func(h *Harness) { h.Nodes("n2 mem=lots") },
		"bad Worker":         func(h *Harness) { h.Deploy("w ->") },
		"unknown field":      func(h *Harness) { h.Deploy("w color=red") },
		"bad pin":            func(h *Harness) { h.Hold("w") },
		"bad measure":        func(h *Harness) { h.Measure("w disk=1") },
		"unknown command":    func(h *Harness) { h.command("dance") },
		"rejected by a plan": func(h *Harness) { h.Deploy("w mem=-1"); h.Plan() },
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{}
			h := New(r)
			h.Nodes("n1")
			h.Deploy("gateway root -> auth", "auth")
			h.Plan()
			h.Want("n1: gateway")
			if r.failed {
				t.Fatal("failed too early")
			}
			defer func() {
				// A recorder goes on after Fatalf, which a test does not; what follows may panic.
				_ = recover()
				if !r.failed {
					t.Error("did not fail")
				}
			}()
			use(h)
		})
	}
}

// TestHarnessAsInTheDocs is what docs/scheduler.md shows.
func TestHarnessAsInTheDocs(t *testing.T) {
	h := New(t)
	h.Nodes("n1 zone=a mem=512", "n2 zone=b mem=512")
	h.Deploy("gateway root -> auth,application mem=8", "auth", "application -> auth")
	h.Plan()
	h.Lose("n2")
	h.Plan()
	h.Want("n1: gateway")
}

func TestHarnessChecksPlans(t *testing.T) {
	w := sample(t)
	w.Changes.Assign = nil
	r := &recorder{}
	h := New(r)
	h.State = w.State
	h.took(w.Snapshot, w.Changes, false)
	if !r.failed {
		t.Error("a plan that places nothing passed")
	}
}

func TestMeasuresOnKnownClusters(t *testing.T) {
	h := New(t)
	h.Nodes("n1 mem=100", "n2 mem=100", "n3 mem=100")
	h.Deploy("a root -> s mem=10 replicas=1", "b root -> s mem=10 replicas=1", "c root mem=30 replicas=1", "s mem=60")
	snap := h.Next()
	if got, want := Optimum(&snap, Score{None: 9}), (Score{Sharing: 3, Bytes: 110 << 20}); got != want {
		t.Errorf("optimum %+v, want %+v", got, want)
	}
	if got := LowerBound(&snap); got.Bytes != 110<<20 || got.Nodes != 2 {
		t.Errorf("lower bound %+v, want 110 MiB on 2 nodes", got)
	}
	// 70 + 70 + 30 MiB: the two that share a service can't be reserved on one node, and c fits beside one.
	if got := FirstFitDecreasing(&snap); got.Nodes != 2 || got.Bytes != 170<<20 || got.Reserved != 170<<20 || got.Unplaced != 0 {
		t.Errorf("first-fit-decreasing %+v", got)
	}
	h.Plan()
	if got := PackingOf(h.State); got.Bytes != 110<<20 || got.Nodes != 2 {
		t.Errorf("plan %+v, want 110 MiB on 2 nodes", got)
	}
	if got, want := ScoreOf(&h.Snapshot), (Score{Sharing: 3, Bytes: 110 << 20}); got != want {
		t.Errorf("score %+v, want %+v", got, want)
	}
}

func TestFleetIsFixed(t *testing.T) {
	s := Scaled(1000).Snapshot()
	if err := errors.Join(s.Check()); err != nil {
		t.Fatal(err)
	}
	if len(s.Workers) != 1000 || len(s.Nodes) != 10 {
		t.Fatalf("%d Workers on %d nodes", len(s.Workers), len(s.Nodes))
	}
	_, changes, err := scheduler.Plan(s)
	if err != nil {
		t.Fatal(err)
	}
	g, err := scheduler.BuildGraph(s.Workers, nil)
	if err != nil {
		t.Fatal(err)
	}
	if faults := g.Faults(); len(faults) > 0 || len(g.Roots()) != 200 || len(changes.Assign) != 400 {
		t.Errorf("faults %v, %d roots, %d assignments", faults, len(g.Roots()), len(changes.Assign))
	}
}
