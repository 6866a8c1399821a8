package identity_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/bindery/bindery/node/identity"
)

func TestCertificatesOnRequest(t *testing.T) {
	one := newCluster(t, "one")
	key, request, err := identity.NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	who := identity.Identity{Cluster: "one", Kind: identity.Node, Name: "n2"}
	cert, err := one.ca.Certify(who, request, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	own, err := identity.Fixed(identity.Pair{Cert: cert, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	s, c := configs(t, identity.Peer{Own: own, CA: one.ca.Pair.Cert}, one.peer(t, identity.Client, "ann", time.Now()))
	if _, serverErr, clientErr := shake(t, s, c); serverErr != nil || clientErr != nil {
		t.Error(serverErr, clientErr)
	}
}

func TestRequestsThatAreNone(t *testing.T) {
	_, good, err := identity.NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	forged := append([]byte(nil), good...)
	forged[len(forged)-1]++
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "x"}}, other)
	if err != nil {
		t.Fatal(err)
	}
	if err := identity.CheckRequest(good); err != nil {
		t.Error(err)
	}
	for name, request := range map[string][]byte{
		"nothing": nil, "nonsense": []byte("x"), "a forged one": forged, "another curve": curve, "a very long one": make([]byte, 5000),
	} {
		if err := identity.CheckRequest(request); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestPinned(t *testing.T) {
	one, two := newCluster(t, "one"), newCluster(t, "one") // two calls itself one
	print, err := identity.Fingerprint(one.ca.Pair.Cert)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		server identity.Peer
		want   string
	}{
		{"a node", one.peer(t, identity.Node, "n1", time.Now()), ""},
		{"a client", one.peer(t, identity.Client, "ann", time.Now()), "no node"},
		{"another cluster", two.peer(t, identity.Node, "n1", time.Now()), "another cluster"},
		{"an expired node", one.peer(t, identity.Node, "n1", time.Now().Add(-identity.NodeLifetime-time.Hour)), "expired"},
	} {
		s, err := c.server.Anonymous("p")
		if err != nil {
			t.Fatal(err)
		}
		err = dialPinned(t, s, identity.Pinned(print, nil, "p"))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	mixed := two.peer(t, identity.Node, "n1", time.Now())
	mixed.CA = one.ca.Pair.Cert // it shows an authority that did not sign it
	s, err := mixed.Anonymous("p")
	if err != nil {
		t.Fatal(err)
	}
	if err := dialPinned(t, s, identity.Pinned(print, nil, "p")); err == nil || errors.Is(err, identity.ErrOtherAuthority) {
		t.Errorf("a borrowed authority: %v", err)
	}
}

// dialPinned connects to a server that asks for no certificate, and gives what the client says.
func dialPinned(t *testing.T, server, client *tls.Config) error {
	t.Helper()
	a, b := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = tls.Server(a, server).Handshake()
	}()
	err := tls.Client(b, client).Handshake()
	_, _ = a.Close(), b.Close()
	<-done
	return err
}
