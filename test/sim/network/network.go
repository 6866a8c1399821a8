package network

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Link is what happens to what goes one way between two hosts.
type Link struct {
	Delay  time.Duration // that everything takes
	Jitter time.Duration // at most that much more, drawn for each segment and packet
	// Loss is the share of packets, 0 to 1, that get lost. A segment of a stream is sent again and comes later by Resend instead.
	Loss float64
	// Cut has nothing arrive. What streams sent arrives once the link is whole again; packets are lost.
	Cut bool
}

// Resend is how much later a segment of a stream arrives that was lost on its way.
const Resend = 200 * time.Millisecond

// Network is hosts and the links between them. Its methods, and those of its hosts, may be called from any goroutine.
type Network struct {
	mu      sync.Mutex
	random  *rand.Rand // guarded by mu, like all below
	usual   Link
	links   map[route]Link
	hosts   map[netip.Addr]*Host
	changed chan struct{} // closed and replaced when a link changes
}

// route is one way between two hosts.
type route struct{ from, to netip.Addr }

// New makes a network without hosts. The seed decides what is lost, and jitter.
func New(seed uint64) *Network {
	return &Network{
		random: rand.New(rand.NewPCG(seed, seed)), links: map[route]Link{}, hosts: map[netip.Addr]*Host{}, changed: make(chan struct{}),
	}
}

// Host adds a host. Its address is one of 10.0.0.0/16, in the order in which hosts are added.
func (n *Network) Host() *Host {
	n.mu.Lock()
	defer n.mu.Unlock()
	i := len(n.hosts) + 1
	h := &Host{network: n, addr: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), ports: map[uint16]*listener{}, sockets: map[uint16]*socket{}}
	n.hosts[h.addr] = h
	return h
}

// SetUsual sets what links are like that were not set by themselves.
func (n *Network) SetUsual(l Link) { n.change(func() { n.usual = l }) }

// Set sets what the way from one host to another is like.
func (n *Network) Set(from, to *Host, l Link) {
	n.change(func() { n.links[route{from.addr, to.addr}] = l })
}

// Partition cuts all links between hosts of different groups, both ways, and leaves the others as they were. A host in no group is cut
// off from none.
func (n *Network) Partition(groups ...[]*Host) {
	n.change(func() {
		for i, one := range groups {
			for j, other := range groups {
				if i == j {
					continue
				}
				for _, a := range one {
					for _, b := range other {
						l := n.link(route{a.addr, b.addr})
						l.Cut = true
						n.links[route{a.addr, b.addr}] = l
					}
				}
			}
		}
	})
}

// Heal makes every link what is usual.
func (n *Network) Heal() { n.change(func() { clear(n.links) }) }

func (n *Network) change(do func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	do()
	close(n.changed)
	n.changed = make(chan struct{})
}

// link gives the link of a route. A host reaches itself at once. The caller holds mu.
func (n *Network) link(r route) Link {
	if r.from == r.to {
		return Link{}
	}
	if l, ok := n.links[r]; ok {
		return l
	}
	return n.usual
}

// fate is what becomes of a packet or segment sent now: how long it takes, and whether it gets lost on its first way.
func (n *Network) fate(r route) (after time.Duration, lost bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	l := n.link(r)
	after = l.Delay
	if l.Jitter > 0 {
		after += time.Duration(n.random.Int64N(int64(l.Jitter)))
	}
	return after, l.Cut || l.Loss > 0 && n.random.Float64() < l.Loss
}

// cut reports whether a link is cut, and gives a channel that is closed when links change.
func (n *Network) cut(r route) (bool, <-chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.link(r).Cut, n.changed
}

// host gives the host that has an address, or nil.
func (n *Network) host(a netip.Addr) *Host {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.hosts[a]
}

// parse reads host:port. An empty host, or an unspecified one, is the given one.
func parse(what, network, address string, self netip.Addr) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return netip.AddrPort{}, &net.OpError{Op: what, Net: network, Err: err}
	}
	number, err := net.LookupPort("tcp", port)
	if err != nil {
		return netip.AddrPort{}, &net.OpError{Op: what, Net: network, Err: err}
	}
	addr := self
	if host != "" {
		if addr, err = netip.ParseAddr(host); err != nil {
			return netip.AddrPort{}, &net.OpError{Op: what, Net: network, Err: fmt.Errorf("there are no names here: %w", err)}
		}
		if addr.IsUnspecified() || addr.IsLoopback() {
			addr = self
		}
	}
	return netip.AddrPortFrom(addr, uint16(number)), nil
}
