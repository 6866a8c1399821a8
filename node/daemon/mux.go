package daemon

import (
	"container/list"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/raft"

	"github.com/bindery/bindery/node/identity"
	"github.com/bindery/bindery/node/join"
)

// Protocols of the cluster's port, as ALPN has them.
const (
	protoGRPC = "h2"
	protoRaft = "bindery-raft/1"
)

// handshakeTimeout is how long a connection may take to shake hands.
const handshakeTimeout = 10 * time.Second

// maxShaking is how many connections may shake hands at a time. One more, and the oldest is closed: who means it is done within milliseconds, and who
// says nothing must keep nobody out.
const maxShaking = 512

// maxStrangers is how many connections without a certificate there may be at a time; more are closed.
const maxStrangers = 64

// mux shakes hands on the connections of the cluster's port, and hands them to gRPC or raft.
type mux struct {
	inner     net.Listener
	server    *tls.Config
	log       *slog.Logger
	grpc      *queue
	raft      *queue
	joins     *queue
	strangers chan struct{} // connections of who joins
	closed    chan struct{}
	once      sync.Once
	done      sync.WaitGroup

	mu      sync.Mutex
	shaking *list.List // guarded by mu: of net.Conn, the oldest first
}

// newMux begins to accept. joinable says whether who has no certificate may join here.
func newMux(inner net.Listener, p identity.Peer, joinable bool, log *slog.Logger) (*mux, error) {
	server, err := p.Server(protoGRPC, protoRaft)
	if err != nil {
		return nil, err
	}
	var anonymous *tls.Config
	if joinable {
		if anonymous, err = p.Anonymous(join.Protocol); err != nil {
			return nil, err
		}
		server.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if slices.Equal(hello.SupportedProtos, []string{join.Protocol}) {
				return anonymous, nil
			}
			return nil, nil // the usual one: nobody without a certificate
		}
	}
	m := &mux{inner: inner, server: server, log: log, closed: make(chan struct{}), shaking: list.New(), strangers: make(chan struct{}, maxStrangers)}
	m.grpc, m.raft, m.joins = m.queue(), m.queue(), m.queue()
	m.done.Go(m.accept)
	return m, nil
}

func (m *mux) queue() *queue {
	return &queue{mux: m, conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Close ends accepting. Connections that were handed on live on.
func (m *mux) Close() {
	m.once.Do(func() {
		close(m.closed)
		_ = m.inner.Close()
	})
	m.done.Wait()
}

func (m *mux) accept() {
	for {
		c, err := m.inner.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			m.log.Warn("accept on the cluster's port", "error", err)
			select {
			case <-time.After(100 * time.Millisecond): // out of file descriptors, for example
			case <-m.closed:
				return
			}
			continue
		}
		place := m.begin(c)
		m.done.Go(func() { m.shake(c, place) })
	}
}

// begin notes that a connection shakes hands, and closes the oldest that does where there are too many.
func (m *mux) begin(c net.Conn) *list.Element {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shaking.Len() >= maxShaking {
		_ = m.shaking.Remove(m.shaking.Front()).(net.Conn).Close()
	}
	return m.shaking.PushBack(c)
}

func (m *mux) end(place *list.Element) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shaking.Remove(place) // of no effect where it was closed as the oldest
}

// shake shakes hands and hands the connection on.
func (m *mux) shake(raw net.Conn, place *list.Element) {
	counted := &countedConn{Conn: raw}
	c := tls.Server(counted, m.server)
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTimeout)
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	go func() {
		select {
		case <-m.closed:
			cancel()
		case <-ctx.Done():
		}
	}()
	err := c.HandshakeContext(ctx)
	stop()
	cancel()
	m.end(place)
	if err != nil {
		m.log.Debug("a connection to the cluster's port was refused", "from", raw.RemoteAddr().String(), "error", err)
		_ = raw.Close()
		return
	}
	to := m.grpc
	if c.ConnectionState().NegotiatedProtocol == join.Protocol {
		select {
		case m.strangers <- struct{}{}:
			counted.onClose(func() { <-m.strangers })
		default:
			_ = c.Close()
			return
		}
		to = m.joins
	}
	if c.ConnectionState().NegotiatedProtocol == protoRaft {
		to = m.raft
		if who, err := identity.Of(c.ConnectionState().PeerCertificates[0]); err != nil || who.Kind != identity.Node {
			_ = c.Close() // only nodes are of the group
			return
		}
	}
	to.put(c)
}

// countedConn tells once when it is closed.
type countedConn struct {
	net.Conn
	mu     sync.Mutex
	closed bool   // guarded by mu
	tell   func() // guarded by mu
}

func (c *countedConn) onClose(tell func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		tell()
		return
	}
	c.tell = tell
}

// Close implements net.Conn.
func (c *countedConn) Close() error {
	c.mu.Lock()
	tell := c.tell
	c.closed, c.tell = true, nil
	c.mu.Unlock()
	if tell != nil {
		tell()
	}
	return c.Conn.Close()
}

// queue is the connections of one protocol, as a listener.
type queue struct {
	mux    *mux
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (q *queue) put(c net.Conn) {
	select {
	case q.conns <- c:
	case <-q.closed:
		_ = c.Close()
	case <-q.mux.closed:
		_ = c.Close()
	}
}

// Accept implements net.Listener.
func (q *queue) Accept() (net.Conn, error) {
	select {
	case c := <-q.conns:
		return c, nil
	case <-q.closed:
	case <-q.mux.closed:
	}
	return nil, net.ErrClosed
}

// Close implements net.Listener. The port stays open for the other protocol.
func (q *queue) Close() error {
	q.once.Do(func() { close(q.closed) })
	return nil
}

// Addr implements net.Listener.
func (q *queue) Addr() net.Addr { return q.mux.inner.Addr() }

// raftLayer is how raft reaches the other voters.
type raftLayer struct {
	*queue
	client  *tls.Config
	address raft.ServerAddress // that others reach this node by
}

func newRaftLayer(m *mux, p identity.Peer, address string) (*raftLayer, error) {
	client, err := p.Client(protoRaft)
	if err != nil {
		return nil, err
	}
	return &raftLayer{queue: m.raft, client: client, address: raft.ServerAddress(address)}, nil
}

// Addr implements net.Listener: raft tells the others this address.
func (l *raftLayer) Addr() net.Addr { return raftAddr(l.address) }

// Dial implements raft.StreamLayer.
func (l *raftLayer) Dial(to raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	d := tls.Dialer{NetDialer: &net.Dialer{Timeout: timeout}, Config: l.client}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	c, err := d.DialContext(ctx, "tcp", string(to))
	if err != nil {
		return nil, fmt.Errorf("reach voter at %s: %w", to, err)
	}
	return c, nil
}

// raftAddr is an address as raft keeps it: text.
type raftAddr string

func (raftAddr) Network() string  { return "tcp" }
func (a raftAddr) String() string { return string(a) }
