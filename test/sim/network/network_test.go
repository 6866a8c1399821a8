package network

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/nettest"
)

// TestConn is what x/net asks of every connection.
func TestConn(t *testing.T) {
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		n := New(1)
		n.SetUsual(Link{Delay: time.Millisecond})
		c1, c2 = pair(t, n, n.Host(), n.Host())
		return c1, c2, func() { c1.Close(); c2.Close() }, nil
	})
}

// pair connects two hosts.
func pair(t testing.TB, n *Network, a, b *Host) (near, far net.Conn) {
	t.Helper()
	l, err := b.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if near, err = a.DialContext(t.Context(), "tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if far, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	return near, far
}

// inBubble runs a test of two connected hosts with time of their own.
func inBubble(t *testing.T, usual Link, test func(t *testing.T, n *Network, a, b *Host)) {
	synctest.Test(t, func(t *testing.T) {
		n := New(1)
		n.SetUsual(usual)
		test(t, n, n.Host(), n.Host())
	})
}

func TestStreamsTakeTheLinksTime(t *testing.T) {
	inBubble(t, Link{Delay: 30 * time.Millisecond}, func(t *testing.T, n *Network, a, b *Host) {
		began := time.Now()
		near, far := pair(t, n, a, b)
		if took := time.Since(began); took != 60*time.Millisecond {
			t.Errorf("dialled in %v", took)
		}
		began = time.Now()
		if _, err := io.WriteString(near, "hello"); err != nil {
			t.Fatal(err)
		}
		near.Close()
		if got, err := io.ReadAll(far); string(got) != "hello" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		if took := time.Since(began); took != 30*time.Millisecond {
			t.Errorf("arrived after %v", took)
		}
		if _, err := far.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("write to who has closed: %v", err)
		}
		far.Close()
	})
}

func TestStreamsKeepTheirOrder(t *testing.T) {
	inBubble(t, Link{Delay: time.Millisecond, Jitter: 50 * time.Millisecond, Loss: 0.2}, func(t *testing.T, n *Network, a, b *Host) {
		near, far := pair(t, n, a, b)
		sent := make([]byte, 3<<20) // more than a window
		for i := range sent {
			sent[i] = byte(rand.Uint32())
		}
		go func() {
			for rest := sent; len(rest) > 0; {
				k := min(len(rest), 1+rand.IntN(100_000))
				if _, err := near.Write(rest[:k]); err != nil {
					t.Error(err)
					break
				}
				rest = rest[k:]
			}
			near.Close()
		}()
		got, err := io.ReadAll(far)
		far.Close()
		if err != nil || string(got) != string(sent) {
			t.Errorf("%d bytes of %d, or others: %v", len(got), len(sent), err)
		}
	})
}

func TestCutStreamsGoOnLater(t *testing.T) {
	inBubble(t, Link{Delay: time.Millisecond}, func(t *testing.T, n *Network, a, b *Host) {
		near, far := pair(t, n, a, b)
		n.Partition([]*Host{a}, []*Host{b})
		if _, err := io.WriteString(near, "late"); err != nil {
			t.Fatal(err)
		}
		near.Close()
		_ = far.SetReadDeadline(time.Now().Add(time.Hour))
		if k, err := far.Read(make([]byte, 9)); k != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("through a cut: %d, %v", k, err)
		}
		_ = far.SetReadDeadline(time.Time{})
		time.AfterFunc(time.Minute, n.Heal)
		if got, err := io.ReadAll(far); string(got) != "late" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		far.Close()
	})
}

func TestCutOneWay(t *testing.T) {
	inBubble(t, Link{}, func(t *testing.T, n *Network, a, b *Host) {
		near, far := pair(t, n, a, b)
		n.Set(a, b, Link{Cut: true})
		if _, err := io.WriteString(far, "back"); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 4)
		if _, err := io.ReadFull(near, got); err != nil || string(got) != "back" {
			t.Errorf("%q, %v", got, err)
		}
		for _, d := range []struct{ from, to *Host }{{a, b}, {b, a}} {
			l, _ := d.to.Listen("tcp", ":0")
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			if _, err := d.from.DialContext(ctx, "tcp", l.Addr().String()); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("a connection needs both ways: %v", err)
			}
			cancel()
			l.Close()
		}
		near.Close()
		far.Close()
	})
}

