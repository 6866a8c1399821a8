package membership

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/memberlist"
)

// Transport carries packets and streams between members: [Listen] gives one of real sockets, package membershiptest one in memory. A Group
// shuts down the one that it was given.
type Transport = memberlist.NodeAwareTransport

// Options of a Group.
type Options struct {
	// Cluster is the cluster's identity.
	Cluster string
	// Self is the node. Its Gossip is found.
	Self Member
	// Keys are the gossip keys, 32 bytes each: one, or more while they are exchanged. See [Group.SetKeys].
	Keys [][]byte
	// Transport carries what is said.
	Transport Transport
	// Known gives addresses, host:port, at which members should be found: those that the cluster knows, and that the node was told. It is asked
	// at the start and at each attempt to find who is missing. May be nil.
	Known func() []string
	// Rejoin is how often who is missing is looked for; 0 is DefaultRejoin.
	Rejoin time.Duration
	// Logger is told of members that come and go; nil drops that.
	Logger *slog.Logger
}

// DefaultRejoin is how often who is missing is looked for.
const DefaultRejoin = 10 * time.Second

// Times of failure detection. A member that does not answer a probe is asked through others and by a stream until the probe's interval is over, is
// then suspected, and is given up when it has not objected for suspicion*probeInterval; twice that while nobody else suspects it.
// So it takes 1 to 2 s in a cluster of up to ten nodes, and a node that computes may be silent for some 700 ms before anybody acts on it.
const (
	probeInterval  = 220 * time.Millisecond
	probeTimeout   = 110 * time.Millisecond
	suspicion      = 3
	suspicionMax   = 2
	awarenessMax   = 4 // a node that finds itself slow waits up to 4 times as long before it suspects others
	gossipInterval = 100 * time.Millisecond
	syncInterval   = 15 * time.Second
	streamTimeout  = 3 * time.Second
	// reclaim is how long a node that failed must be gone before its identity may be found at another address.
	reclaim = 500 * time.Millisecond
	// moved is how long after its start a node says again that it is there: until a node that was killed has been given up at its last address,
	// nobody believes that it is at another.
	moved = 3 * time.Second
	// goodbye is how long Leave waits for its last words to be heard, for each of two.
	goodbye = time.Second
)

// Group is the node's part in the gossip. Its methods may be called from any goroutine.
type Group struct {
	o      Options
	list   *memberlist.Memberlist
	ring   *memberlist.Keyring
	events *events
	self   *self
	log    *slog.Logger

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	done sync.WaitGroup
}

// Start begins to gossip. Errors: ErrTooLong; keys that are none. The transport is shut down then, too.
func Start(o Options) (*Group, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Rejoin == 0 {
		o.Rejoin = DefaultRejoin
	}
	g := &Group{o: o, log: o.Logger, events: newEvents(o.Cluster, o.Self.ID), self: &self{cluster: o.Cluster}}
	if err := g.start(); err != nil {
		_ = o.Transport.Shutdown()
		return nil, fmt.Errorf("start gossip: %w", err)
	}
	g.ctx, g.stop = context.WithCancel(context.Background())
	g.done.Go(g.rejoin)
	return g, nil
}

func (g *Group) start() (err error) {
	if g.o.Cluster == "" || g.o.Self.ID == "" {
		return errors.New("the cluster and the node have identities")
	}
	if err := checkKeys(g.o.Keys); err != nil {
		return err
	}
	if err := g.self.set(g.o.Self, false); err != nil {
		return err
	}
	if g.ring, err = memberlist.NewKeyring(g.o.Keys, g.o.Keys[0]); err != nil {
		return err
	}
	g.list, err = memberlist.Create(g.config())
	return err
}

func (g *Group) config() *memberlist.Config {
	c := memberlist.DefaultLANConfig()
	c.Name, c.Label = g.o.Self.ID, g.o.Cluster
	c.Transport, c.Keyring = g.o.Transport, g.ring
	c.ProbeInterval, c.ProbeTimeout = probeInterval, probeTimeout
	c.SuspicionMult, c.SuspicionMaxTimeoutMult = suspicion, suspicionMax
	c.AwarenessMaxMultiplier = awarenessMax
	c.GossipInterval, c.PushPullInterval, c.TCPTimeout = gossipInterval, syncInterval, streamTimeout
	c.DeadNodeReclaimTime = reclaim
	c.Delegate, c.Events = g.self, g.events
	c.Alive, c.Conflict = (*admission)(g), (*admission)(g)
	c.Logger = log.New((*memberlistLog)(g.log), "", 0)
	return c
}

// Members gives those who are there, the node itself included, by name.
func (g *Group) Members() []Member {
	list := g.events.live()
	slices.SortFunc(list, func(a, b Member) int { return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID) })
	return list
}

