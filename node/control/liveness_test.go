package control

import (
	"testing"
	"time"

	"github.com/bindery/bindery/node/membership"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// What gossip and streams say of a node, second by second, and what state it should have.
func TestStatesOfNodes(t *testing.T) {
	const (
		ready    = binderyv1.NodeState_NODE_STATE_READY
		lost     = binderyv1.NodeState_NODE_STATE_LOST
		draining = binderyv1.NodeState_NODE_STATE_DRAINING
	)
	type step struct {
		after          time.Duration
		event          membership.Kind
		heard, follows bool
		want           binderyv1.NodeState
	}
	for _, c := range []struct {
		name  string
		begin binderyv1.NodeState
		steps []step
	}{
		{"it is there", ready, []step{{0, membership.Joined, true, true, ready}, {time.Hour, 0, true, true, ready}}},
		{"it has just joined", ready, []step{{0, 0, false, false, ready}, {time.Second, 0, false, true, ready}, {time.Second, membership.Joined, true, true, ready}}},
		{"it joined and never came", ready, []step{{0, 0, false, false, ready}, {4 * time.Second, 0, false, false, ready}, {time.Second, 0, false, false, lost}}},
		{"it is killed", ready, []step{{0, 0, true, true, ready}, {0, membership.Failed, false, true, lost}, {time.Minute, 0, false, false, lost}}},
		{"it comes back", lost, []step{{0, membership.Joined, true, false, ready}}},
		{"it says goodbye", ready, []step{{0, membership.Left, false, true, lost}}},
		{"gossip is blocked from the first", ready, []step{{0, 0, false, true, ready}, {time.Hour, 0, false, true, ready}}},
		{"gossip is blocked later", ready, []step{{0, membership.Failed, false, true, lost}, {19 * time.Second, 0, false, true, lost}, {time.Second, 0, false, true, ready}}},
		{"this node leads since it died", ready, []step{{0, 0, false, false, ready}, {5 * time.Second, 0, false, false, lost}}},
		{"it drains", draining, []step{{0, 0, true, true, draining}, {0, membership.Failed, false, false, draining}}},
	} {
		w := &watch{self: "self", failed: map[string]time.Time{}, missing: map[string]time.Time{}}
		now := time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)
		n := &binderyv1.Node{Id: "n2", State: c.begin}
		for i, s := range c.steps {
			now = now.Add(s.after)
			if s.event != 0 {
				w.heard(membership.Event{Kind: s.event, Member: membership.Member{ID: "n2"}}, now)
			}
			var members []membership.Member
			if s.heard {
				members = append(members, membership.Member{ID: "n2"})
			}
			self := &binderyv1.Node{Id: "self", State: ready}
			for _, change := range w.changes([]*binderyv1.Node{self, n}, members, func(id string) bool { return id == "n2" && s.follows }, now) {
				if change.GetId() != "n2" {
					t.Errorf("%s: it doubts itself", c.name)
				}
				n.State = change.GetState()
			}
			if n.GetState() != s.want {
				t.Errorf("%s, step %d: it is %v, and not %v", c.name, i, n.GetState(), s.want)
			}
		}
		if w.changes(nil, nil, func(string) bool { return false }, now.Add(time.Hour)); len(w.failed)+len(w.missing) > 0 {
			t.Errorf("%s: what is gone is remembered", c.name)
		}
	}
}
