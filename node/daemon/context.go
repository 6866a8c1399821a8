package daemon

import (
	"os/user"
	"path/filepath"
	"slices"
	"time"

	"github.com/bindery/bindery/node/client"
	"github.com/bindery/bindery/node/identity"
)

// contextFile is where the context of the first start is.
func (n *node) contextFile() string { return filepath.Join(n.o.Data, "context.json") }

// writeContext writes how to reach the cluster, and with which certificate: into the data directory, and among the user's own contexts. What goes
// wrong is said and keeps nobody from serving.
func (n *node) writeContext() {
	old, err := client.Load(n.contextFile())
	first := err != nil
	c := old
	if first || old.Cluster != n.record.Cluster || !n.usable(old) {
		if c, err = n.newContext(); err != nil {
			n.o.Logger.Error("make a context", "error", err)
			return
		}
	}
	servers := slices.Compact([]string{n.clusterHere, n.clusterElsewhere})
	same := !first && slices.Equal(c.Servers, servers)
	c.Servers = servers
	if n.o.KeepContext {
		if err := c.Keep(first); err != nil {
			n.o.Logger.Warn("keep a context for this user; "+n.contextFile()+" can be used with --context", "error", err)
		}
	}
	if same && c == old {
		return
	}
	if err := c.Write(n.contextFile()); err != nil {
		n.o.Logger.Error("write context.json", "error", err)
	}
}

func (n *node) newContext() (*client.Context, error) {
	name := "admin"
	if u, err := user.Current(); err == nil && nodeName.MatchString(u.Username) {
		name = u.Username
	}
	pair, err := n.creds.authority.Issue(identity.Identity{Cluster: n.record.Cluster, Kind: identity.Client, Name: name}, time.Now())
	if err != nil {
		return nil, err
	}
	return &client.Context{
		Name: n.record.Name, Cluster: n.record.Cluster, CA: string(n.creds.authority.Pair.Cert), Cert: string(pair.Cert), Key: string(pair.Key),
	}, nil
}

// usable reports whether a context's certificate will be good for a while.
func (n *node) usable(c *client.Context) bool {
	cert, err := identity.Pair{Cert: []byte(c.Cert), Key: []byte(c.Key)}.TLS()
	return err == nil && c.CA == string(n.creds.authority.Pair.Cert) && time.Until(cert.Leaf.NotAfter) > identity.ClientLifetime/5
}
