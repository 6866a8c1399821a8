package identity_test

import (
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/bindery/bindery/node/identity"
)

type cluster struct {
	name string
	ca   *identity.Authority
}

func newCluster(t *testing.T, name string) cluster {
	t.Helper()
	ca, err := identity.NewAuthority(name, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	again, err := identity.LoadAuthority(ca.Pair)
	if err != nil {
		t.Fatal(err)
	}
	return cluster{name, again}
}

func (c cluster) peer(t *testing.T, kind identity.Kind, name string, made time.Time) identity.Peer {
	t.Helper()
	pair, err := c.ca.Issue(identity.Identity{Cluster: c.name, Kind: kind, Name: name}, made)
	if err != nil {
		t.Fatal(err)
	}
	own, err := identity.Fixed(pair)
	if err != nil {
		t.Fatal(err)
	}
	return identity.Peer{Own: own, CA: c.ca.Pair.Cert}
}

// shake connects two ends and gives what each says.
func shake(t *testing.T, server, client *tls.Config) (who identity.Identity, serverErr, clientErr error) {
	t.Helper()
	a, b := net.Pipe()
	deadline := time.Now().Add(20 * time.Second)
	_, _ = a.SetDeadline(deadline), b.SetDeadline(deadline)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer a.Close()
		s := tls.Server(a, server)
		if serverErr = s.Handshake(); serverErr == nil {
			who, serverErr = identity.Of(s.ConnectionState().PeerCertificates[0])
			_, _ = s.Write([]byte("x"))
		}
	}()
	c := tls.Client(b, client)
	if clientErr = c.Handshake(); clientErr == nil {
		_, clientErr = c.Read(make([]byte, 1)) // a client's certificate is judged after its handshake
	}
	_ = b.Close()
	<-done
	return who, serverErr, clientErr
}

func configs(t *testing.T, server, client identity.Peer) (s, c *tls.Config) {
	t.Helper()
	s, err := server.Server("h2")
	if err != nil {
		t.Fatal(err)
	}
	c, err = client.Client("h2")
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func TestWhoMayConnect(t *testing.T) {
	now := time.Now()
	one, two := newCluster(t, "one"), newCluster(t, "two")
	node := one.peer(t, identity.Node, "n1", now)
	mixed := two.peer(t, identity.Client, "ann", now) // believes one, and is of two
	mixed.CA = one.ca.Pair.Cert
	for _, c := range []struct {
		name           string
		server, client identity.Peer
		want           string // "" for a connection
	}{
		{"a client of the cluster", node, one.peer(t, identity.Client, "ann", now), ""},
		{"another node", node, one.peer(t, identity.Node, "n2", now), ""},
		{"a clock an hour behind", node, one.peer(t, identity.Client, "ann", now.Add(time.Hour)), ""},
		{"a client of another cluster", node, mixed, "certificate"},
		{"a server of another cluster", two.peer(t, identity.Node, "n1", now), one.peer(t, identity.Client, "ann", now), "no node of this cluster"},
		{"a client that plays a node", one.peer(t, identity.Client, "eve", now), one.peer(t, identity.Client, "ann", now), "no node of this cluster"},
		{"an expired client", node, one.peer(t, identity.Client, "ann", now.Add(-identity.ClientLifetime-time.Hour)), "certificate"},
		{"an expired node", one.peer(t, identity.Node, "n1", now.Add(-identity.NodeLifetime-time.Hour)), one.peer(t, identity.Client, "ann", now), "expired"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, cl := configs(t, c.server, c.client)
			who, serverErr, clientErr := shake(t, s, cl)
			err := errors.Join(serverErr, clientErr)
			if c.want == "" {
				if err != nil || who.Cluster != "one" {
					t.Fatalf("%v, %v", who, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestNoAnonymousAndNothingOlderThanTLS13(t *testing.T) {
	one := newCluster(t, "one")
	s, c := configs(t, one.peer(t, identity.Node, "n1", time.Now()), one.peer(t, identity.Client, "ann", time.Now()))
	anonymous := c.Clone()
	anonymous.GetClientCertificate = nil
	if _, err, _ := shake(t, s, anonymous); err == nil {
		t.Error("a client without a certificate was let in")
	}
	old := c.Clone()
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS12
	if _, err, _ := shake(t, s, old); err == nil {
		t.Error("TLS 1.2 was spoken")
	}
	oldServer := s.Clone()
	oldServer.MinVersion, oldServer.MaxVersion = tls.VersionTLS10, tls.VersionTLS12
	if _, _, err := shake(t, oldServer, c); err == nil {
		t.Error("a client spoke TLS 1.2")
	}
}

func TestDamagedFiles(t *testing.T) {
	one := newCluster(t, "one")
	if _, err := identity.LoadAuthority(identity.Pair{Cert: []byte("x"), Key: one.ca.Pair.Key}); err == nil {
		t.Error("a damaged authority was taken")
	}
	node, err := one.ca.Issue(identity.Identity{Cluster: "one", Kind: identity.Node, Name: "n1"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := identity.LoadAuthority(node); err == nil {
		t.Error("a node's certificate was taken for an authority")
	}
	if _, err := (identity.Peer{CA: []byte("x")}).Server(); err == nil {
		t.Error("a damaged CA was taken")
	}
}
