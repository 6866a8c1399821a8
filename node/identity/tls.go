package identity

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// Peer is one end of a connection: who it is, and whom it believes.
type Peer struct {
	// Own gives the certificate to show. It is asked for each connection, so that a new one is taken up.
	Own func() (tls.Certificate, error)
	// CA is the cluster's certificate, as PEM.
	CA []byte
	// Cluster is the cluster's identity; "" takes it from CA.
	Cluster string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

func (p Peer) roots() (pool *x509.CertPool, cluster string, err error) {
	pool = x509.NewCertPool()
	if !pool.AppendCertsFromPEM(p.CA) {
		return nil, "", errors.New("the cluster's certificate can't be read")
	}
	cluster = p.Cluster
	if cluster == "" {
		var err error
		if cluster, err = ClusterOf(p.CA); err != nil {
			return nil, "", err
		}
	}
	return pool, cluster, nil
}

// Server is for a node that accepts: TLS 1.3, and a certificate of the cluster from everybody.
func (p Peer) Server(protocols ...string) (*tls.Config, error) {
	pool, cluster, err := p.roots()
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: protocols, Time: p.Now,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return p.own() },
		ClientAuth:     tls.RequireAndVerifyClientCert, ClientCAs: pool,
		VerifyConnection: func(s tls.ConnectionState) error {
			_, err := check(s.PeerCertificates, cluster)
			return err
		},
		SessionTicketsDisabled: true, // a resumed session would outlive its certificate
	}, nil
}

// Client is for who dials a node: TLS 1.3, and a certificate of a node of the cluster from the other end, whatever its address.
func (p Peer) Client(protocols ...string) (*tls.Config, error) {
	pool, cluster, err := p.roots()
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: protocols, Time: p.Now,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return p.own() },
		// The name in the certificate is no host's, so that the usual check is replaced, not left out.
		InsecureSkipVerify: true,
		VerifyConnection: func(s tls.ConnectionState) error {
			return p.verifyNode(s, pool, cluster)
		},
	}, nil
}

func (p Peer) own() (*tls.Certificate, error) {
	cert, err := p.Own()
	if err != nil {
		return nil, err
	}
	return &cert, nil
}

func (p Peer) verifyNode(s tls.ConnectionState, pool *x509.CertPool, cluster string) error {
	if len(s.PeerCertificates) == 0 {
		return errors.New("the other end shows no certificate")
	}
	o := x509.VerifyOptions{Roots: pool, Intermediates: x509.NewCertPool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if p.Now != nil {
		o.CurrentTime = p.Now()
	}
	for _, c := range s.PeerCertificates[1:] {
		o.Intermediates.AddCert(c)
	}
	if _, err := s.PeerCertificates[0].Verify(o); err != nil {
		return fmt.Errorf("the other end is no node of this cluster: %w", err)
	}
	who, err := check(s.PeerCertificates, cluster)
	if err == nil && who.Kind != Node {
		err = fmt.Errorf("the other end is %s, and no node", who)
	}
	return err
}

// check sees that a verified certificate is of the cluster.
func check(chain []*x509.Certificate, cluster string) (Identity, error) {
	if len(chain) == 0 {
		return Identity{}, errors.New("the other end shows no certificate")
	}
	who, err := Of(chain[0])
	if err == nil && who.Cluster != cluster {
		err = fmt.Errorf("the other end is of cluster %s, and this one is %s", who.Cluster, cluster)
	}
	return who, err
}

// Fixed is a Peer's Own that never changes.
func Fixed(p Pair) (func() (tls.Certificate, error), error) {
	cert, err := p.TLS()
	if err != nil {
		return nil, err
	}
	return func() (tls.Certificate, error) { return cert, nil }, nil
}

func parse(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("the certificate is no PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}

// Pinned is for who dials a node and knows of its cluster only the fingerprint of the authority: TLS 1.3, and the other end shows the certificate
// of a node, and with it that very authority's, by which it is verified, before anything is said. The caller shows no certificate. now is the clock;
// nil is time.Now.
func Pinned(fingerprint [sha256.Size]byte, now func() time.Time, protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: protocols, Time: now,
		InsecureSkipVerify: true, // replaced, as in Client
		VerifyConnection: func(s tls.ConnectionState) error {
			for _, c := range s.PeerCertificates {
				if sha256.Sum256(c.Raw) != fingerprint {
					continue
				}
				ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
				p := Peer{CA: ca, Now: now}
				pool, cluster, err := p.roots()
				if err != nil {
					return err
				}
				return p.verifyNode(s, pool, cluster)
			}
			return ErrOtherAuthority
		},
	}
}

// ErrOtherAuthority says that the other end is not of the cluster whose authority was pinned.
var ErrOtherAuthority = errors.New("the other end is of another cluster: it does not show the pinned authority")

// Anonymous is for a node that accepts from who has no certificate yet: TLS 1.3, and the node shows the authority's certificate after its own.
func (p Peer) Anonymous(protocols ...string) (*tls.Config, error) {
	ca, err := parse(p.CA)
	if err != nil {
		return nil, fmt.Errorf("read the cluster's certificate: %w", err)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: protocols, Time: p.Now,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			own, err := p.own()
			if err != nil {
				return nil, err
			}
			chain := *own
			chain.Certificate = [][]byte{own.Certificate[0], ca.Raw}
			return &chain, nil
		},
		SessionTicketsDisabled: true,
	}, nil
}
