// Package membershiptest owns a network in memory for tests of what gossips: packets and streams between named hosts, which can be cut, one
// direction at a time. Nothing in it waits for a clock, so that it works inside testing/synctest, where its waiting ends with its transports.
package membershiptest

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/hashicorp/memberlist"

	"github.com/bindery/bindery/node/membership"
)

// Port is that of every transport.
const Port = 7482

// queued is how many packets may wait for a transport; more are lost, as they are on a wire.
const queued = 256

// Network is where transports find each other. Its methods may be called from any goroutine.
type Network struct {
	mu    sync.Mutex
	hosts map[string]*Transport // guarded by mu, by address
	cut   map[[2]string]bool    // guarded by mu: from, to
	lost  int                   // guarded by mu: packets
	pipes map[*pipe]struct{}    // guarded by mu
}

// New makes a network.
func New() *Network {
	return &Network{hosts: map[string]*Transport{}, cut: map[[2]string]bool{}, pipes: map[*pipe]struct{}{}}
}

// Address is that of a host, host:port.
func Address(ip string) string { return net.JoinHostPort(ip, fmt.Sprint(Port)) }

// Transport connects a host to the network, in place of the one that had its IP address.
func (n *Network) Transport(ip string) *Transport {
	n.mu.Lock()
	defer n.mu.Unlock()
	t := &Transport{
		net: n, ip: ip, packets: make(chan *memberlist.Packet, queued), streams: make(chan net.Conn), closed: make(chan struct{}),
	}
	n.hosts[Address(ip)] = t
	return t
}

// Cut loses what is sent from one host to another, and breaks the streams between them, until Heal.
func (n *Network) Cut(from, to string) {
	n.mu.Lock()
	n.cut[[2]string{from, to}] = true
	var broken []*pipe
	for p := range n.pipes {
		if p.from == from && p.to == to || p.from == to && p.to == from {
			broken = append(broken, p)
		}
	}
	n.mu.Unlock()
	for _, p := range broken {
		p.end()
	}
}

// Split cuts the hosts of a from those of b, in both directions.
func (n *Network) Split(a, b []string) {
	for _, x := range a {
		for _, y := range b {
			n.Cut(x, y)
			n.Cut(y, x)
		}
	}
}

// Heal mends all that was cut.
func (n *Network) Heal() {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.cut)
}

// Lost is how many packets were lost, in all.
func (n *Network) Lost() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.lost
}

// reach gives the transport at an address, nil where it can't be reached.
func (n *Network) reach(from, address string) *Transport {
	n.mu.Lock()
	defer n.mu.Unlock()
	t := n.hosts[address]
	if t == nil || n.cut[[2]string{from, t.ip}] {
		return nil
	}
	return t
}

func (n *Network) lose() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lost++
}

// Transport is one host's.
type Transport struct {
	net     *Network
	ip      string
	packets chan *memberlist.Packet
	streams chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

var _ membership.Transport = (*Transport)(nil)

// FinalAdvertiseAddr implements membership.Transport.
func (t *Transport) FinalAdvertiseAddr(string, int) (net.IP, int, error) {
	ip := net.ParseIP(t.ip)
	if ip == nil {
		return nil, 0, fmt.Errorf("%q is no IP address", t.ip)
	}
	return ip.To4(), Port, nil
}

// WriteTo implements membership.Transport.
func (t *Transport) WriteTo(b []byte, addr string) (time.Time, error) {
	return t.WriteToAddress(b, memberlist.Address{Addr: addr})
}

// WriteToAddress implements membership.Transport.
func (t *Transport) WriteToAddress(b []byte, to memberlist.Address) (time.Time, error) {
	now := time.Now()
	at := t.net.reach(t.ip, to.Addr)
	if at == nil {
		t.net.lose()
		return now, nil
	}
	p := &memberlist.Packet{Buf: append([]byte(nil), b...), From: addr(Address(t.ip)), Timestamp: now}
	select {
	case <-at.closed:
		t.net.lose()
	case at.packets <- p:
	default: // it is stopped: a wire does not wait
		t.net.lose()
	}
	return now, nil
}

// PacketCh implements membership.Transport.
func (t *Transport) PacketCh() <-chan *memberlist.Packet { return t.packets }

// DialTimeout implements membership.Transport.
func (t *Transport) DialTimeout(addr string, timeout time.Duration) (net.Conn, error) {
	return t.DialAddressTimeout(memberlist.Address{Addr: addr}, timeout)
}

// errUnreachable is what a dial to where nobody answers comes to.
var errUnreachable = errors.New("no route to host")

// DialAddressTimeout implements membership.Transport.
func (t *Transport) DialAddressTimeout(to memberlist.Address, timeout time.Duration) (net.Conn, error) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	failed := &net.OpError{Op: "dial", Net: "tcp", Addr: addr(to.Addr), Err: errUnreachable}
	at := t.net.reach(t.ip, to.Addr)
	if at == nil || t.net.reach(at.ip, Address(t.ip)) == nil { // a handshake needs both directions
		select {
		case <-timer.C:
		case <-t.closed:
		}
		return nil, failed
	}
	p := &pipe{net: t.net, from: t.ip, to: at.ip}
	p.here, p.there = net.Pipe()
	t.net.mu.Lock()
	t.net.pipes[p] = struct{}{}
	t.net.mu.Unlock()
	select {
	case at.streams <- &end{p.there, p, Address(t.ip)}:
		return &end{p.here, p, to.Addr}, nil
	case <-at.closed:
	case <-t.closed:
	case <-timer.C:
	}
	p.end()
	return nil, failed
}

// StreamCh implements membership.Transport.
func (t *Transport) StreamCh() <-chan net.Conn { return t.streams }

// Shutdown implements membership.Transport. The streams of the host end.
func (t *Transport) Shutdown() error {
	t.once.Do(func() { close(t.closed) })
	t.net.mu.Lock()
	if t.net.hosts[Address(t.ip)] == t {
		delete(t.net.hosts, Address(t.ip))
	}
	var left []*pipe
	for p := range t.net.pipes {
		if p.from == t.ip || p.to == t.ip {
			left = append(left, p)
		}
	}
	t.net.mu.Unlock()
	for _, p := range left {
		p.end()
	}
	return nil
}

// pipe is a stream between two hosts.
type pipe struct {
	net         *Network
	from, to    string
	here, there net.Conn
}

func (p *pipe) end() {
	_, _ = p.here.Close(), p.there.Close()
	p.net.mu.Lock()
	defer p.net.mu.Unlock()
	delete(p.net.pipes, p)
}

// end is one end of a pipe.
type end struct {
	net.Conn
	p      *pipe
	remote string
}

// Close ends the stream for both: nothing is left in it that the other could read.
func (e *end) Close() error {
	e.p.end()
	return nil
}

// RemoteAddr implements net.Conn.
func (e *end) RemoteAddr() net.Addr { return addr(e.remote) }

// addr is an address in the network.
type addr string

func (addr) Network() string  { return "memory" }
func (a addr) String() string { return string(a) }
