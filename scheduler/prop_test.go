package scheduler_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/bindery/bindery/scheduler"
	"github.com/bindery/bindery/scheduler/schedulertest"
	"pgregory.net/rapid"
)

// machine drives a harness at random. Its actions are the harness's verbs; after each a plan is made, and the harness checks every
// invariant of every plan.
type machine struct{ h *schedulertest.Harness }

var (
	someZones  = []string{"a", "b", "c"}
	someDisks  = []string{"ssd", "hdd"}
	workerName = rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf("w%d", rapid.IntRange(0, 14).Draw(t, "worker")) })
	nodeName   = rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf("n%d", rapid.IntRange(0, 7).Draw(t, "node")) })
)

func drawVersion(t *rapid.T) scheduler.Version {
	v := scheduler.Version{Root: rapid.IntRange(0, 2).Draw(t, "root") > 0}
	services := rapid.SliceOfNDistinct(workerName, 0, 3, rapid.ID[string]).Draw(t, "services")
	for _, s := range services {
		v.Bindings = append(v.Bindings, scheduler.Binding{Name: "TO_" + s, Service: s})
	}
	v.Demand.Memory = rapid.Int64Range(0, 30).Draw(t, "memory") << 20
	v.Demand.CPU = rapid.Int64Range(0, 300).Draw(t, "cpu")
	v.Replicas = rapid.SampledFrom([]int{0, 0, 0, 1, 2, 3, scheduler.All}).Draw(t, "replicas")
	if rapid.IntRange(0, 4).Draw(t, "zoned") == 0 {
		v.Constraint.Zones = rapid.SliceOfNDistinct(rapid.SampledFrom(someZones), 1, 2, rapid.ID[string]).Draw(t, "zones")
	}
	if rapid.IntRange(0, 4).Draw(t, "labelled") == 0 {
		v.Constraint.Labels = map[string]string{"disk": rapid.SampledFrom(someDisks).Draw(t, "disk")}
	}
	if rapid.Bool().Draw(t, "released") {
		v.Release = rapid.SampledFrom([]string{"r1", "r2", "r3"}).Draw(t, "release")
	}
	return v
}

func drawNode(t *rapid.T, id string) scheduler.Node {
	n := scheduler.Node{
		ID:     id,
		Zone:   rapid.SampledFrom(someZones).Draw(t, "zone"),
		Memory: rapid.Int64Range(20, 150).Draw(t, "memory") << 20,
		State:  rapid.SampledFrom([]scheduler.NodeState{0, 0, 0, 0, scheduler.Draining, scheduler.Lost}).Draw(t, "state"),
	}
	if rapid.Bool().Draw(t, "limited") {
		n.CPU = rapid.Int64Range(200, 2000).Draw(t, "cpu")
	}
	if rapid.Bool().Draw(t, "labelled") {
		n.Labels = map[string]string{"disk": rapid.SampledFrom(someDisks).Draw(t, "disk"), "host": id}
	}
	return n
}

func (m *machine) anyNode(t *rapid.T) (scheduler.Node, bool) {
	if len(m.h.Snapshot.Nodes) == 0 {
		return scheduler.Node{}, false
	}
	ids := make([]string, len(m.h.Snapshot.Nodes))
	for i, n := range m.h.Snapshot.Nodes {
		ids[i] = n.ID
	}
	slices.Sort(ids)
	id := rapid.SampledFrom(ids).Draw(t, "id")
	i := slices.IndexFunc(m.h.Snapshot.Nodes, func(n scheduler.Node) bool { return n.ID == id })
	return m.h.Snapshot.Nodes[i], true
}

// Deploy releases some Workers at once.
func (m *machine) Deploy(t *rapid.T) {
	for range rapid.IntRange(1, 4).Draw(t, "count") {
		m.h.Release(workerName.Draw(t, "name"), drawVersion(t))
	}
}

// Node adds or changes one.
func (m *machine) Node(t *rapid.T) {
	for range rapid.IntRange(1, 3).Draw(t, "count") {
		m.h.SetNode(drawNode(t, nodeName.Draw(t, "name")))
	}
}

// Mark changes the state of one node.
func (m *machine) Mark(t *rapid.T) {
	n, ok := m.anyNode(t)
	if !ok {
		t.Skip("no node")
	}
	n.State = rapid.SampledFrom([]scheduler.NodeState{scheduler.Ready, scheduler.Draining, scheduler.Lost}).Draw(t, "state")
	m.h.SetNode(n)
}

