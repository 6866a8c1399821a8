package network

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// Host is a machine: what listens on it, and its ends of connections.
type Host struct {
	network *Network
	addr    netip.Addr

	mu      sync.Mutex
	ports   map[uint16]*listener // guarded by mu, like all below
	sockets map[uint16]*socket
	conns   map[*conn]struct{}
	last    uint16 // the last port that was given to who asked for any
	off     bool
}

// firstPort is the first of the ports that are given to whoever asks for any, and backlog how many connections wait to be accepted.
const (
	firstPort = 32768
	backlog   = 128
)

// Addr is the host's address.
func (h *Host) Addr() netip.Addr { return h.addr }

// Listen opens a port for streams. The network is "tcp"; port 0 is any that is free.
func (h *Host) Listen(network, address string) (net.Listener, error) {
	at, err := parse("listen", network, address, h.addr)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	port, err := h.port(at.Port(), func(p uint16) bool { return h.ports[p] != nil })
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: net.TCPAddrFromAddrPort(at), Err: err}
	}
	l := &listener{host: h, addr: netip.AddrPortFrom(h.addr, port), conns: make(chan *conn, backlog), closed: make(chan struct{})}
	h.ports[port] = l
	return l, nil
}

// port chooses a free port. The caller holds mu.
func (h *Host) port(asked uint16, taken func(uint16) bool) (uint16, error) {
	if h.off {
		return 0, syscall.ENETDOWN
	}
	if asked != 0 {
		if taken(asked) {
			return 0, syscall.EADDRINUSE
		}
		return asked, nil
	}
	for range firstPort {
		if h.last++; h.last < firstPort {
			h.last = firstPort
		}
		if !taken(h.last) {
			return h.last, nil
		}
	}
	return 0, syscall.EADDRINUSE
}

// DialContext opens a stream. Where nothing listens it is refused; where nobody answers it waits for the end of ctx.
func (h *Host) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	to, err := parse("dial", network, address, h.addr)
	if err != nil {
		return nil, err
	}
	c, err := h.dial(ctx, to)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: net.TCPAddrFromAddrPort(to), Err: err}
	}
	return c, nil
}

func (h *Host) dial(ctx context.Context, to netip.AddrPort) (*conn, error) {
	if err := h.pass(ctx, route{h.addr, to.Addr()}); err != nil {
		return nil, err
	}
	other := h.network.host(to.Addr())
	var l *listener
	there := other != nil
	if there {
		other.mu.Lock()
		l, there = other.ports[to.Port()], !other.off
		other.mu.Unlock()
	}
	if !there {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	if err := h.pass(ctx, route{to.Addr(), h.addr}); err != nil {
		return nil, err
	}
	if l == nil {
		return nil, syscall.ECONNREFUSED
	}
	near, far, err := connect(h, l)
	if err != nil {
		return nil, err
	}
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed:
		err = syscall.ECONNREFUSED
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	near.abort()
	far.abort()
	return nil, err
}

// pass waits as long as a segment takes its way.
func (h *Host) pass(ctx context.Context, r route) error {
	for {
		cut, changed := h.network.cut(r)
		if !cut {
			break
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	after, lost := h.network.fate(r)
	if lost {
		after += Resend
	}
	t := time.NewTimer(after)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Kill ends whatever uses the network on this host, as the end of a process does: who is connected to it hears of that. The host goes on.
func (h *Host) Kill() { h.end(false, (*conn).abort) }

// PowerOff ends it without a word to anybody, and nothing new can begin until PowerOn.
func (h *Host) PowerOff() { h.end(true, (*conn).vanish) }

// PowerOn has the host answer again, with nothing on it. Who still believes in an old connection is told better.
func (h *Host) PowerOn() {
	h.mu.Lock()
	h.off = false
	old := h.conns
	h.conns = nil
	h.mu.Unlock()
	for c := range old {
		c.abort()
	}
}

func (h *Host) end(off bool, how func(*conn)) {
	h.mu.Lock()
	h.off = off
	listeners, sockets, conns := h.ports, h.sockets, make([]*conn, 0, len(h.conns))
	h.ports, h.sockets = map[uint16]*listener{}, map[uint16]*socket{}
	for c := range h.conns {
		conns = append(conns, c)
	}
	h.mu.Unlock()
	for _, l := range listeners {
		_ = l.Close()
	}
	for _, s := range sockets {
		_ = s.Close()
	}
	for _, c := range conns {
		how(c)
	}
}

// listener is a port that takes streams.
type listener struct {
	host   *Host
	addr   netip.AddrPort
	conns  chan *conn
	closed chan struct{}
	once   sync.Once
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case <-l.closed:
	default:
		select {
		case c := <-l.conns:
			return c, nil
		case <-l.closed:
		}
	}
	return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.Addr(), Err: net.ErrClosed}
}

// Close implements net.Listener. Connections that nobody accepted are reset.
func (l *listener) Close() error {
	l.once.Do(func() {
		l.host.mu.Lock()
		if l.host.ports[l.addr.Port()] == l {
			delete(l.host.ports, l.addr.Port())
		}
		l.host.mu.Unlock()
		close(l.closed)
		for {
			select {
			case c := <-l.conns:
				c.abort()
			default:
				return
			}
		}
	})
	return nil
}

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return net.TCPAddrFromAddrPort(l.addr) }
