package daemon

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync/atomic"
	"time"

	"github.com/bindery/bindery/node/durable"
	"github.com/bindery/bindery/node/identity"
)

// recordFormat is that of identity.json.
const recordFormat = 1

// record is identity.json: who the node is.
type record struct {
	Format  int    `json:"format"`
	Cluster string `json:"cluster"`
	ID      string `json:"id"`
	Name    string `json:"name"`
	// Ports are those that were found for port 0, and for default ports that were taken, by what they are for and what was asked for.
	Ports map[string]string `json:"ports"`
	// Begun says that the node has been part of its cluster: the state is there, or it was lost.
	Begun bool `json:"begun,omitempty"`
	// Joined says that others made the cluster: the node has no authority of its own, and follows Servers. Until it has joined, Cluster is "".
	Joined  bool     `json:"joined,omitempty"`
	Servers []string `json:"servers,omitempty"`
}

// DataError says that a part of the data directory is damaged or missing.
type DataError struct {
	Path string // the part
	Err  error
}

func (e *DataError) Error() string { return fmt.Sprintf("%s can't be used: %v", e.Path, e.Err) }

// Unwrap gives the cause.
func (e *DataError) Unwrap() error { return e.Err }

// errMissing is that of a part that must be there.
var errMissing = errors.New("it is missing")

// WrongClusterError says that a part of the data directory belongs to another cluster than the rest.
type WrongClusterError struct{ Dir, What, Its, Want string }

func (e *WrongClusterError) Error() string {
	return fmt.Sprintf("data directory %s is that of cluster %s, and %s in it is of cluster %s", e.Dir, e.Want, e.What, e.Its)
}

