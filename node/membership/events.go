package membership

import (
	"context"
	"sync"

	"github.com/hashicorp/memberlist"
)

// Kind is what happened to a member.
type Kind int

// Kinds.
const (
	// Joined says that it is there: for the first time, or again.
	Joined Kind = iota + 1
	// Updated says that it describes itself in another way.
	Updated
	// Left says that it ended because it was asked to.
	Left
	// Failed says that it does not answer: it is down, cut off, or far too slow.
	Failed
)

func (k Kind) String() string {
	return [...]string{"none", "joined", "updated", "left", "failed"}[k]
}

// Event is what happened to a member other than the node itself.
type Event struct {
	Kind   Kind
	Member Member
}

// maxQueued is how many events may wait; beyond it only the last of each member is kept.
const maxQueued = 1024

// events is a queue that never blocks who fills it: memberlist does so while it holds its lock.
type events struct {
	cluster, self string

	mu      sync.Mutex
	queue   []Event                // guarded by mu
	members map[string]memberState // guarded by mu, by id: those that are there, the node itself included
	changed chan struct{}          // guarded by mu: closed with the next event
}

type memberState struct {
	Member
	leaving bool
}

var _ memberlist.EventDelegate = (*events)(nil)

func newEvents(cluster, self string) *events {
	return &events{cluster: cluster, self: self, members: map[string]memberState{}, changed: make(chan struct{})}
}

// NotifyJoin implements memberlist.EventDelegate.
func (e *events) NotifyJoin(n *memberlist.Node) { e.seen(Joined, n) }

// NotifyUpdate implements memberlist.EventDelegate.
func (e *events) NotifyUpdate(n *memberlist.Node) { e.seen(Updated, n) }

// NotifyLeave implements memberlist.EventDelegate. memberlist does not tell whether the member said goodbye; its own last words do.
func (e *events) NotifyLeave(n *memberlist.Node) {
	e.mu.Lock()
	defer e.mu.Unlock()
	was, known := e.members[n.Name]
	if !known {
		return
	}
	delete(e.members, n.Name)
	kind := Failed
	if was.leaving {
		kind = Left
	}
	e.put(Event{kind, was.Member})
}

func (e *events) seen(kind Kind, n *memberlist.Node) {
	m, leaving, err := decode(e.cluster, n)
	if err != nil {
		return // it was refused before it came here
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	was, known := e.members[m.ID]
	e.members[m.ID] = memberState{m, leaving}
	if known && was.Member == m {
		return // it only says that it is about to leave
	}
	e.put(Event{kind, m})
}

// put queues an event. The caller holds mu.
func (e *events) put(event Event) {
	if event.Member.ID == e.self {
		return
	}
	if len(e.queue) >= maxQueued {
		e.queue = lastOfEach(e.queue)
	}
	e.queue = append(e.queue, event)
	close(e.changed)
	e.changed = make(chan struct{})
}

// lastOfEach keeps the last event of each member, in order.
func lastOfEach(queue []Event) []Event {
	last := map[string]int{}
	for i, event := range queue {
		last[event.Member.ID] = i
	}
	var kept []Event
	for i, event := range queue {
		if last[event.Member.ID] == i {
			kept = append(kept, event)
		}
	}
	return kept
}

// next takes the first event. It waits for one until ctx ends.
func (e *events) next(ctx context.Context) (Event, error) {
	for {
		e.mu.Lock()
		if len(e.queue) > 0 {
			first := e.queue[0]
			e.queue = e.queue[1:]
			e.mu.Unlock()
			return first, nil
		}
		changed := e.changed
		e.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return Event{}, context.Cause(ctx)
		}
	}
}

// live gives the members that are there.
func (e *events) live() []Member {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := make([]Member, 0, len(e.members))
	for _, m := range e.members {
		list = append(list, m.Member)
	}
	return list
}
