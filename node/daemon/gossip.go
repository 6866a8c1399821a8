package daemon

import (
	"context"
	"errors"
	"net"
	"reflect"
	"sync"
	"syscall"

	"github.com/bindery/bindery/node/membership"
)

// gossip is the node's part in the gossip, from when it has the keys.
type gossip struct {
	n      *node
	socket *membership.Socket

	mu     sync.Mutex
	group  *membership.Group // guarded by mu: nil until there are keys
	keys   [][]byte          // guarded by mu
	known  []string          // guarded by mu: addresses of others
	self   membership.Member // guarded by mu
	closed bool              // guarded by mu
}

// listenGossip opens the port of the gossip.
func (n *node) listenGossip() (changed bool, err error) {
	a, err := n.record.ask("gossip", n.o.Gossip, DefaultGossip)
	if err != nil {
		return false, err
	}
	_, elsewhere := reached(&net.TCPAddr{}, a.asked, n.o.Advertise)
	advertise, _, _ := net.SplitHostPort(elsewhere)
	s, err := membership.Listen(a.addr, advertise)
	if errors.Is(err, syscall.EADDRINUSE) && a.spare {
		host, _, _ := net.SplitHostPort(a.addr)
		s, err = membership.Listen(net.JoinHostPort(host, "0"), advertise)
	}
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err
		}
		return false, &ListenError{What: "gossip", Address: a.addr, Err: err}
	}
	n.talk = &gossip{n: n, socket: s}
	n.gossip[0], n.gossip[1] = reached(s.Addr(), a.asked, n.o.Advertise)
	return n.record.keep(a, s.Addr()), nil
}

// speak takes up the keys and the others' addresses. It gives the group when it has just begun.
func (g *gossip) speak(keys [][]byte, known []string) (begun *membership.Group) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.known = known
	if len(keys) == 0 || g.closed || reflect.DeepEqual(keys, g.keys) {
		return nil
	}
	if g.group != nil {
		if err := g.group.SetKeys(keys); err != nil {
			g.n.o.Logger.Error("exchange the keys of the gossip", "error", err)
			return nil
		}
		g.keys = keys
		return nil
	}
	group, err := membership.Start(membership.Options{
		Cluster: g.n.record.Cluster, Self: g.self, Keys: keys, Transport: g.socket, Known: g.others, Logger: g.n.o.Logger,
	})
	if err != nil {
		g.closed = true // its transport is, too
		g.n.o.Logger.Error("the node does not gossip: others find out late that it is there", "error", err)
		return nil
	}
	g.group, g.keys = group, keys
	return group
}

// others are where others gossip.
func (g *gossip) others() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.known
}

// describe changes what the node says of itself.
func (g *gossip) describe(m membership.Member) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if m == g.self {
		return
	}
	g.self = m
	if g.group == nil {
		return
	}
	if err := g.group.Update(m); err != nil {
		g.n.o.Logger.Error("tell others what the node is", "error", err)
	}
}

// close ends it: with a goodbye if the node was asked to end.
func (g *gossip) close(goodbye bool) {
	g.mu.Lock()
	group := g.group
	closed := g.closed
	g.closed = true
	g.mu.Unlock()
	switch {
	case group != nil && goodbye:
		_ = group.Leave() // who has not heard it finds out
	case group != nil:
		_ = group.Close()
	case !closed:
		_ = g.socket.Shutdown()
	}
}

// member is the node as others are told of it.
func (n *node) member(state AgentState) membership.Member {
	d := n.describe(state)
	return membership.Member{
		ID: d.GetId(), Name: d.GetName(), Cluster: d.GetClusterAddress(), HTTP: d.GetHttpAddress(), Peer: d.GetPeerAddress(),
		Zone: d.GetZone(), Version: d.GetVersion(), Server: d.GetServer(),
	}
}

// gossips speaks with the others by the keys in the state, and notes who is there, until ctx ends.
func (n *node) gossips(ctx context.Context) {
	var index uint64
	for {
		if keys, err := n.service.GossipKeys(ctx); err == nil {
			state := n.store.State()
			index = state.Index()
			var known []string
			for _, other := range state.Nodes() {
				if other.GetId() != n.record.ID && other.GetGossipAddress() != "" {
					known = append(known, other.GetGossipAddress())
				}
			}
			if group := n.talk.speak(keys, known); group != nil {
				go n.service.Watch(ctx, n.record.ID, group) // it ends with ctx
			}
		} else if ctx.Err() == nil {
			n.o.Logger.Debug("find the keys of the gossip", "error", err)
		}
		pause, cancel := context.WithTimeout(ctx, lastPause) // the others' addresses change
		_, _ = n.store.After(pause, index)
		cancel()
		if ctx.Err() != nil {
			return
		}
	}
}
