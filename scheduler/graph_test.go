package scheduler_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bindery/bindery/scheduler"
	"pgregory.net/rapid"
)

func version(id string, services ...string) scheduler.Version {
	v := scheduler.Version{ID: id, Root: true}
	for _, s := range services {
		v.Bindings = append(v.Bindings, scheduler.Binding{Name: strings.ToUpper(s), Service: s})
	}
	return v
}

func worker(name string, versions ...scheduler.Version) scheduler.Worker {
	return scheduler.Worker{Name: name, Versions: versions}
}

// TestPartsAreWhatReachesEachOther compares the strongly connected parts with their definition.
func TestPartsAreWhatReachesEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "workers")
		var workers []scheduler.Worker
		for i := range n {
			services := rapid.SliceOfNDistinct(rapid.IntRange(0, n), 0, 3, rapid.ID[int]).Draw(t, "services")
			names := make([]string, len(services))
			for j, s := range services {
				names[j] = fmt.Sprintf("w%d", s) // wN does not exist
			}
			workers = append(workers, worker(fmt.Sprintf("w%d", i), version("1", names...)))
		}
		g, err := scheduler.BuildGraph(workers, nil)
		if err != nil {
			t.Fatal(err)
		}
		reach := map[string][]string{}
		for _, w := range workers {
			reach[w.Name] = g.Closure(w.Name)
		}
		seen := map[string]bool{}
		for _, part := range g.Parts() {
			for _, a := range part {
				if seen[a] {
					t.Fatalf("%s is in two parts", a)
				}
				seen[a] = true
			}
			for _, a := range part {
				for _, w := range workers {
					together := slices.Contains(reach[a], w.Name) && slices.Contains(reach[w.Name], a)
					if together != slices.Contains(part, w.Name) {
						t.Fatalf("part %v: %s and %s reach each other: %t", part, a, w.Name, together)
					}
					if slices.Contains(reach[a], w.Name) && !seen[w.Name] {
						t.Fatalf("part %v comes before %s, which it binds", part, w.Name)
					}
				}
			}
		}
		if len(seen) != n {
			t.Fatalf("%d of %d Workers are in parts", len(seen), n)
		}
	})
}

func TestLongChain(t *testing.T) {
	const n = 200_000
	workers := make([]scheduler.Worker, n)
	for i := range workers {
		workers[i] = worker(fmt.Sprint(i), version("1", fmt.Sprint((i+1)%n)))
	}
	g, err := scheduler.BuildGraph(workers, nil)
	if err != nil {
		t.Fatal(err)
	}
	if parts := g.Parts(); len(parts) != 1 || len(parts[0]) != n {
		t.Errorf("a ring of %d has %d parts", n, len(parts))
	}
	if got := len(g.Closure("7")); got != n {
		t.Errorf("the closure has %d", got)
	}
}

func TestGraphServesWhatIsNotHeld(t *testing.T) {
	workers := []scheduler.Worker{
		worker("a", version("3", "b"), version("2", "c"), version("1")),
		worker("b", version("1")), worker("c", version("1")),
	}
	for _, c := range []struct {
		held    []scheduler.Pin
		version string
		closure string
	}{
		{nil, "3", "a b"},
		{[]scheduler.Pin{{Worker: "a", Version: "3"}}, "2", "a c"},
		{[]scheduler.Pin{{Worker: "a", Version: "2"}}, "3", "a b"},
		{[]scheduler.Pin{{Worker: "a", Version: "3"}, {Worker: "a", Version: "2"}}, "1", "a"},
		{[]scheduler.Pin{{Worker: "a", Version: "3"}, {Worker: "a", Version: "2"}, {Worker: "a", Version: "1"}}, "", "a"},
	} {
		g, err := scheduler.BuildGraph(workers, c.held)
		if err != nil {
			t.Fatal(err)
		}
		v, ok := g.Version("a")
		if v.ID != c.version || ok != (c.version != "") {
			t.Errorf("held %v: serves %q", c.held, v.ID)
		}
		if got := strings.Join(g.Closure("a"), " "); got != c.closure {
			t.Errorf("held %v: closure %s, want %s", c.held, got, c.closure)
		}
	}
}

