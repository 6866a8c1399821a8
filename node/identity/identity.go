// Package identity owns who is who in a cluster: its certificate authority, the certificates of nodes and clients, and the TLS settings by which they
// know each other. It does not own what an identity may do, nor how a node gets its first certificate.
//
// Names are in the certificates' URI, bindery://CLUSTER/node/NAME or bindery://CLUSTER/client/NAME. Host names and addresses play no part: a
// node that moves stays who it is, and a certificate of another cluster is worth nothing whatever host it names. A node's certificate names the
// hosts by which it is reached all the same, for clients that are not ours and know no other way to tell.
package identity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"strings"
	"time"
)

// How long certificates are good for.
const (
	CALifetime     = 20 * 365 * 24 * time.Hour
	NodeLifetime   = 365 * 24 * time.Hour
	ClientLifetime = 5 * 365 * 24 * time.Hour
	// backdate is how far clocks may be apart: certificates are good from before they are made.
	backdate = 2 * time.Hour
)

// Kind is what an identity belongs to.
type Kind string

// Kinds.
const (
	Node   Kind = "node"
	Client Kind = "client"
)

// Identity is who holds a certificate.
type Identity struct {
	Cluster string
	Kind    Kind
	Name    string
}

func (i Identity) String() string { return string(i.Kind) + " " + i.Name }

func (i Identity) uri() *url.URL {
	return &url.URL{Scheme: "bindery", Host: i.Cluster, Path: "/" + string(i.Kind) + "/" + i.Name}
}

// Of gives the identity in a certificate. Errors: one that says that there is none.
func Of(cert *x509.Certificate) (Identity, error) {
	for _, u := range cert.URIs {
		kind, name, ok := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
		if u.Scheme == "bindery" && ok && name != "" && (Kind(kind) == Node || Kind(kind) == Client) {
			return Identity{Cluster: u.Host, Kind: Kind(kind), Name: name}, nil
		}
	}
	return Identity{}, errors.New("the certificate names no identity of a cluster")
}

// Pair is a certificate and its key, each as PEM.
type Pair struct{ Cert, Key []byte }

// TLS gives the pair as package tls has it.
func (p Pair) TLS() (tls.Certificate, error) {
	cert, err := tls.X509KeyPair(p.Cert, p.Key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("read certificate: %w", err)
	}
	if cert.Leaf == nil {
		if cert.Leaf, err = x509.ParseCertificate(cert.Certificate[0]); err != nil {
			return tls.Certificate{}, fmt.Errorf("read certificate: %w", err)
		}
	}
	return cert, nil
}

// Authority makes certificates.
type Authority struct {
	Pair Pair
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewAuthority makes the authority of a new cluster.
func NewAuthority(cluster string, now time.Time) (*Authority, error) {
	template := &x509.Certificate{
		Subject:  pkix.Name{CommonName: "Bindery cluster " + cluster, Organization: []string{cluster}},
		NotAfter: now.Add(CALifetime), KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
	}
	pair, err := issue(template, nil, nil, now)
	if err != nil {
		return nil, fmt.Errorf("make certificate authority: %w", err)
	}
	return LoadAuthority(pair)
}

// LoadAuthority reads what NewAuthority made.
func LoadAuthority(p Pair) (*Authority, error) {
	cert, err := p.TLS()
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	key, ok := cert.PrivateKey.(*ecdsa.PrivateKey)
	if !ok || !cert.Leaf.IsCA {
		return nil, errors.New("certificate authority: it is none")
	}
	return &Authority{Pair: p, cert: cert.Leaf, key: key}, nil
}

// Issue makes a certificate for who, good until the lifetime of its kind is over. hosts are the names and addresses by which a node is reached.
func (a *Authority) Issue(who Identity, now time.Time, hosts ...string) (Pair, error) {
	pair, err := issue(a.template(who, now, hosts), a.cert, a.key, now)
	if err != nil {
		return Pair{}, fmt.Errorf("make certificate of %s: %w", who, err)
	}
	return pair, nil
}

// issue signs template by parent, or by itself where parent is nil.
func issue(template, parent *x509.Certificate, parentKey *ecdsa.PrivateKey, now time.Time) (Pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, err
	}
	if template.SerialNumber, err = serial(); err != nil {
		return Pair{}, err
	}
	template.NotBefore = now.Add(-backdate)
	if parent == nil {
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		return Pair{}, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, err
	}
	return Pair{
		Cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		Key:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
	}, nil
}

func serial() (*big.Int, error) { return rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)) }

// ClusterOf gives the cluster of an authority's certificate.
func ClusterOf(ca []byte) (string, error) {
	cert, err := parse(ca)
	if err != nil {
		return "", err
	}
	if len(cert.Subject.Organization) != 1 {
		return "", errors.New("the cluster's certificate names no cluster")
	}
	return cert.Subject.Organization[0], nil
}
