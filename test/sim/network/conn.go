package network

import (
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

// window is how many bytes of a stream may be under way or unread.
const window = 256 << 10

// conn is an end of a stream.
type conn struct {
	host          *Host
	local, remote netip.AddrPort
	in, out       *half

	mu          sync.Mutex
	closed      bool // guarded by mu, like all below
	read, write time.Time
	changed     chan struct{} // closed and replaced with each change
}

// half is one direction of a stream.
type half struct {
	network *Network
	route   route

	mu       sync.Mutex
	segments []segment // guarded by mu, like all below
	size     int
	last     time.Time     // when the last segment arrives
	fin      bool          // nothing follows
	deaf     bool          // nobody reads on
	reset    time.Time     // when the end of the stream arrives, if it was ended by force
	changed  chan struct{} // closed and replaced with each change
}

type segment struct {
	at   time.Time // when it arrives, if the link is whole then
	data []byte
}

// connect makes a stream from a host to a listener.
func connect(from *Host, l *listener) (near, far *conn, err error) {
	from.mu.Lock()
	port, err := from.port(0, func(p uint16) bool { return from.ports[p] != nil })
	from.mu.Unlock()
	if err != nil {
		return nil, nil, err
	}
	there := &half{network: from.network, route: route{from.addr, l.addr.Addr()}, changed: make(chan struct{})}
	back := &half{network: from.network, route: route{l.addr.Addr(), from.addr}, changed: make(chan struct{})}
	local := netip.AddrPortFrom(from.addr, port)
	near = &conn{host: from, local: local, remote: l.addr, in: back, out: there, changed: make(chan struct{})}
	far = &conn{host: l.host, local: l.addr, remote: local, in: there, out: back, changed: make(chan struct{})}
	near.host.keep(near)
	far.host.keep(far)
	return near, far, nil
}

func (h *Host) keep(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.conns == nil {
		h.conns = map[*conn]struct{}{}
	}
	h.conns[c] = struct{}{}
}

func (h *Host) forget(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	for {
		deadline, changed, err := c.state(func() time.Time { return c.read })
		if err != nil {
			return 0, c.fail("read", err)
		}
		n, wait, err := c.in.take(p)
		if n > 0 || err == io.EOF {
			return n, err
		}
		if err != nil {
			return 0, c.fail("read", err)
		}
		wait.until(deadline, changed)
	}
}

// Write implements net.Conn. It returns when all is under way.
func (c *conn) Write(p []byte) (n int, err error) {
	for {
		deadline, changed, err := c.state(func() time.Time { return c.write })
		if err == nil {
			err = c.in.broken()
		}
		if err != nil {
			return n, c.fail("write", err)
		}
		sent, wait, err := c.out.put(p[n:])
		if err != nil {
			return n, c.fail("write", err)
		}
		if n += sent; n == len(p) {
			return n, nil
		}
		wait.reset = c.in.watch()
		wait.until(deadline, changed)
	}
}

// state gives what an operation may wait for.
func (c *conn) state(deadline func() time.Time) (time.Time, <-chan struct{}, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := deadline()
	switch {
	case c.closed:
		return d, nil, net.ErrClosed
	case !d.IsZero() && !time.Now().Before(d):
		return d, nil, os.ErrDeadlineExceeded
	}
	return d, c.changed, nil
}

func (c *conn) fail(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}

// Close implements net.Conn. What was written still arrives.
func (c *conn) Close() error {
	if !c.shut() {
		return c.fail("close", net.ErrClosed)
	}
	c.out.change(func() { c.out.fin = true })
	c.in.change(func() { c.in.deaf = true })
	c.host.forget(c)
	return nil
}

// abort ends the stream by force, as the end of a process does.
func (c *conn) abort() {
	c.shut()
	after, _ := c.out.network.fate(c.out.route)
	c.out.change(func() {
		if c.out.reset.IsZero() {
			c.out.reset = time.Now().Add(after)
		}
	})
	c.host.forget(c)
}

// vanish ends it without a word to the other end.
func (c *conn) vanish() { c.shut() }

func (c *conn) shut() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.closed = true
	close(c.changed)
	return true
}