func TestEndsOfHosts(t *testing.T) {
	read := func(c net.Conn) error {
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
		_, err := c.Read(make([]byte, 1))
		return err
	}
	inBubble(t, Link{Delay: time.Millisecond}, func(t *testing.T, n *Network, a, b *Host) {
		near, far := pair(t, n, a, b)
		b.Kill()
		if err := read(near); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("killed: %v", err)
		}
		if _, err := near.Write([]byte("x")); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("killed: write gives %v", err)
		}
		if err := read(far); err == nil {
			t.Error("the dead read")
		}
		near, _ = pair(t, n, a, b)
		b.PowerOff()
		if err := read(near); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("switched off: %v", err)
		}
		if _, err := b.Listen("tcp", ":1"); !errors.Is(err, syscall.ENETDOWN) {
			t.Errorf("listen on a host that is off: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := a.DialContext(ctx, "tcp", b.Addr().String()+":1"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("dial a host that is off: %v", err)
		}
		b.PowerOn()
		if err := read(near); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("switched on again: %v", err)
		}
		if _, err := a.DialContext(t.Context(), "tcp", b.Addr().String()+":1"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dial a port that nobody has: %v", err)
		}
	})
}

func TestAKillBehindACutIsHeardLater(t *testing.T) {
	inBubble(t, Link{}, func(t *testing.T, n *Network, a, b *Host) {
		near, _ := pair(t, n, a, b)
		n.Partition([]*Host{a}, []*Host{b})
		b.Kill()
		_ = near.SetReadDeadline(time.Now().Add(time.Second))
		if _, err := near.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("behind the cut: %v", err)
		}
		_ = near.SetReadDeadline(time.Time{})
		n.Heal()
		if _, err := near.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("healed: %v", err)
		}
	})
}

func TestPackets(t *testing.T) {
	inBubble(t, Link{Delay: 5 * time.Millisecond, Jitter: 10 * time.Millisecond, Loss: 0.3}, func(t *testing.T, n *Network, a, b *Host) {
		from, _ := a.ListenPacket("udp", ":0")
		to, err := b.ListenPacket("udp", ":7946")
		if err != nil {
			t.Fatal(err)
		}
		const sent = 500
		send := func() {
			for i := range sent {
				if _, err := from.WriteTo([]byte{byte(i), byte(i >> 8)}, to.LocalAddr()); err != nil {
					t.Fatal(err)
				}
			}
		}
		receive := func() (got, turned int) {
			_ = to.SetReadDeadline(time.Now().Add(time.Second))
			last := -1
			for p := make([]byte, 9); ; got++ {
				k, who, err := to.ReadFrom(p)
				if errors.Is(err, os.ErrDeadlineExceeded) {
					return got, turned
				}
				if err != nil || k != 2 || who.String() != from.LocalAddr().String() {
					t.Fatal(k, who, err)
				}
				i := int(p[0]) | int(p[1])<<8
				if i < last {
					turned++
				}
				last = i
			}
		}
		send()
		if got, turned := receive(); got < sent*6/10 || got > sent*8/10 || turned == 0 {
			t.Errorf("%d of %d arrived, %d out of order", got, sent, turned)
		}
		n.Partition([]*Host{a}, []*Host{b})
		send()
		n.Heal()
		if got, _ := receive(); got != 0 {
			t.Errorf("%d came through a cut", got)
		}
		if _, err := b.ListenPacket("udp", ":7946"); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("the port again: %v", err)
		}
		to.Close()
		if _, _, err := to.ReadFrom(nil); !errors.Is(err, net.ErrClosed) {
			t.Errorf("closed: %v", err)
		}
	})
}

// TestHTTP has net/http, which uses deadlines and hangs reads, on it.
func TestHTTP(t *testing.T) {
	inBubble(t, Link{Delay: 10 * time.Millisecond, Loss: 0.1}, func(t *testing.T, n *Network, a, b *Host) {
		l, err := b.Listen("tcp", ":80")
		if err != nil {
			t.Fatal(err)
		}
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })}
		done := make(chan struct{})
		go func() { defer close(done); _ = s.Serve(l) }()
		transport := &http.Transport{DialContext: a.DialContext}
		for range 20 {
			resp, err := (&http.Client{Transport: transport}).Post("http://"+l.Addr().String(), "", strings.NewReader("echo"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if string(got) != "echo" || err != nil {
				t.Fatalf("%q, %v", got, err)
			}
		}
		transport.CloseIdleConnections()
		_ = s.Close()
		<-done
	})
}
