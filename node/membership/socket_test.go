package membership_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/bindery/bindery/node/membership"
)

// onSockets starts a group on loopback sockets, and gives its address.
func onSockets(t *testing.T, id string, known ...string) (*membership.Group, string) {
	t.Helper()
	s, err := membership.Listen("127.0.0.1:0", "")
	if err != nil {
		t.Fatal(err)
	}
	g, err := membership.Start(membership.Options{
		Cluster: "one", Self: membership.Member{ID: id, Name: id}, Keys: [][]byte{key}, Transport: s, Known: func() []string { return known },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g, s.Addr().String()
}

// wants waits for an event.
func wants(t *testing.T, g *membership.Group, kind membership.Kind, id string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	e, err := g.Next(ctx)
	if err != nil || e.Kind != kind || e.Member.ID != id {
		t.Fatalf("want %v %s, got %+v, %v", kind, id, e, err)
	}
}

func TestOverSockets(t *testing.T) {
	a, first := onSockets(t, "a")
	b, second := onSockets(t, "b", first)
	wants(t, a, membership.Joined, "b")
	wants(t, b, membership.Joined, "a")
	if got := a.Members()[1].Gossip; got != second {
		t.Errorf("b gossips at %s, and not at %s", got, second)
	}
	c, _ := onSockets(t, "c", first)
	wants(t, a, membership.Joined, "c")
	wants(t, b, membership.Joined, "c")
	if err := c.Leave(); err != nil {
		t.Fatal(err)
	}
	wants(t, a, membership.Left, "c")
	wants(t, b, membership.Left, "c")
	_ = b.Close()
	wants(t, a, membership.Failed, "b")
}

// What strangers say on the port, and how slowly, concerns no member.
func TestRandomBytes(t *testing.T) {
	a, first := onSockets(t, "a")
	b, _ := onSockets(t, "b", first)
	wants(t, a, membership.Joined, "b")
	wants(t, b, membership.Joined, "a")
	udp, err := net.Dial("udp", first)
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	junk := make([]byte, 1400)
	for n := range 2000 {
		_, _ = rand.Read(junk)
		junk[0] = byte(n) // every kind of message
		_, _ = udp.Write(junk[:1+n%len(junk)])
	}
	for n := range 200 { // more than may be open at a time
		c, err := net.Dial("tcp", first)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if n%2 == 0 {
			_, _ = rand.Read(junk)
			junk[0] = byte(n)
			_, _ = c.Write(junk)
		}
	}
	// Both still hear each other, and whoever joins meanwhile.
	c, _ := onSockets(t, "c", first)
	wants(t, b, membership.Joined, "c")
	wants(t, a, membership.Joined, "c")
	_ = c.Close()
	wants(t, a, membership.Failed, "c")
	wants(t, b, membership.Failed, "c")
}

func TestListenSaysWhatIsWrong(t *testing.T) {
	s, err := membership.Listen("127.0.0.1:0", "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Shutdown() }()
	if _, err := membership.Listen(s.Addr().String(), ""); err == nil {
		t.Error("a port was had twice")
	}
	if _, err := membership.Listen("nonsense", ""); err == nil {
		t.Error("an address without a port was taken")
	}
	every, err := membership.Listen(":0", "")
	if err != nil {
		t.Skip("SKIPPED: this machine has no address that others could reach: ", err)
	}
	defer func() { _ = every.Shutdown() }()
	if ip, port, err := every.FinalAdvertiseAddr("", 0); err == nil {
		t.Errorf("others are told to come to %v", fmt.Sprint(ip, port))
	}
}