// LocalAddr implements net.Conn.
func (c *conn) LocalAddr() net.Addr { return net.TCPAddrFromAddrPort(c.local) }

// RemoteAddr implements net.Conn.
func (c *conn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.remote) }

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	return c.set(func() { c.read, c.write = t, t })
}

// SetReadDeadline implements net.Conn.
func (c *conn) SetReadDeadline(t time.Time) error { return c.set(func() { c.read = t }) }

// SetWriteDeadline implements net.Conn.
func (c *conn) SetWriteDeadline(t time.Time) error { return c.set(func() { c.write = t }) }

func (c *conn) set(do func()) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.fail("set", net.ErrClosed)
	}
	do()
	close(c.changed)
	c.changed = make(chan struct{})
	return nil
}

// waiting is what may let an operation go on: a change of the half, of the links, of the other half, or that time comes.
type waiting struct {
	half, links, reset <-chan struct{}
	at                 time.Time
}

func (w waiting) until(deadline time.Time, changed <-chan struct{}) {
	if !deadline.IsZero() && (w.at.IsZero() || deadline.Before(w.at)) {
		w.at = deadline
	}
	var when <-chan time.Time
	if !w.at.IsZero() {
		t := time.NewTimer(time.Until(w.at))
		defer t.Stop()
		when = t.C
	}
	select {
	case <-w.half:
	case <-w.links:
	case <-w.reset:
	case <-changed:
	case <-when:
	}
}

// take reads what has arrived.
func (h *half) take(p []byte) (n int, w waiting, err error) {
	cut, links := h.network.cut(h.route)
	h.mu.Lock()
	defer h.mu.Unlock()
	w = waiting{half: h.changed, links: links}
	if cut {
		return 0, w, nil
	}
	now := time.Now()
	if !h.reset.IsZero() {
		if !now.Before(h.reset) {
			return 0, w, syscall.ECONNRESET
		}
		w.at = h.reset
	}
	for len(h.segments) > 0 && n < len(p) {
		s := &h.segments[0]
		if now.Before(s.at) {
			if w.at.IsZero() || s.at.Before(w.at) {
				w.at = s.at
			}
			break
		}
		k := copy(p[n:], s.data)
		n += k
		if s.data = s.data[k:]; len(s.data) == 0 {
			h.segments = h.segments[1:]
		}
	}
	if n > 0 {
		h.size -= n
		h.wake()
		return n, w, nil
	}
	if h.fin && len(h.segments) == 0 {
		if now.Before(h.last) {
			w.at = h.last
			return 0, w, nil
		}
		return 0, w, io.EOF
	}
	return 0, w, nil
}

// put sends as much as there is room for.
func (h *half) put(p []byte) (n int, w waiting, err error) {
	after, lost := h.network.fate(h.route)
	cut, _ := h.network.cut(h.route)
	if lost && !cut {
		after += Resend
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.deaf && !cut {
		return 0, w, syscall.EPIPE
	}
	if n = min(len(p), window-h.size); n > 0 {
		at := time.Now().Add(after)
		if at.Before(h.last) {
			at = h.last // in order
		}
		h.last = at
		h.size += n
		h.segments = append(h.segments, segment{at: at, data: append([]byte(nil), p[:n]...)})
		h.wake()
	}
	return n, waiting{half: h.changed}, nil
}

// broken gives the error of a stream that was ended by force, once that is known here.
func (h *half) broken() error {
	cut, _ := h.network.cut(h.route)
	h.mu.Lock()
	defer h.mu.Unlock()
	if !cut && !h.reset.IsZero() && !time.Now().Before(h.reset) {
		return syscall.ECONNRESET
	}
	return nil
}

// watch gives a channel that is closed when the half changes.
func (h *half) watch() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.changed
}

func (h *half) change(do func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	do()
	h.wake()
}

// wake wakes who waits. The caller holds mu.
func (h *half) wake() {
	close(h.changed)
	h.changed = make(chan struct{})
}
