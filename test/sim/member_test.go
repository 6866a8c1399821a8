package sim_test

import (
	"context"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"

	"github.com/bindery/bindery/node/store"
	"github.com/bindery/bindery/test/sim/network"
)

// port is where members talk raft.
const port = "7000"

// member is a node's part in the raft group.
type member struct {
	id        string
	dir       string
	host      *network.Host
	store     atomic.Pointer[store.Store] // nil while it is down
	transport *raft.NetworkTransport
	fatal     chan error
	watched   chan struct{} // closed when the watch of the last store ended
	stop      context.CancelFunc
}

func (m *member) address() string { return net.JoinHostPort(m.host.Addr().String(), port) }

// start opens the store. The first member to start makes the group.
func (m *member) start(t *testing.T, watch func(*member, *store.Store, context.Context), first bool) {
	t.Helper()
	l, err := m.host.Listen("tcp", ":"+port)
	if err != nil {
		t.Fatal(err)
	}
	m.transport = raft.NewNetworkTransportWithConfig(&raft.NetworkTransportConfig{
		Stream: layer{l, m.host}, MaxPool: 3, Timeout: 2 * time.Second, Logger: hclog.NewNullLogger(),
	})
	o := store.Options{Dir: m.dir, ID: m.id, Transport: m.transport, SnapshotEvery: 64, Fatal: func(err error) { m.fatal <- err }}
	if first {
		o.ClusterID = "simulated"
	}
	opened, err := store.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	m.stop, m.watched = cancel, make(chan struct{})
	go func(done chan struct{}) {
		defer close(done)
		watch(m, opened, ctx)
	}(m.watched)
	m.store.Store(opened)
}

// crash ends it without a word: what was not on disk is gone, and nobody is told. The files stay.
func (m *member) crash(t *testing.T) {
	t.Helper()
	m.host.PowerOff()
	m.end(t)
}

// kill ends it as the end of a process does: the others see their connections break.
func (m *member) kill(t *testing.T) {
	t.Helper()
	m.host.Kill()
	m.end(t)
}

func (m *member) end(t *testing.T) {
	t.Helper()
	ending := m.store.Swap(nil)
	m.stop()
	<-m.watched
	if err := ending.Close(); err != nil {
		t.Errorf("close %s: %v", m.id, err)
	}
	_ = m.transport.Close()
}

// layer is raft's way over the network.
type layer struct {
	net.Listener
	host *network.Host
}

// Dial implements raft.StreamLayer.
func (l layer) Dial(to raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return l.host.DialContext(ctx, "tcp", string(to))
}

func members(net *network.Network, dir string, ids ...string) []*member {
	var list []*member
	for _, id := range ids {
		list = append(list, &member{id: id, dir: filepath.Join(dir, id), host: net.Host(), fatal: make(chan error, 1)})
	}
	return list
}

// leads reports whether the member is up and thinks that it leads.
func (m *member) leads() bool {
	st := m.store.Load()
	return st != nil && st.Leads()
}