// Next gives what happened next to the other members. It waits until something does, or ctx ends, whose cause is its error. What happened while nobody asked is
// kept; of very much of it, the last of each member. One goroutine asks.
func (g *Group) Next(ctx context.Context) (Event, error) { return g.events.next(ctx) }

// Update changes what the node says of itself. Its ID stays. Errors: ErrTooLong.
func (g *Group) Update(m Member) error {
	m.ID = g.o.Self.ID
	if err := g.self.set(m, false); err != nil {
		return err
	}
	_ = g.list.UpdateNode(time.Nanosecond) // its only error is that nobody has heard of it yet
	return nil
}

// Slowness is how far the node finds itself from keeping up with its probes: 0 is well, and awarenessMax-1 the most.
func (g *Group) Slowness() int { return g.list.GetHealthScore() }

// Leave says goodbye, so that the others are told of Left and not of Failed, and then closes.
func (g *Group) Leave() error {
	m := g.self.member()
	if err := g.self.set(m, true); err == nil {
		_ = g.list.UpdateNode(goodbye) // who did not hear it will take the node for failed
	}
	err := g.list.Leave(goodbye)
	return errors.Join(err, g.Close())
}

// Close ends the node's part without a word: the others find out by themselves.
func (g *Group) Close() error {
	g.stop()
	g.done.Wait()
	return g.list.Shutdown()
}

// joins is how many addresses are tried at a time.
const joins = 8

// rejoin looks for who is missing, now and then.
func (g *Group) rejoin() {
	tick := time.NewTicker(g.o.Rejoin)
	defer tick.Stop()
	soon := time.NewTimer(moved)
	defer soon.Stop()
	for {
		g.find()
		select {
		case <-soon.C:
		case <-tick.C:
		case <-g.ctx.Done():
			return
		}
		// Who took the node for gone, or for one at its last address, hears that it is here.
		_ = g.list.UpdateNode(time.Nanosecond)
	}
}

// find tries the addresses at which nobody is seen.
func (g *Group) find() {
	if g.o.Known == nil {
		return
	}
	seen := map[string]bool{"": true}
	for _, m := range g.events.live() {
		seen[m.Gossip] = true
	}
	var tries sync.WaitGroup
	turn := make(chan struct{}, joins)
	for _, address := range g.o.Known() {
		if seen[address] {
			continue
		}
		seen[address] = true
		select {
		case turn <- struct{}{}:
		case <-g.ctx.Done():
			return // what is under way ends with the transport
		}
		tries.Go(func() {
			defer func() { <-turn }()
			if _, err := g.list.Join([]string{address}); err != nil {
				g.log.Debug("nobody of the cluster gossips there", "address", address, "error", err)
			}
		})
	}
	tries.Wait()
}

// admission refuses what is not of the cluster.
type admission Group

// NotifyAlive implements memberlist.AliveDelegate.
func (a *admission) NotifyAlive(n *memberlist.Node) error {
	_, _, err := decode(a.o.Cluster, n)
	return err
}

// NotifyConflict implements memberlist.ConflictDelegate.
func (a *admission) NotifyConflict(existing, other *memberlist.Node) {
	a.log.Warn("two nodes gossip under one identity, perhaps from a copied data directory",
		"id", existing.Name, "address", existing.Address(), "other", other.Address())
}

// self is what the node says.
type self struct {
	cluster string

	mu  sync.Mutex
	m   Member // guarded by mu
	raw []byte // guarded by mu
}

var _ memberlist.Delegate = (*self)(nil)

func (s *self) set(m Member, leaving bool) error {
	raw, err := m.encode(s.cluster, leaving)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m, s.raw = m, raw
	return nil
}

func (s *self) member() Member {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.m
}

// NodeMeta implements memberlist.Delegate.
func (s *self) NodeMeta(int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.raw
}

// NotifyMsg implements memberlist.Delegate. Nodes send no messages of their own by gossip.
func (*self) NotifyMsg([]byte) {}

// GetBroadcasts implements memberlist.Delegate.
func (*self) GetBroadcasts(int, int) [][]byte { return nil }

// LocalState implements memberlist.Delegate.
func (*self) LocalState(bool) []byte { return nil }

// MergeRemoteState implements memberlist.Delegate.
func (*self) MergeRemoteState([]byte, bool) {}

// memberlistLog takes memberlist's own lines: they are for who looks for a fault in the gossip itself, and strangers can cause them.
type memberlistLog slog.Logger

func (l *memberlistLog) Write(p []byte) (int, error) {
	(*slog.Logger)(l).Debug(strings.TrimSpace(string(p)))
	return len(p), nil
}
