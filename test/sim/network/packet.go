package network

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// maxQueued is how many packets a socket keeps; more are dropped.
const maxQueued = 1024

// maxPacket is the size of a packet, in bytes, beyond which sending fails.
const maxPacket = 65507

// socket takes and sends packets.
type socket struct {
	host *Host
	addr netip.AddrPort

	mu       sync.Mutex
	packets  []packet // guarded by mu, like all below
	deadline time.Time
	closed   bool
	changed  chan struct{} // closed and replaced with each change
}

type packet struct {
	at   time.Time // when it arrives
	from netip.AddrPort
	data []byte
}

// ListenPacket opens a port for packets. The network is "udp"; port 0 is any that is free.
func (h *Host) ListenPacket(network, address string) (net.PacketConn, error) {
	at, err := parse("listen", network, address, h.addr)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	port, err := h.port(at.Port(), func(p uint16) bool { return h.sockets[p] != nil })
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: net.UDPAddrFromAddrPort(at), Err: err}
	}
	s := &socket{host: h, addr: netip.AddrPortFrom(h.addr, port), changed: make(chan struct{})}
	h.sockets[port] = s
	return s, nil
}

// ReadFrom implements net.PacketConn. Packets come in the order in which they arrive, not in that in which they were sent.
func (s *socket) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		now := time.Now()
		s.mu.Lock()
		first := -1
		for i := range s.packets {
			if first < 0 || s.packets[i].at.Before(s.packets[first].at) {
				first = i
			}
		}
		var err error
		switch {
		case s.closed:
			err = net.ErrClosed
		case first >= 0 && !now.Before(s.packets[first].at):
			got := s.packets[first]
			s.packets = append(s.packets[:first], s.packets[first+1:]...)
			s.mu.Unlock()
			return copy(p, got.data), net.UDPAddrFromAddrPort(got.from), nil
		case !s.deadline.IsZero() && !now.Before(s.deadline):
			err = os.ErrDeadlineExceeded
		}
		w, deadline := waiting{half: s.changed}, s.deadline
		if first >= 0 {
			w.at = s.packets[first].at
		}
		s.mu.Unlock()
		if err != nil {
			return 0, nil, &net.OpError{Op: "read", Net: "udp", Addr: s.LocalAddr(), Err: err}
		}
		w.until(deadline, nil)
	}
}

// WriteTo implements net.PacketConn. That nobody is there to take a packet is no error.
func (s *socket) WriteTo(p []byte, to net.Addr) (int, error) {
	at, err := parse("write", "udp", to.String(), s.host.addr)
	if err == nil && len(p) > maxPacket {
		err = &net.OpError{Op: "write", Net: "udp", Addr: to, Err: os.ErrInvalid}
	}
	s.mu.Lock()
	if s.closed && err == nil {
		err = &net.OpError{Op: "write", Net: "udp", Addr: to, Err: net.ErrClosed}
	}
	s.mu.Unlock()
	if err != nil {
		return 0, err
	}
	after, lost := s.host.network.fate(route{s.host.addr, at.Addr()})
	if other := s.host.network.host(at.Addr()); other != nil && !lost {
		other.mu.Lock()
		target := other.sockets[at.Port()]
		other.mu.Unlock()
		if target != nil {
			target.put(packet{at: time.Now().Add(after), from: s.addr, data: append([]byte(nil), p...)})
		}
	}
	return len(p), nil
}

func (s *socket) put(p packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.packets) >= maxQueued {
		return
	}
	s.packets = append(s.packets, p)
	s.wake()
}

// wake wakes who waits. The caller holds mu.
func (s *socket) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Close implements net.PacketConn.
func (s *socket) Close() error {
	s.host.mu.Lock()
	if s.host.sockets[s.addr.Port()] == s {
		delete(s.host.sockets, s.addr.Port())
	}
	s.host.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.wake()
	return nil
}

// LocalAddr implements net.PacketConn.
func (s *socket) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(s.addr) }

// SetDeadline implements net.PacketConn.
func (s *socket) SetDeadline(t time.Time) error { return s.SetReadDeadline(t) }

// SetReadDeadline implements net.PacketConn.
func (s *socket) SetReadDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deadline = t
	s.wake()
	return nil
}

// SetWriteDeadline implements net.PacketConn. Nothing waits to be written.
func (s *socket) SetWriteDeadline(time.Time) error { return nil }