func TestFaultsNameWorkerAndBinding(t *testing.T) {
	g, err := scheduler.BuildGraph([]scheduler.Worker{worker("shop", version("7", "cart", "auht")), worker("cart", version("1"))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	faults := g.Faults()
	if len(faults) != 1 {
		t.Fatalf("faults %v", faults)
	}
	want := `Worker "shop": version "7": binding "AUHT": there is no Worker "auht": deploy it, or take the binding out`
	if got := faults[0].Error(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestCheckNamesEveryFault(t *testing.T) {
	bind := func(name, service string) scheduler.Version {
		return scheduler.Version{ID: "1", Bindings: []scheduler.Binding{{Name: "A", Service: "x"}, {Name: name, Service: service}}}
	}
	for _, c := range []struct {
		name string
		snap scheduler.Snapshot
		want string
	}{
		{"node without ID", scheduler.Snapshot{Nodes: []scheduler.Node{{Memory: 1}}}, `node 0 of the list has no ID`},
		{"node twice", scheduler.Snapshot{Nodes: []scheduler.Node{{ID: "n", Memory: 1}, {ID: "n", Memory: 1}}}, `node "n": is listed twice: an ID belongs to one node`},
		{"no memory", scheduler.Snapshot{Nodes: []scheduler.Node{{ID: "n"}}}, `node "n": has 0 bytes of memory: it must be above 0`},
		{"negative CPU", scheduler.Snapshot{Nodes: []scheduler.Node{{ID: "n", Memory: 1, CPU: -1}}}, `node "n": has -1 thousandths of a core: it must be above 0, or 0 for no limit`},
		{"odd state", scheduler.Snapshot{Nodes: []scheduler.Node{{ID: "n", Memory: 1, State: 9}}}, `node "n": has the unknown state 9`},
		{"Worker without name", scheduler.Snapshot{Workers: []scheduler.Worker{worker("", version("1"))}}, `Worker 0 of the list has no name`},
		{"Worker twice", scheduler.Snapshot{Workers: []scheduler.Worker{worker("w", version("1")), worker("w", version("1"))}}, `Worker "w": is listed twice: a name belongs to one Worker`},
		{"no version", scheduler.Snapshot{Workers: []scheduler.Worker{worker("w")}}, `Worker "w": has no version: remove it instead`},
		{"version without ID", scheduler.Snapshot{Workers: []scheduler.Worker{worker("w", version(""))}}, `Worker "w": version 0 has no ID`},
		{"version twice", scheduler.Snapshot{Workers: []scheduler.Worker{worker("w", version("1"), version("1"))}}, `Worker "w": version "1": is listed twice: an ID belongs to one version`},
		{"negative demand", scheduler.Snapshot{Workers: []scheduler.Worker{worker("w", scheduler.Version{ID: "1", Demand: scheduler.Demand{Memory: -1}})}}, `Worker "w": version "1": demands less than nothing (-1 bytes, 0 thousandths of a core)`},
		{"odd replicas", scheduler.Snapshot{Workers: []scheduler.Worker{worker("w", scheduler.Version{ID: "1", Replicas: -2})}}, `Worker "w": version "1": wants -2 replicas: give a number above 0, or All`},
		{"binding without name", scheduler.Snapshot{Workers: []scheduler.Worker{worker("w", bind("", "y"))}}, `Worker "w": version "1": binding 1 has no name`},
		{"binding to nothing", scheduler.Snapshot{Workers: []scheduler.Worker{worker("w", bind("B", ""))}}, `Worker "w": version "1": binding "B": names no service: give the name of a Worker`},
		{"binding twice", scheduler.Snapshot{Workers: []scheduler.Worker{worker("w", bind("A", "y"))}}, `Worker "w": version "1": binding "A": is listed twice (for "x" and "y"): a name in env stands for one service`},
		{"measured twice", scheduler.Snapshot{Measured: []scheduler.Measure{{Worker: "w"}, {Worker: "w"}}}, `Worker "w": is measured twice: give one figure for the cluster`},
		{"measured below nothing", scheduler.Snapshot{Measured: []scheduler.Measure{{Worker: "w", Demand: scheduler.Demand{CPU: -1}}}}, `Worker "w": was measured to use less than nothing`},
		{"assigned twice", scheduler.Snapshot{Assigned: []scheduler.Assignment{{Root: "w", Node: "n"}, {Root: "w", Node: "n", Composition: "1"}}}, `node "n": Worker "w": is assigned twice: a group is on a node once`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := scheduler.Plan(&c.snap)
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
	t.Run("all at once", func(t *testing.T) {
		_, _, err := scheduler.Plan(&scheduler.Snapshot{Nodes: []scheduler.Node{{ID: "n"}}, Workers: []scheduler.Worker{worker("w")}})
		if err == nil || strings.Count(err.Error(), "\n") != 1 {
			t.Errorf("got %v, want two faults", err)
		}
	})
}