// nodeName is what a node may be called: what a host may.
var nodeName = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$`)

const wantNodeName = "a node's name has letters, digits, dots, dashes and underscores, 63 at most"

// loadRecord reads identity.json, or makes a new node, and a new cluster unless it is to join one.
func loadRecord(dir, name string, joins bool) (*record, error) {
	path := filepath.Join(dir, "identity.json")
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newRecord(dir, name, joins)
	}
	if err != nil {
		return nil, err
	}
	r := &record{}
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(r); err != nil {
		return nil, &DataError{Path: path, Err: err}
	}
	if r.Format > recordFormat {
		return nil, fmt.Errorf("read %s: it has format %d, and this program knows formats up to %d: upgrade it", path, r.Format, recordFormat)
	}
	if r.Cluster == "" && !r.Joined || r.ID == "" || !nodeName.MatchString(r.Name) {
		return nil, &DataError{Path: path, Err: errors.New("cluster, id or name is not what it was")}
	}
	if name != "" && name != r.Name {
		return nil, &OptionError{
			Option: "name", Value: name,
			Want: fmt.Sprintf("the node in %s is named %s, and keeps its name: leave --name out, or start with another data directory", dir, r.Name),
		}
	}
	if r.Ports == nil {
		r.Ports = map[string]string{}
	}
	return r, nil
}

func newRecord(dir, name string, joins bool) (*record, error) {
	if entries, err := os.ReadDir(filepath.Join(dir, "raft")); err == nil && len(entries) > 0 {
		return nil, &DataError{Path: filepath.Join(dir, "identity.json"), Err: fmt.Errorf("%w, and the state of a cluster is there", errMissing)}
	}
	if name == "" {
		host, err := os.Hostname()
		if err != nil {
			return nil, fmt.Errorf("find a name for the node: %w: give it one with --name", err)
		}
		name = host
	}
	if !nodeName.MatchString(name) {
		return nil, &OptionError{Option: "name", Value: name, Want: wantNodeName}
	}
	r := &record{Format: recordFormat, ID: random(8), Name: name, Ports: map[string]string{}, Joined: joins}
	if !joins {
		r.Cluster = random(8)
	}
	return r, r.save(dir)
}

func (r *record) save(dir string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return durable.Replace(filepath.Join(dir, "identity.json"), append(b, '\n'))
}

// random is n random bytes in hexadecimal digits.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// credentials are the node's certificate, and the authority that made it.
type credentials struct {
	dir       string
	ca        []byte              // the cluster's certificate, PEM
	authority *identity.Authority // nil where the node joined
	who       identity.Identity
	hosts     []string // by which the node is reached
	own       atomic.Pointer[tls.Certificate]
}

// loadCredentials reads certificates, and makes those that a new node lacks.
func loadCredentials(dir string, r *record, hosts []string, now time.Time) (*credentials, error) {
	c := &credentials{dir: dir, who: identity.Identity{Cluster: r.Cluster, Kind: identity.Node, Name: r.Name}, hosts: hosts}
	pair, err := readPair(filepath.Join(dir, "ca"), "ca")
	if errors.Is(err, fs.ErrNotExist) {
		if _, started := os.Stat(filepath.Join(dir, "raft")); started == nil || r.Begun {
			return nil, &DataError{Path: filepath.Join(dir, "ca"), Err: fmt.Errorf("%w: it has the cluster's authority", errMissing)}
		}
		if c.authority, err = identity.NewAuthority(r.Cluster, now); err == nil {
			err = writePair(filepath.Join(dir, "ca"), "ca", c.authority.Pair)
		}
	} else if err == nil {
		if c.authority, err = identity.LoadAuthority(pair); err != nil {
			err = &DataError{Path: filepath.Join(dir, "ca"), Err: err}
		}
	}
	if err != nil {
		return nil, err
	}
	if its, err := identity.ClusterOf(c.authority.Pair.Cert); err != nil || its != r.Cluster {
		return nil, errors.Join(&WrongClusterError{Dir: dir, What: "the authority", Its: its, Want: r.Cluster}, err)
	}
	c.ca = c.authority.Pair.Cert
	return c, c.renew(now)
}

// renew makes a new certificate of the node where there is none of use, or a third of its life is left.
func (c *credentials) renew(now time.Time) error {
	dir := filepath.Join(c.dir, "certs")
	pair, err := readPair(dir, "node")
	if err == nil {
		if cert, err := pair.TLS(); err == nil && cert.Leaf.NotAfter.Sub(now) > identity.NodeLifetime/3 {
			if who, err := identity.Of(cert.Leaf); err == nil && who == c.who && c.names(cert.Leaf) {
				c.own.Store(&cert)
				return nil
			}
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if pair, err = c.authority.Issue(c.who, now, c.hosts...); err == nil {
		err = writePair(dir, "node", pair)
	}
	if err != nil {
		return err
	}
	cert, err := pair.TLS()
	if err != nil {
		return err
	}
	c.own.Store(&cert)
	return nil
}

// names reports whether a certificate names the hosts by which the node is reached.
func (c *credentials) names(cert *x509.Certificate) bool {
	return !slices.ContainsFunc(c.hosts, func(host string) bool { return cert.VerifyHostname(host) != nil })
}

// hosts are the names and addresses by which a node with these options is reached.
func hosts(o Options) []string {
	list := []string{"localhost", "127.0.0.1", "::1", ownAddress()}
	if name, err := os.Hostname(); err == nil && nodeName.MatchString(name) {
		list = append(list, name)
	}
	if o.Advertise != "" {
		list = append(list, o.Advertise)
	}
	if host, _, err := net.SplitHostPort(o.Cluster); err == nil && host != "" && !unspecified(host) {
		list = append(list, host)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func unspecified(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsUnspecified()
}

// peer is the node's end of connections.
func (c *credentials) peer() identity.Peer {
	return identity.Peer{
		Own: func() (tls.Certificate, error) { return *c.own.Load(), nil },
		CA:  c.ca, Cluster: c.who.Cluster,
	}
}

func readPair(dir, name string) (p identity.Pair, err error) {
	if p.Cert, err = os.ReadFile(filepath.Join(dir, name+".crt")); err == nil {
		p.Key, err = os.ReadFile(filepath.Join(dir, name+".key"))
	}
	return p, err
}

// writePair writes the key first: a certificate that is there has its key.
func writePair(dir, name string, p identity.Pair) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := durable.Replace(filepath.Join(dir, name+".key"), p.Key); err != nil {
		return err
	}
	return durable.Replace(filepath.Join(dir, name+".crt"), p.Cert)
}
