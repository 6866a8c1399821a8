package control

import (
	"context"
	"errors"
	"time"

	"github.com/bindery/bindery/node/membership"
	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Gossip tells who is there: *membership.Group is one.
type Gossip interface {
	Members() []membership.Member
	Next(context.Context) (membership.Event, error)
}

// Times of the watch.
const (
	// watchEvery is how often the state is compared with who is there, also while nothing happens: who leads now may not have seen it happen.
	watchEvery = 2 * time.Second
	// missingGrace is how long a node may be neither heard nor following before it counts as lost: it has only just joined, or this node has only
	// just begun to listen.
	missingGrace = 5 * time.Second
	// doubt is how long after a node was given up its stream proves nothing: the end of a connection is noticed late. After it, who follows is
	// there, whatever keeps gossip from him.
	doubt = 20 * time.Second
)

// watch is what is known of nodes that are not heard.
type watch struct {
	self    string
	failed  map[string]time.Time // when a node was given up
	missing map[string]time.Time // since when it was neither heard nor following
}

// Watch turns what gossip says into states of nodes while this node leads, until ctx ends.
func (s *Service) Watch(ctx context.Context, self string, g Gossip) {
	events := make(chan membership.Event)
	go func() {
		defer close(events)
		for {
			e, err := g.Next(ctx)
			if err != nil {
				return
			}
			select {
			case events <- e:
			case <-ctx.Done():
				return
			}
		}
	}()
	w := &watch{self: self, failed: map[string]time.Time{}, missing: map[string]time.Time{}}
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case e, ok := <-events:
			if !ok {
				return
			}
			s.o.Logger.Info("a node "+e.Kind.String(), "node", e.Member.Name, "gossip", e.Member.Gossip)
			s.reports.silence(e.Member.ID, w.heard(e, time.Now())) // nobody waits for who is gone
		case <-tick.C:
		}
		if !s.o.Store.Leads() {
			continue
		}
		for _, change := range w.changes(s.o.Store.State().Nodes(), g.Members(), s.follow.is, time.Now()) {
			if change.GetState() == binderyv1.NodeState_NODE_STATE_READY {
				s.reports.silence(change.GetId(), false)
			}
			_, err := s.propose(ctx, &binderyv1.Command{Body: &binderyv1.Command_SetNodeState{SetNodeState: change}})
			var refused *store.RefusedError
			if err != nil && !errors.As(err, &refused) && ctx.Err() == nil {
				s.o.Logger.Warn("note the state of a node", "node", change.GetId(), "error", err)
			}
		}
	}
}

// heard takes an event up, and reports whether the node is gone by it.
func (w *watch) heard(e membership.Event, now time.Time) (gone bool) {
	if e.Kind == membership.Failed || e.Kind == membership.Left {
		w.failed[e.Member.ID] = now
		return true
	}
	delete(w.failed, e.Member.ID)
	return false
}

// changes are the states that nodes should have, where they have others. It depends on its arguments and on what was heard only.
func (w *watch) changes(nodes []*binderyv1.Node, members []membership.Member, follows func(id string) bool, now time.Time) (list []*binderyv1.SetNodeState) {
	heard := map[string]bool{w.self: true}
	for _, m := range members {
		heard[m.ID] = true
	}
	known := map[string]bool{}
	for _, n := range nodes {
		id := n.GetId()
		known[id] = true
		state := binderyv1.NodeState_NODE_STATE_READY
		if !w.there(id, heard[id], follows(id), now) {
			state = binderyv1.NodeState_NODE_STATE_LOST
		}
		// Other states are not for gossip to change.
		if is := n.GetState(); is != state && (is == binderyv1.NodeState_NODE_STATE_READY || is == binderyv1.NodeState_NODE_STATE_LOST) {
			list = append(list, &binderyv1.SetNodeState{Id: id, State: state})
		}
	}
	for id := range w.missing {
		if !known[id] {
			delete(w.missing, id)
		}
	}
	for id, at := range w.failed {
		if !known[id] && now.Sub(at) > doubt {
			delete(w.failed, id)
		}
	}
	return list
}

// there reports whether a node is.
func (w *watch) there(id string, heard, follows bool, now time.Time) bool {
	at, failed := w.failed[id]
	switch {
	case heard:
		delete(w.missing, id)
		return true
	case failed && now.Sub(at) < doubt:
		return false
	case follows:
		delete(w.missing, id)
		return true
	case failed:
		return false
	}
	since, missing := w.missing[id]
	if !missing {
		since = now
		w.missing[id] = now
	}
	return now.Sub(since) < missingGrace
}
