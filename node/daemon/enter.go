package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/bindery/bindery/node/durable"
	"github.com/bindery/bindery/node/identity"
	"github.com/bindery/bindery/node/join"
)

// mayJoin sees that the options of joining go with what the node is.
func (n *node) mayJoin() error {
	switch {
	case !n.record.Joined:
		return &OptionError{
			Option: "join", Value: n.o.Join[0],
			Want: fmt.Sprintf("the node in %s has made a cluster of its own: to join another, start with another data directory", n.o.Data),
		}
	case n.record.Cluster != "":
		return nil
	case len(n.o.Join) == 0:
		return &OptionError{
			Option: "data", Value: n.o.Data,
			Want: "the node in it has not come into its cluster yet: start it with --join and --token, or with another data directory",
		}
	case n.o.Token == "":
		return &OptionError{Option: "join", Value: n.o.Join[0], Want: "a node joins with a --token: bindery token create makes one"}
	}
	if _, err := join.Parse(n.o.Token); err != nil {
		return &OptionError{Option: "token", Value: "…", Want: err.Error()}
	}
	return nil
}

// enter joins the cluster, and keeps what it is given: identity.json says so last.
func (n *node) enter(ctx context.Context) error {
	token, err := join.Parse(n.o.Token)
	if err != nil {
		return err
	}
	last := ""
	j, err := join.Join(ctx, join.Options{
		Servers: n.o.Join, Token: token, Node: n.describe(AgentState{}),
		Told: func(err error, wait time.Duration) {
			if err.Error() != last { // the same one, again and again, is said once
				last = err.Error()
				n.o.Logger.Warn("the cluster can't be joined yet, and is tried again", "error", err, "wait", wait.Round(time.Millisecond))
			}
		},
	})
	if err != nil {
		return err
	}
	if err := writePair(filepath.Join(n.o.Data, "certs"), "node", j.Pair); err != nil {
		return fmt.Errorf("keep the node's certificate: %w", err)
	}
	if err := durable.Replace(filepath.Join(n.o.Data, "certs", "ca.crt"), j.Authority); err != nil {
		return fmt.Errorf("keep the cluster's certificate: %w", err)
	}
	n.record.Cluster, n.record.Servers, n.record.Begun = j.Cluster, withAll(j.Servers, n.o.Join), true
	if err := n.record.save(n.o.Data); err != nil {
		return fmt.Errorf("keep that the node has joined: %w", err)
	}
	n.o.Logger.Info("the node is of the cluster", "cluster", j.Cluster, "servers", j.Servers)
	return nil
}

// withAll gives a list with those of another that it lacks at its end.
func withAll(list, more []string) []string {
	list = slices.Clone(list)
	for _, one := range more {
		if !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}

// loadMember reads the certificates of a node that has joined.
func loadMember(dir string, r *record) (*credentials, error) {
	certs := filepath.Join(dir, "certs")
	c := &credentials{dir: dir, who: identity.Identity{Cluster: r.Cluster, Kind: identity.Node, Name: r.Name}}
	damaged := func(file string, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w: with it the node is known to its cluster", errMissing)
		}
		return &DataError{Path: filepath.Join(certs, file), Err: err}
	}
	var err error
	if c.ca, err = os.ReadFile(filepath.Join(certs, "ca.crt")); err != nil {
		return nil, damaged("ca.crt", err)
	}
	if its, err := identity.ClusterOf(c.ca); err != nil {
		return nil, damaged("ca.crt", err)
	} else if its != r.Cluster {
		return nil, &WrongClusterError{Dir: dir, What: "the authority", Its: its, Want: r.Cluster}
	}
	pair, err := readPair(certs, "node")
	if err != nil {
		return nil, damaged("node.crt", err)
	}
	return c, c.take(pair)
}

// take uses a certificate from now on.
func (c *credentials) take(pair identity.Pair) error {
	cert, err := pair.TLS()
	if err != nil {
		return &DataError{Path: filepath.Join(c.dir, "certs"), Err: err}
	}
	who, err := identity.Of(cert.Leaf)
	if err == nil && who != c.who {
		err = fmt.Errorf("the certificate is that of %s of cluster %s", who, who.Cluster)
	}
	if err != nil {
		return &DataError{Path: filepath.Join(c.dir, "certs"), Err: err}
	}
	c.own.Store(&cert)
	return nil
}

// due reports whether the certificate is to be renewed: a third of its life is left.
func (c *credentials) due(now time.Time) bool {
	cert := c.own.Load()
	return cert.Leaf.NotAfter.Sub(now) <= identity.NodeLifetime/3
}

// renew renews the node's certificate when it is time.
func (n *node) renew(ctx context.Context) error {
	now := time.Now()
	if !n.record.Joined {
		return n.creds.renew(now)
	}
	if !n.creds.due(now) {
		return nil
	}
	return n.uplink.renew(ctx)
}
