package scheduler_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/bindery/bindery/scheduler"
	"github.com/bindery/bindery/scheduler/schedulertest"
)

// cluster returns a harness with nodes spread over three zones.
func cluster(t *testing.T, nodes, mem int) *schedulertest.Harness {
	h := schedulertest.New(t)
	for i := range nodes {
		h.Nodes(fmt.Sprintf("n%d zone=%c mem=%d host=%d", i, 'a'+i%3, mem, i))
	}
	return h
}

// story takes a cluster through the usual troubles; the harness checks each plan.
func story(t *testing.T, h *schedulertest.Harness) {
	t.Helper()
	h.Plan()
	if len(h.Snapshot.Assigned) == 0 {
		t.Fatal("nothing is placed")
	}
	h.Lose("n0")
	h.Plan()
	h.Drain("n1")
	h.Plan()
	h.Ready("n0")
	if c := h.Plan(); len(c.Unassign) > 0 {
		t.Errorf("the return of a node moves\n%s", c)
	}
	h.Nodes("new zone=b mem=500")
	for _, a := range h.Plan().Unassign {
		if a.Node != "n1" {
			t.Errorf("a new node takes %s off %s", a.Root, a.Node)
		}
	}
	for _, n := range h.Snapshot.Nodes {
		if n.Zone == "c" {
			h.Drain(n.ID)
		}
	}
	h.Plan()
	h.Rebalance(scheduler.Limits{Moves: 20})
}

func TestManyRootsShareServices(t *testing.T) {
	h := cluster(t, 9, 150)
	for i := range 20 {
		h.Deploy(fmt.Sprintf("s%d mem=%d", i, 2+i))
	}
	for i := range 200 {
		h.Deploy(fmt.Sprintf("r%d root -> s%d,s%d,s%d", i, i%20, (i+3)%20, (i+4+i*i%7)%20))
	}
	story(t, h)
}

func TestOneServiceBoundByAll(t *testing.T) {
	h := cluster(t, 8, 64)
	h.Deploy("auth mem=20")
	for i := range 60 {
		h.Deploy(fmt.Sprintf("r%d root -> auth mem=%d", i, 1+i%5))
	}
	story(t, h)
	h.Deploy("auth mem=25")
	if c := h.Plan(); len(c.Update)+len(c.Assign) == 0 {
		t.Error("a new version of what all bind changes nothing")
	}
	h.Hold("auth@2")
	h.Plan()
}

func TestDiamondsAndCycles(t *testing.T) {
	h := cluster(t, 6, 64)
	for i := range 10 {
		h.Deploy(
			fmt.Sprintf("top%d root -> left%d,right%d", i, i, i),
			fmt.Sprintf("left%d -> bottom%d,left%d mem=2", i, i, (i+1)%4),
			fmt.Sprintf("right%d -> bottom%d mem=3", i, i),
			fmt.Sprintf("bottom%d -> right%d", i, i),
		)
	}
	story(t, h)
}

// TestStartsInHalfPlacedCluster hands a plan assignments that no scheduler would have made.
func TestStartsInHalfPlacedCluster(t *testing.T) {
	h := cluster(t, 4, 32)
	h.Deploy("a root -> s mem=4", "b root -> s mem=4 replicas=1", "c root mem=20", "s mem=4")
	h.Snapshot.Assigned = []scheduler.Assignment{
		{Root: "a", Node: "n0", Composition: "old"},
		{Root: "a", Node: "n3", Composition: "old"},
		{Root: "a", Node: "gone"},
		{Root: "b", Node: "n0"},
		{Root: "b", Node: "n1"},
		{Root: "b", Node: "n2"},
		{Root: "c", Node: "n0"},
		{Root: "nobody", Node: "n1", Composition: "x"},
	}
	c := h.Plan()
	for _, want := range []scheduler.Assignment{{Root: "a", Node: "gone"}, {Root: "nobody", Node: "n1", Composition: "x"}} {
		found := false
		for _, a := range c.Unassign {
			found = found || a == want
		}
		if !found {
			t.Errorf("%+v is not unassigned:\n%s", want, c)
		}
	}
}