// DrainZone drains all nodes of a zone.
func (m *machine) DrainZone(t *rapid.T) {
	zone := rapid.SampledFrom(someZones).Draw(t, "zone")
	for _, n := range m.h.Snapshot.Nodes {
		if n.Zone == zone && n.State == scheduler.Ready {
			m.h.Drain(n.ID)
		}
	}
}

// Remove takes a node out for good.
func (m *machine) Remove(t *rapid.T) {
	n, ok := m.anyNode(t)
	if !ok {
		t.Skip("no node")
	}
	m.h.Remove(n.ID)
}

// Delete removes a Worker, bound or not.
func (m *machine) Delete(t *rapid.T) {
	m.h.Delete(workerName.Draw(t, "name"))
}

// Hold holds back what may be served, or takes a hold back.
func (m *machine) Hold(t *rapid.T) {
	name := workerName.Draw(t, "name")
	for _, w := range m.h.Snapshot.Workers {
		if w.Name == name {
			m.h.Hold(name + "@" + rapid.SampledFrom(w.Versions).Draw(t, "version").ID)
		}
	}
	if len(m.h.Snapshot.Held) > 0 && rapid.Bool().Draw(t, "unhold") {
		p := rapid.SampledFrom(m.h.Snapshot.Held).Draw(t, "pin")
		m.h.Unhold(p.Worker + "@" + p.Version)
	}
}

// Measure reports a figure.
func (m *machine) Measure(t *rapid.T) {
	m.h.Measure(fmt.Sprintf("%s mem=%d", workerName.Draw(t, "name"), rapid.IntRange(0, 60).Draw(t, "memory")))
}

// Rebalance moves what may stay, a little or until nothing is better.
func (m *machine) Rebalance(t *rapid.T) {
	if m.h.State == nil {
		t.Skip("no plan yet")
	}
	limits := scheduler.Limits{Moves: rapid.SampledFrom([]int{1, 3, 1000}).Draw(t, "moves")}
	if rapid.Bool().Draw(t, "level") {
		limits.Load = 1
	}
	m.h.Rebalance(limits)
	if limits.Moves == 1000 {
		if again := m.h.Rebalance(limits); len(again) > 0 {
			t.Fatalf("a second rebalance moves %v", again)
		}
	}
}

// Preview must tell what the next plan then does, and leave the state alone.
func (m *machine) Preview(t *rapid.T) {
	if m.h.State == nil {
		t.Skip("no plan yet")
	}
	m.h.Release(workerName.Draw(t, "name"), drawVersion(t))
	d := m.h.Pending()
	before := fmt.Sprint(m.h.State.Usage(), m.h.State.Assignments())
	p, err := m.h.State.Preview(&d)
	if err != nil {
		t.Fatal(err)
	}
	if after := fmt.Sprint(m.h.State.Usage(), m.h.State.Assignments()); after != before {
		t.Fatalf("a preview changed the state from\n%s\nto\n%s", before, after)
	}
	m.h.Release(d.Workers[0].Name, d.Workers[0].Versions[0])
	if c := m.h.Plan(); c.String() != p.Changes.String() {
		t.Fatalf("previewed\n%sdone\n%s", p.Changes, c)
	}
}

// Check plans after each action, and once more, which must change nothing.
func (m *machine) Check(t *rapid.T) {
	m.h.Plan()
	c, err := m.h.State.Advance(&scheduler.Delta{})
	if err != nil || !c.Empty() || len(c.Short) > 0 || len(c.Whole) > 0 {
		t.Fatalf("a plan without change changes\n%s%v", c, err)
	}
}

func TestRandomClusters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{h: schedulertest.New(t)}
		m.h.Snapshot.Settings.Even = rapid.Bool().Draw(t, "even")
		for i := range rapid.IntRange(0, 6).Draw(t, "nodes") {
			m.h.SetNode(drawNode(t, fmt.Sprintf("n%d", i)))
		}
		for i := range rapid.IntRange(0, 10).Draw(t, "workers") {
			m.h.Release(fmt.Sprintf("w%d", i), drawVersion(t))
		}
		t.Repeat(rapid.StateMachineActions(m))
	})
}
