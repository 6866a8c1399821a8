package scheduler

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Fault is one thing wrong with the input. Only the fields that say where it is are set.
type Fault struct {
	Node    string
	Worker  string
	Version string
	Binding string
	// Problem says what is wrong and what would be right.
	Problem string
}

func (f *Fault) Error() string {
	var b strings.Builder
	if f.Node != "" {
		fmt.Fprintf(&b, "node %q: ", f.Node)
	}
	if f.Worker != "" {
		fmt.Fprintf(&b, "Worker %q: ", f.Worker)
	}
	if f.Version != "" {
		fmt.Fprintf(&b, "version %q: ", f.Version)
	}
	if f.Binding != "" {
		fmt.Fprintf(&b, "binding %q: ", f.Binding)
	}
	b.WriteString(f.Problem)
	return b.String()
}

// faultList collects faults; err joins them in a stable order.
type faultList []*Fault

func (l *faultList) add(f Fault) { *l = append(*l, &f) }

func (l faultList) err() error {
	if len(l) == 0 {
		return nil
	}
	slices.SortFunc(l, func(a, b *Fault) int { return strings.Compare(a.Error(), b.Error()) })
	errs := make([]error, len(l))
	for i, f := range l {
		errs[i] = f
	}
	return errors.Join(errs...)
}

func (l *faultList) nodes(nodes []Node) {
	seen := make(map[string]struct{}, len(nodes))
	for i := range nodes {
		n := &nodes[i]
		if n.ID == "" {
			l.add(Fault{Problem: fmt.Sprintf("node %d of the list has no ID", i)})
			continue
		}
		if _, dup := seen[n.ID]; dup {
			l.add(Fault{Node: n.ID, Problem: "is listed twice: an ID belongs to one node"})
		}
		seen[n.ID] = struct{}{}
		if n.Memory <= 0 {
			l.add(Fault{Node: n.ID, Problem: fmt.Sprintf("has %d bytes of memory: it must be above 0", n.Memory)})
		}
		if n.CPU < 0 {
			l.add(Fault{Node: n.ID, Problem: fmt.Sprintf("has %d thousandths of a core: it must be above 0, or 0 for no limit", n.CPU)})
		}
		if n.State > Lost {
			l.add(Fault{Node: n.ID, Problem: fmt.Sprintf("has the unknown state %d", n.State)})
		}
	}
}

// doubles finds Workers of the same name.
func (l *faultList) doubles(workers []Worker) {
	seen := make(map[string]struct{}, len(workers))
	for i := range workers {
		name := workers[i].Name
		if _, dup := seen[name]; dup && name != "" {
			l.add(Fault{Worker: name, Problem: "is listed twice: a name belongs to one Worker"})
		}
		seen[name] = struct{}{}
	}
}

// workers finds what is wrong with each Worker.
func (l *faultList) workers(workers []Worker) {
	for i := range workers {
		w := &workers[i]
		if w.Name == "" {
			l.add(Fault{Problem: fmt.Sprintf("Worker %d of the list has no name", i)})
			continue
		}
		if len(w.Versions) == 0 {
			l.add(Fault{Worker: w.Name, Problem: "has no version: remove it instead"})
		}
		for j := range w.Versions {
			l.version(w, j)
		}
	}
}

func (l *faultList) version(w *Worker, j int) {
	v := &w.Versions[j]
	at := Fault{Worker: w.Name, Version: v.ID}
	bad := func(format string, args ...any) {
		f := at
		f.Problem = fmt.Sprintf(format, args...)
		l.add(f)
	}
	if v.ID == "" {
		bad("version %d has no ID", j)
	}
	for k := range j {
		if w.Versions[k].ID == v.ID {
			bad("is listed twice: an ID belongs to one version")
		}
	}
	if v.Demand.Memory < 0 || v.Demand.CPU < 0 {
		bad("demands less than nothing (%d bytes, %d thousandths of a core)", v.Demand.Memory, v.Demand.CPU)
	}
	if v.Replicas < All {
		bad("wants %d replicas: give a number above 0, or All", v.Replicas)
	}
	for k, b := range v.Bindings {
		f := at
		f.Binding = b.Name
		switch {
		case b.Name == "":
			bad("binding %d has no name", k)
		case b.Service == "":
			f.Problem = "names no service: give the name of a Worker"
			l.add(f)
		}
		for _, other := range v.Bindings[:k] {
			if b.Name != "" && other.Name == b.Name {
				f.Problem = fmt.Sprintf("is listed twice (for %q and %q): a name in env stands for one service", other.Service, b.Service)
				l.add(f)
			}
		}
	}
}

func (l *faultList) measures(measures []Measure) {
	seen := make(map[string]struct{}, len(measures))
	for _, m := range measures {
		if _, dup := seen[m.Worker]; dup {
			l.add(Fault{Worker: m.Worker, Problem: "is measured twice: give one figure for the cluster"})
		}
		seen[m.Worker] = struct{}{}
		if m.Demand.Memory < 0 || m.Demand.CPU < 0 {
			l.add(Fault{Worker: m.Worker, Problem: "was measured to use less than nothing"})
		}
	}
}

// Check returns every fault of s that makes a plan impossible, each a *[Fault], joined; nil if there is none. A binding
// to a Worker that isn't there is not among them: it breaks the groups it is in and no other, see [Graph.Faults].
func (s *Snapshot) Check() error {
	l := s.check()
	l.doubles(s.Workers)
	return l.err()
}

// check is Check but for Workers of the same name, which are noticed when they are taken in: to look for them takes a second map of
// all names.
func (s *Snapshot) check() faultList {
	var l faultList
	l.nodes(s.Nodes)
	l.workers(s.Workers)
	l.measures(s.Measured)
	type key struct{ root, node string }
	seen := make(map[key]struct{}, len(s.Assigned))
	for _, a := range s.Assigned {
		k := key{a.Root, a.Node}
		if _, dup := seen[k]; dup {
			l.add(Fault{Worker: a.Root, Node: a.Node, Problem: "is assigned twice: a group is on a node once"})
		}
		seen[k] = struct{}{}
	}
	return l
}

// Check is as [Snapshot.Check], for a delta.
func (d *Delta) Check() error {
	var l faultList
	l.nodes(d.Nodes)
	l.workers(d.Workers)
	l.doubles(d.Workers)
	l.measures(d.Measured)
	return l.err()
}