// TestReuseOfIDs has Workers and nodes come and go, so that what was theirs inside the state belongs to others.
func TestReuseOfIDs(t *testing.T) {
	h := cluster(t, 4, 64)
	for i := range 30 {
		h.Deploy(fmt.Sprintf("r%d root -> s%d,s%d", i, i, i+1), fmt.Sprintf("s%d", i), fmt.Sprintf("s%d", i+1))
		if i > 2 {
			h.Delete(fmt.Sprintf("r%d", i-3), fmt.Sprintf("s%d", i-3))
		}
		h.Nodes(fmt.Sprintf("m%d zone=c mem=40", i))
		if i > 1 {
			h.Remove(fmt.Sprintf("m%d", i-2))
		}
		h.Plan()
	}
}

func TestDiffLeadsFromOneSnapshotToTheNext(t *testing.T) {
	h := cluster(t, 3, 64)
	h.Deploy("a root -> s", "b root", "s")
	h.Measure("s mem=5")
	h.Hold("b@1")
	h.Plan()
	before := h.Snapshot
	h.Deploy("a root -> u", "u mem=3")
	h.Delete("s")
	h.Unhold("b@1")
	h.Hold("u@9")
	h.Measure("u mem=4", "s mem=0")
	h.Remove("n2")
	h.Nodes("n4 zone=a")
	after := h.Next()
	d := scheduler.Diff(&before, &after)
	if again := before.Apply(&d); len(scheduler.Diff(&again, &after).Workers) > 0 || len(again.Workers) != len(after.Workers) {
		t.Errorf("applied, the difference is still %+v", scheduler.Diff(&again, &after))
	}
	c, err := h.State.Advance(&d)
	if err != nil {
		t.Fatal(err)
	}
	after.Assigned = before.Assigned
	_, want, err := scheduler.Plan(&after)
	if err != nil {
		t.Fatal(err)
	}
	if c.Short, c.Whole, want.Short, want.Whole = nil, nil, nil, nil; c.String() != want.String() {
		t.Errorf("got\n%s\nwant\n%s", c, want)
	}
}

func TestAdvanceRefusesWholeDelta(t *testing.T) {
	h := cluster(t, 3, 64)
	h.Deploy("a root")
	h.Plan()
	before := fmt.Sprint(h.State.Usage(), h.State.Assignments())
	_, err := h.State.Advance(&scheduler.Delta{RemoveWorkers: []string{"a"}, Nodes: []scheduler.Node{{ID: "n9"}}})
	if err == nil {
		t.Fatal("a node without memory is accepted")
	}
	if after := fmt.Sprint(h.State.Usage(), h.State.Assignments()); after != before {
		t.Errorf("a refused delta changed\n%s\nto\n%s", before, after)
	}
}

// TestReadersRunTogether has readers of one state run at the same time, for the race detector.
func TestReadersRunTogether(t *testing.T) {
	h := cluster(t, 5, 64)
	h.Deploy("a root -> s zones=a", "b root -> s mem=100", "c root -> a label:host=3", "s mem=4", "d root -> nothing")
	h.Plan()
	d := scheduler.Delta{RemoveWorkers: []string{"s"}}
	var wg sync.WaitGroup
	texts := make([]string, 8)
	for i := range texts {
		wg.Go(func() {
			e, _ := h.State.Explain("c")
			p, err := h.State.Preview(&d)
			texts[i] = fmt.Sprint(e, p, err, h.State.Shortages(), h.State.Usage(), h.State.Assignments(), h.State.Graph().Parts(), h.State.Graph().Faults())
		})
	}
	wg.Wait()
	for _, text := range texts {
		if text != texts[0] {
			t.Errorf("readers see\n%s\nand\n%s", texts[0], text)
		}
	}
}

// TestFindsTheOneNodeWithRoom has a service on many full nodes, and one where a group fits because the service is there already.
func TestFindsTheOneNodeWithRoom(t *testing.T) {
	h := cluster(t, 150, 100)
	h.Deploy("s mem=60")
	for i := range 150 {
		mem := 40
		if i == 77 {
			mem = 10
		}
		h.Deploy(fmt.Sprintf("r%d root -> s replicas=1 mem=%d", i, mem))
	}
	h.Plan()
	for i := range 5 {
		h.Deploy(fmt.Sprintf("late%d root -> s replicas=1 mem=25", i))
		if c := h.Plan(); len(c.Assign) != 1 {
			t.Fatalf("late%d is not placed: %v", i, h.State.Shortages())
		}
		h.Delete(fmt.Sprintf("late%d", i))
	}
}
