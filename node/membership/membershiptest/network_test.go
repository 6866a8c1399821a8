package membershiptest

import (
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// hears reports whether a packet from one host comes to the other.
func hears(t *testing.T, from, to *Transport) bool {
	t.Helper()
	if _, err := from.WriteTo([]byte("hello"), Address(to.ip)); err != nil {
		t.Fatal(err)
	}
	select {
	case p := <-to.PacketCh():
		return string(p.Buf) == "hello" && p.From.String() == Address(from.ip)
	default:
		return false
	}
}

func TestACutIsOneWay(t *testing.T) {
	n := New()
	a, b := n.Transport("10.0.0.1"), n.Transport("10.0.0.2")
	n.Cut(a.ip, b.ip)
	if hears(t, a, b) || !hears(t, b, a) || n.Lost() != 1 {
		t.Errorf("%d packets were lost", n.Lost())
	}
	n.Split([]string{a.ip}, []string{b.ip})
	if hears(t, b, a) {
		t.Error("a split lets packets through")
	}
	n.Heal()
	if !hears(t, a, b) {
		t.Error("what was cut stays so")
	}
	_ = b.Shutdown()
	if hears(t, a, b) {
		t.Error("a host that is gone hears")
	}
}

func TestNobodyWaitsForAStoppedHost(t *testing.T) {
	n := New()
	a, b := n.Transport("10.0.0.1"), n.Transport("10.0.0.2")
	for range queued + 10 {
		_, _ = a.WriteTo([]byte("x"), Address(b.ip))
	}
	if n.Lost() != 10 {
		t.Errorf("%d were lost", n.Lost())
	}
}

func TestStreamsBreak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New()
		a, b := n.Transport("10.0.0.1"), n.Transport("10.0.0.2")
		ends := make(chan error, 1)
		go func() {
			c := <-b.StreamCh()
			_, err := io.Copy(io.Discard, c)
			ends <- err
		}()
		c, err := a.DialTimeout(Address(b.ip), time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
		n.Cut(b.ip, a.ip)
		<-ends
		if _, err := c.Write([]byte("hello")); err == nil {
			t.Error("a broken stream was written to")
		}
		began := time.Now()
		if _, err := a.DialTimeout(Address(b.ip), time.Second); err == nil || time.Since(began) != time.Second {
			t.Errorf("a dial over a cut: %v after %v", err, time.Since(began))
		}
		if _, err := a.DialTimeout("10.0.0.9:1", time.Second); err == nil {
			t.Error("nobody answered a dial")
		}
	})
}
