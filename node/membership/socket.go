package membership

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/memberlist"
)

// Bounds of what strangers can make a port do.
const (
	maxStreams     = 64       // at a time; more wait in the backlog
	maxStreamsHost = 16       // of one address; more are closed
	maxPacket      = 64 << 10 // bytes of a UDP packet
	receiveBuffer  = 1 << 20  // bytes that the kernel keeps while the process does not run
)

// Socket is a Transport of real sockets: UDP and TCP on one port.
type Socket struct {
	udp       *net.UDPConn
	tcp       *net.TCPListener
	advertise string
	packets   chan *memberlist.Packet
	streams   chan net.Conn
	closed    chan struct{}
	once      sync.Once
	done      sync.WaitGroup
	room      chan struct{}

	mu   sync.Mutex
	open map[*stream]string // guarded by mu: streams that were accepted, and whose
	from map[string]int     // guarded by mu: how many of each address
}

var _ Transport = (*Socket)(nil)

// attempts is how often a free port is looked for that both protocols can have.
const attempts = 16

// Listen opens a port for gossip, host:port; with port 0 any that is free for UDP and TCP alike. advertise is the host by which others reach it; ""
// is that of the address, which must then be a certain one. Errors are *net.OpError where the port can't be had.
func Listen(address, advertise string) (*Socket, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen for gossip: %w", err)
	}
	if advertise == "" {
		advertise = host
	}
	s := &Socket{
		advertise: advertise, packets: make(chan *memberlist.Packet), streams: make(chan net.Conn), closed: make(chan struct{}),
		room: make(chan struct{}, maxStreams), open: map[*stream]string{}, from: map[string]int{},
	}
	for n := 1; ; n++ {
		err = s.listen(address)
		if !errors.Is(err, syscall.EADDRINUSE) || port != "0" || n == attempts {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("listen for gossip: %w", err)
	}
	_ = s.udp.SetReadBuffer(receiveBuffer) // less will do
	s.done.Go(s.receive)
	s.done.Go(s.accept)
	return s, nil
}

func (s *Socket) listen(address string) error {
	tcp, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	host, _, _ := net.SplitHostPort(address)
	_, port, _ := net.SplitHostPort(tcp.Addr().String())
	udp, err := net.ListenPacket("udp", net.JoinHostPort(host, port))
	if err != nil {
		_ = tcp.Close()
		return err
	}
	s.tcp, s.udp = tcp.(*net.TCPListener), udp.(*net.UDPConn)
	return nil
}

// Addr is the address that is listened on.
func (s *Socket) Addr() net.Addr { return s.tcp.Addr() }

func (s *Socket) receive() {
	for {
		b := make([]byte, maxPacket)
		n, from, err := s.udp.ReadFrom(b)
		now := time.Now()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || n == 0 {
			continue // what one packet met does not concern the next
		}
		select {
		case s.packets <- &memberlist.Packet{Buf: append([]byte(nil), b[:n]...), From: from, Timestamp: now}:
		case <-s.closed:
			return
		}
	}
}

func (s *Socket) accept() {
	for {
		select {
		case s.room <- struct{}{}:
		case <-s.closed:
			return
		}
		c, err := s.tcp.Accept()
		if err == nil {
			if c = s.admit(c); c == nil {
				continue
			}
			select {
			case s.streams <- c:
				continue
			case <-s.closed:
				_ = c.Close()
				return
			}
		}
		<-s.room
		if errors.Is(err, net.ErrClosed) {
			return
		}
		select {
		case <-time.After(100 * time.Millisecond): // out of file descriptors, for example
		case <-s.closed:
			return
		}
	}
}

// admit counts a stream that was accepted. It gives nil, and closes it, where its address has too many.
func (s *Socket) admit(c net.Conn) net.Conn {
	host, _, _ := net.SplitHostPort(c.RemoteAddr().String())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.from[host] >= maxStreamsHost {
		_ = c.Close()
		<-s.room
		return nil
	}
	st := &stream{Conn: c, s: s}
	s.open[st] = host
	s.from[host]++
	return st
}

// stream is a connection that was accepted.
type stream struct {
	net.Conn
	s *Socket
}

// Close makes room for another one.
func (c *stream) Close() error {
	c.s.mu.Lock()
	host, open := c.s.open[c]
	if open {
		delete(c.s.open, c)
		if c.s.from[host]--; c.s.from[host] == 0 {
			delete(c.s.from, host)
		}
		<-c.s.room
	}
	c.s.mu.Unlock()
	return c.Conn.Close()
}

// FinalAdvertiseAddr implements Transport.
func (s *Socket) FinalAdvertiseAddr(string, int) (net.IP, int, error) {
	_, port, _ := net.SplitHostPort(s.Addr().String())
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, 0, err
	}
	ip := net.ParseIP(s.advertise)
	if ip == nil {
		ctx, cancel := context.WithTimeout(context.Background(), streamTimeout)
		defer cancel()
		found, err := net.DefaultResolver.LookupIP(ctx, "ip", s.advertise)
		if err != nil {
			return nil, 0, fmt.Errorf("find the address that others reach this node by: %w", err)
		}
		ip = found[0]
	}
	if ip.IsUnspecified() {
		return nil, 0, fmt.Errorf("others can't reach this node by %s", ip)
	}
	if four := ip.To4(); four != nil {
		ip = four
	}
	return ip, n, nil
}

// WriteTo implements Transport.
func (s *Socket) WriteTo(b []byte, addr string) (time.Time, error) {
	return s.WriteToAddress(b, memberlist.Address{Addr: addr})
}

// WriteToAddress implements Transport.
func (s *Socket) WriteToAddress(b []byte, to memberlist.Address) (time.Time, error) {
	addr, err := net.ResolveUDPAddr("udp", to.Addr)
	if err != nil {
		return time.Time{}, err
	}
	_, err = s.udp.WriteTo(b, addr)
	return time.Now(), err
}

// PacketCh implements Transport.
func (s *Socket) PacketCh() <-chan *memberlist.Packet { return s.packets }

// DialTimeout implements Transport.
func (s *Socket) DialTimeout(addr string, timeout time.Duration) (net.Conn, error) {
	return s.DialAddressTimeout(memberlist.Address{Addr: addr}, timeout)
}

// DialAddressTimeout implements Transport.
func (s *Socket) DialAddressTimeout(to memberlist.Address, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	go func() {
		select {
		case <-s.closed:
			cancel()
		case <-ctx.Done():
		}
	}()
	return new(net.Dialer).DialContext(ctx, "tcp", to.Addr)
}

// StreamCh implements Transport.
func (s *Socket) StreamCh() <-chan net.Conn { return s.streams }

// Shutdown implements Transport. Streams that were accepted end.
func (s *Socket) Shutdown() error {
	s.once.Do(func() {
		close(s.closed)
		_ = s.tcp.Close()
		_ = s.udp.Close()
	})
	s.done.Wait()
	s.mu.Lock()
	var left []*stream
	for c := range s.open {
		left = append(left, c)
	}
	s.mu.Unlock()
	for _, c := range left {
		_ = c.Close()
	}
	return nil
}
