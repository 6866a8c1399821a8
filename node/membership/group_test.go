package membership_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bindery/bindery/node/membership"
	"github.com/bindery/bindery/node/membership/membershiptest"
)

var key = []byte(strings.Repeat("k", membership.KeySize))

// cluster is nodes in a network in memory. Node n has the address 10.0.0.n.
type cluster struct {
	t     *testing.T
	net   *membershiptest.Network
	known []string
}

func newCluster(t *testing.T, nodes int) *cluster {
	c := &cluster{t: t, net: membershiptest.New()}
	t.Cleanup(func() { time.Sleep(10 * time.Second) }) // in fake time: probes under way end by their own clock, after Close
	for n := range nodes {
		c.known = append(c.known, membershiptest.Address(ip(n+1)))
	}
	return c
}

func ip(n int) string { return fmt.Sprintf("10.0.0.%d", n) }

func (c *cluster) options(n int) membership.Options {
	return membership.Options{
		Cluster: "one", Self: membership.Member{ID: fmt.Sprint("id", n), Name: fmt.Sprint("n", n), Cluster: fmt.Sprint(ip(n), ":7480"), Version: "1"},
		Keys: [][]byte{key}, Transport: c.net.Transport(ip(n)), Known: func() []string { return c.known },
	}
}

func (c *cluster) start(n int, change ...func(*membership.Options)) *membership.Group {
	c.t.Helper()
	o := c.options(n)
	for _, f := range change {
		f(&o)
	}
	g, err := membership.Start(o)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = g.Close() })
	return g
}

func (c *cluster) startAll() (all []*membership.Group) {
	c.t.Helper()
	for n := range c.known {
		all = append(all, c.start(n+1))
	}
	for _, g := range all {
		c.sees(g, len(all))
	}
	return all
}

// sees waits until g sees that many members, itself included.
func (c *cluster) sees(g *membership.Group, members int) (took time.Duration) {
	c.t.Helper()
	began := time.Now()
	for len(g.Members()) != members {
		if time.Since(began) > 5*time.Minute {
			c.t.Fatalf("sees %v after 5 minutes, and not %d members", names(g), members)
		}
		time.Sleep(10 * time.Millisecond) // in fake time
	}
	return time.Since(began)
}

func names(g *membership.Group) (list []string) {
	for _, m := range g.Members() {
		list = append(list, m.Name)
	}
	return list
}

// drain gives what is waiting.
func drain(g *membership.Group) (list []string) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for {
		e, err := g.Next(ctx)
		if err != nil {
			return list
		}
		list = append(list, e.Kind.String()+" "+e.Member.Name)
	}
}

func TestNodesFindEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, 3)
		all := c.startAll()
		time.Sleep(time.Minute)
		for _, g := range all {
			if got := names(g); !slices.Equal(got, []string{"n1", "n2", "n3"}) {
				t.Errorf("sees %v", got)
			}
		}
		got := drain(all[0])
		slices.Sort(got)
		if !slices.Equal(got, []string{"joined n2", "joined n3"}) {
			t.Errorf("n1 was told %v", got)
		}
		if m := all[0].Members()[1]; m.Cluster != "10.0.0.2:7480" || m.Gossip != "10.0.0.2:7482" || m.Version != "1" || m.ID != "id2" {
			t.Errorf("n2 is %+v", m)
		}
	})
}

func TestWhatANodeSaysOfItselfChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, 3)
		all := c.startAll()
		drain(all[0])
		m := c.options(2).Self
		m.Server, m.HTTP = true, "10.0.0.2:8080"
		if err := all[1].Update(m); err != nil {
			t.Fatal(err)
		}
		e, err := all[0].Next(t.Context())
		if err != nil || e.Kind != membership.Updated || !e.Member.Server || e.Member.HTTP != "10.0.0.2:8080" {
			t.Errorf("%+v, %v", e, err)
		}
		m.Zone = strings.Repeat("z", membership.MaxMetadata)
		if err := all[1].Update(m); !errors.Is(err, membership.ErrTooLong) {
			t.Errorf("too much was said: %v", err)
		}
	})
}

// A killed node is noticed within two seconds: its packets go nowhere, and it says no more.
func TestAKilledNodeIsNoticed(t *testing.T) {
	for _, nodes := range []int{2, 3, 5, 9} {
		t.Run(fmt.Sprint(nodes), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCluster(t, nodes)
				all := c.startAll()
				time.Sleep(20 * time.Second)
				drain(all[0])
				_ = all[nodes-1].Close()
				for _, g := range all[:nodes-1] {
					c.sees(g, nodes-1)
				}
				e, err := all[0].Next(t.Context())
				if err != nil || e.Kind != membership.Failed || e.Member.ID != fmt.Sprint("id", nodes) {
					t.Errorf("%+v, %v", e, err)
				}
			})
		})
	}
}

func TestDetectionTakesTwoSecondsAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var worst, sum time.Duration
		const rounds = 30
		for range rounds {
			c := newCluster(t, 3)
			all := c.startAll()
			time.Sleep(5 * time.Second)
			_ = all[2].Close()
			began := time.Now()
			c.sees(all[0], 2)
			c.sees(all[1], 2)
			took := time.Since(began)
			worst, sum = max(worst, took), sum+took
			_, _ = all[0].Close(), all[1].Close()
		}
		t.Logf("on both others: mean %v, worst %v", sum/rounds, worst)
		if worst > 2*time.Second {
			t.Errorf("it took %v", worst)
		}
	})
}

func TestGoodbyeIsToldFromFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, 3)
		all := c.startAll()
		drain(all[0])
		drain(all[2])
		if err := all[1].Leave(); err != nil {
			t.Fatal(err)
		}
		for _, g := range []*membership.Group{all[0], all[2]} {
			c.sees(g, 2)
			if e, err := g.Next(t.Context()); err != nil || e.Kind != membership.Left || e.Member.Name != "n2" {
				t.Errorf("%+v, %v", e, err)
			}
		}
		// It comes back, and is the same.
		c.start(2)
		for _, g := range []*membership.Group{all[0], all[2]} {
			c.sees(g, 3)
			if e, err := g.Next(t.Context()); err != nil || e.Kind != membership.Joined || e.Member.ID != "id2" {
				t.Errorf("%+v, %v", e, err)
			}
		}
	})
}

func TestTheLastNodeLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, 1)
		if err := c.start(1).Leave(); err != nil {
			t.Fatal(err)
		}
	})
}

// memberlist forgets who has been gone for 30 s: what was cut for longer comes together again by itself.
func TestAPartitionHeals(t *testing.T) {
	for _, long := range []time.Duration{5 * time.Second, 45 * time.Second, 3 * time.Minute} {
		t.Run(long.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCluster(t, 5)
				all := c.startAll()
				c.net.Split([]string{ip(1), ip(2)}, []string{ip(3), ip(4), ip(5)})
				c.sees(all[0], 2)
				c.sees(all[4], 3)
				time.Sleep(long)
				c.net.Heal()
				began := time.Now()
				for _, g := range all {
					c.sees(g, 5)
				}
				if took := time.Since(began); took > 15*time.Second {
					t.Errorf("together again after %v", took)
				}
			})
		})
	}
}

// A node that hears and is not heard, or the other way round, is no reason to give up those who can speak with everybody.
func TestAnAsymmetricLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, 4)
		all := c.startAll()
		c.net.Cut(ip(1), ip(2)) // the others ask for n1
		time.Sleep(2 * time.Minute)
		for _, g := range all {
			if got := len(g.Members()); got != 4 {
				t.Errorf("sees %v", names(g))
			}
		}
		for i, g := range all {
			for _, e := range drain(g) {
				if strings.HasPrefix(e, "failed") {
					t.Errorf("n%d was told: %s", i+1, e)
				}
			}
		}
	})
}

// A node that restarts at another address is the same node.
func TestANodeMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, 3)
		all := c.startAll()
		_ = all[2].Close()
		c.start(3, func(o *membership.Options) { o.Transport = c.net.Transport(ip(99)) })
		began := time.Now()
		for {
			list := all[0].Members()
			if len(list) == 3 && list[2].Gossip == membershiptest.Address(ip(99)) && list[2].ID == "id3" {
				break
			}
			if time.Since(began) > time.Minute {
				t.Fatalf("sees %+v", list)
			}
			time.Sleep(10 * time.Millisecond)
		}
		if took := time.Since(began); took > 6*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestClustersNeverMerge(t *testing.T) {
	other := []byte(strings.Repeat("o", membership.KeySize))
	for _, c := range []struct {
		name   string
		change func(*membership.Options)
	}{
		{"another key", func(o *membership.Options) { o.Keys = [][]byte{other} }},
		{"another cluster", func(o *membership.Options) { o.Cluster = "two" }},
		{"another of both", func(o *membership.Options) { o.Cluster, o.Keys = "two", [][]byte{other} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				net := newCluster(t, 4) // each knows all four addresses
				ours := []*membership.Group{net.start(1), net.start(2)}
				theirs := []*membership.Group{net.start(3, c.change), net.start(4, c.change)}
				time.Sleep(time.Minute)
				for _, g := range slices.Concat(ours, theirs) {
					if got := len(g.Members()); got != 2 {
						t.Errorf("sees %v", names(g))
					}
				}
			})
		})
	}
}

func TestKeysAreExchanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, 3)
		all := c.startAll()
		for _, g := range all {
			drain(g)
		}
		fresh := membership.NewKey()
		for _, keys := range [][][]byte{{key, fresh}, {fresh, key}, {fresh}} {
			for _, g := range all { // one after the other, as it is in a cluster
				if err := g.SetKeys(keys); err != nil {
					t.Fatal(err)
				}
				time.Sleep(7 * time.Second)
			}
		}
		time.Sleep(time.Minute)
		for i, g := range all {
			if got := drain(g); len(got) > 0 || len(g.Members()) != 3 {
				t.Errorf("n%d was told %v", i+1, got)
			}
		}
		// The old key opens nothing any more.
		old := c.start(7)
		time.Sleep(time.Minute)
		if got := len(old.Members()); got != 1 {
			t.Errorf("with the old key it sees %v", names(old))
		}
		// Whoever had a key too many loses exactly those that are not wanted.
		more := [][]byte{membership.NewKey(), fresh, membership.NewKey()}
		for _, keys := range [][][]byte{more, {more[2], fresh}, {fresh}} {
			if err := all[0].SetKeys(keys); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		c.sees(all[0], 3)
	})
}

func TestBadOptions(t *testing.T) {
	synctest.Test(t, testBadOptions)
}

func testBadOptions(t *testing.T) {
	c := newCluster(t, 1)
	for name, change := range map[string]func(*membership.Options){
		"no key":       func(o *membership.Options) { o.Keys = nil },
		"a short key":  func(o *membership.Options) { o.Keys = [][]byte{[]byte("short")} },
		"no cluster":   func(o *membership.Options) { o.Cluster = "" },
		"no identity":  func(o *membership.Options) { o.Self.ID = "" },
		"too much":     func(o *membership.Options) { o.Self.Zone = strings.Repeat("z", 600) },
		"no addresses": func(o *membership.Options) { o.Transport = c.net.Transport("nonsense") },
	} {
		o := c.options(1)
		change(&o)
		if g, err := membership.Start(o); err == nil {
			_ = g.Close()
			t.Errorf("%s: it was taken", name)
		}
	}
}
