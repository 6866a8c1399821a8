package daemon

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/bindery/bindery/node/identity"
)

// patience bounds what happens by itself.
const patience = 20 * time.Second

// peers gives the settings of a node and of a client of a new cluster.
func peers(t *testing.T, cluster string) (node, client identity.Peer) {
	t.Helper()
	ca, err := identity.NewAuthority(cluster, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	peer := func(kind identity.Kind) identity.Peer {
		pair, err := ca.Issue(identity.Identity{Cluster: cluster, Kind: kind, Name: "x"}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		own, err := identity.Fixed(pair)
		if err != nil {
			t.Fatal(err)
		}
		return identity.Peer{Own: own, CA: ca.Pair.Cert, Cluster: cluster}
	}
	return peer(identity.Node), peer(identity.Client)
}

func newTestMux(t *testing.T, p identity.Peer) *mux {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m, err := newMux(l, p, true, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// dial shakes hands as p, for a protocol.
func dial(t *testing.T, m *mux, p identity.Peer, protocol string) (net.Conn, error) {
	t.Helper()
	config, err := p.Client(protocol)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", m.inner.Addr().String())
	if err == nil {
		t.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

// ended reports how a connection ends: nil if it does not within the time.
func ended(c net.Conn, within time.Duration) error {
	_ = c.SetReadDeadline(time.Now().Add(within))
	_, err := c.Read(make([]byte, 1))
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return nil
	}
	return err
}

// Each protocol has its own listener; raft is for nodes.
func TestMuxTellsProtocolsApart(t *testing.T) {
	node, client := peers(t, "c1")
	stranger, _ := peers(t, "c2")
	m := newTestMux(t, node)
	accepted := func(q *queue) chan net.Conn {
		got := make(chan net.Conn, 1)
		go func() {
			if c, err := q.Accept(); err == nil {
				got <- c
			}
		}()
		return got
	}
	grpc, raft := accepted(m.grpc), accepted(m.raft)
	if _, err := dial(t, m, client, protoGRPC); err != nil {
		t.Fatal(err)
	}
	(<-grpc).Close()
	c, err := dial(t, m, client, protoRaft)
	if err != nil {
		t.Fatal(err)
	}
	if err := ended(c, patience); err == nil {
		t.Fatal("a client was let into the raft group")
	}
	if _, err := dial(t, m, node, protoRaft); err != nil {
		t.Fatal(err)
	}
	(<-raft).Close()
	// TLS 1.3: a client learns that it was refused when it reads.
	if c, err := dial(t, m, stranger, protoGRPC); err == nil && ended(c, patience) == nil {
		t.Fatal("a node of another cluster was let in")
	}
}

// Connections that say nothing keep nobody out, however many they are, and are closed.
func TestSilenceKeepsNobodyOut(t *testing.T) {
	node, client := peers(t, "c1")
	m := newTestMux(t, node)
	go func() {
		for {
			c, err := m.grpc.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c) }()
		}
	}()
	var first net.Conn
	for i := range maxShaking + 100 {
		c, err := net.Dial("tcp", m.inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if i == 0 {
			first = c
		}
		if i%2 == 0 { // the beginning of a TLS record that doesn't go on
			_, _ = c.Write([]byte{0x16, 3, 1, 2, 0, 1})
		}
	}
	began := time.Now()
	c, err := dial(t, m, client, protoGRPC)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > handshakeTimeout/2 {
		t.Errorf("it took %v", took)
	}
	if err := ended(first, handshakeTimeout/2); err == nil {
		t.Error("the oldest of the silent ones is still there")
	}
}
