package scheduler_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/bindery/bindery/scheduler"
	"github.com/bindery/bindery/scheduler/schedulertest"
)

// TestFleetThroughEvents takes clusters that are too large to be solved as puzzles through random events, with room and
// without. The harness checks each plan.
func TestFleetThroughEvents(t *testing.T) {
	for _, c := range []struct {
		memory int64
		even   bool
	}{{150, false}, {80, false}, {150, true}, {30, true}} {
		t.Run(fmt.Sprintf("%d MiB, even %t", c.memory, c.even), func(t *testing.T) {
			fleet := schedulertest.Fleet{Nodes: 44, Zones: 3, Workers: 400, Groups: 90, Shared: 25, Universal: 1, NodeMemory: c.memory, Seed: 5}
			h := schedulertest.New(t)
			h.Snapshot = *fleet.Snapshot()
			h.Snapshot.Settings.Even = c.even
			h.Plan()
			r := rand.New(rand.NewPCG(uint64(c.memory), 1))
			for range 25 {
				for range 1 + r.IntN(3) {
					fleetEvent(h, fleet, r)
				}
				h.Plan()
			}
			h.Rebalance(scheduler.Limits{Moves: 15})
		})
	}
}

// fleetEvent lets something happen.
func fleetEvent(h *schedulertest.Harness, f schedulertest.Fleet, r *rand.Rand) {
	id := fmt.Sprintf("node-%05d", r.IntN(f.Nodes))
	root := fmt.Sprintf("root-%06d", r.IntN(f.Groups))
	service := func() string { return fmt.Sprintf("shared-%06d", r.IntN(f.Shared)) }
	switch r.IntN(9) {
	case 0:
		h.Lose(id)
	case 1:
		h.Drain(id)
	case 2, 3:
		h.Ready(id)
	case 4:
		h.Deploy(fmt.Sprintf("%s root -> %s mem=%d replicas=%d", root, service(), r.IntN(20), 1+r.IntN(3)))
	case 5:
		h.Deploy(fmt.Sprintf("%s mem=%d", service(), r.IntN(30)))
	case 6:
		h.Measure(fmt.Sprintf("%s mem=%d", service(), r.IntN(40)))
	case 7:
		h.Deploy(fmt.Sprintf("%s root zones=zone-%d mem=3", root, r.IntN(f.Zones)))
	case 8:
		for _, n := range h.Snapshot.Nodes {
			if n.Zone == "zone-1" && n.State == scheduler.Ready {
				h.Drain(n.ID)
			}
		}
	}
}
