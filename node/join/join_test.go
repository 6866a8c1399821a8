package join_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"github.com/bindery/bindery/node/identity"
	"github.com/bindery/bindery/node/join"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// network is servers in memory, by address.
type network struct {
	mu    sync.Mutex
	hosts map[string]*listener
	dials int
}

type listener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
	config *tls.Config
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case raw := <-l.conns:
		c := tls.Server(raw, l.config)
		if err := c.Handshake(); err != nil {
			_ = raw.Close()
			return l.Accept()
		}
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *listener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 7480} }

// from is a connection with an address.
type from struct{ net.Conn }

func (from) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(10, 0, 0, 2), Port: 4000} }

func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	n.dials++
	l := n.hosts[address]
	n.mu.Unlock()
	if l == nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	}
	a, b := net.Pipe()
	select {
	case l.conns <- from{a}:
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// cluster is one that nodes join.
type cluster struct {
	t   *testing.T
	net *network
	ca  *identity.Authority

	mu     sync.Mutex
	tokens map[string]*binderyv1.JoinToken
	nodes  map[string]string // ids by name
	leader string            // another one, "" if this one leads
	down   int               // how many calls fail
}

func (c *cluster) Token(_ context.Context, id string) (*binderyv1.JoinToken, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leader != "" {
		return nil, &join.RefusedError{Reason: join.NotLeader, Text: "another node leads", Leader: c.leader}
	}
	if c.down > 0 {
		c.down--
		return nil, errors.New("no node leads at the moment")
	}
	return c.tokens[id], nil
}

func (c *cluster) Admit(_ context.Context, token string, node *binderyv1.Node) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := join.Check(c.tokens[token], node.GetId(), time.Now()); err != nil {
		return err
	}
	if id, taken := c.nodes[node.GetName()]; taken && id != node.GetId() {
		return &join.RefusedError{Reason: join.NameTaken, Text: "another node has that name"}
	}
	c.tokens[token], c.nodes[node.GetName()] = join.Use(c.tokens[token], node.GetId()), node.GetId()
	return nil
}

func (c *cluster) Welcome(_ context.Context, answer *binderyv1.JoinResponse) error {
	answer.GossipKeys, answer.Servers = [][]byte{bytes.Repeat([]byte("k"), 32)}, []string{"s1:7480"}
	return nil
}

// newCluster serves joins at an address.
func newCluster(t *testing.T, n *network, name, address string) *cluster {
	t.Helper()
	ca, err := identity.NewAuthority(name, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{t: t, net: n, ca: ca, tokens: map[string]*binderyv1.JoinToken{}, nodes: map[string]string{}}
	c.serve(address, ca)
	return c
}

// serve serves at another address, too. The server's certificate is one that signer made.
func (c *cluster) serve(address string, signer *identity.Authority) {
	c.t.Helper()
	name, _ := identity.ClusterOf(signer.Pair.Cert)
	pair, err := signer.Issue(identity.Identity{Cluster: name, Kind: identity.Node, Name: "s1"}, time.Now())
	if err != nil {
		c.t.Fatal(err)
	}
	own, err := identity.Fixed(pair)
	if err != nil {
		c.t.Fatal(err)
	}
	config, err := identity.Peer{Own: own, CA: c.ca.Pair.Cert}.Anonymous(join.Protocol)
	if err != nil {
		c.t.Fatal(err)
	}
	l := &listener{conns: make(chan net.Conn), closed: make(chan struct{}), config: config}
	c.net.mu.Lock()
	c.net.hosts[address] = l
	c.net.mu.Unlock()
	server := join.NewServer(join.ServerOptions{Registry: c, Authority: c.ca}).GRPC()
	go func() { _ = server.Serve(l) }()
	c.t.Cleanup(server.Stop)
}

func (c *cluster) token(life time.Duration, uses int) join.Token {
	c.t.Helper()
	print, err := identity.Fingerprint(c.ca.Pair.Cert)
	if err != nil {
		c.t.Fatal(err)
	}
	token, err := join.New(print, time.Now().Add(life), uses, time.Now())
	if err != nil {
		c.t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tokens[token.ID] = token.Record("ann", time.Now())
	return token
}

func options(n *network, token join.Token, id string, servers ...string) join.Options {
	return join.Options{
		Servers: servers, Token: token, Dial: n.dial,
		Node: &binderyv1.Node{Id: strings.Repeat(id, 16), Name: "n" + id, ClusterAddress: "10.0.0.2:7480"},
	}
}

func bubble(t *testing.T, f func(t *testing.T, n *network, c *cluster)) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{hosts: map[string]*listener{}}
		f(t, n, newCluster(t, n, "one", "s1:7480"))
	})
}

func TestANodeJoins(t *testing.T) {
	bubble(t, func(t *testing.T, n *network, c *cluster) {
		j, err := join.Join(t.Context(), options(n, c.token(time.Hour, 1), "2", "s1:7480"))
		if err != nil {
			t.Fatal(err)
		}
		cert, err := j.Pair.TLS()
		if err != nil {
			t.Fatal(err)
		}
		who, err := identity.Of(cert.Leaf)
		if err != nil || who != (identity.Identity{Cluster: "one", Kind: identity.Node, Name: "n2"}) {
			t.Errorf("the certificate is for %v, %v", who, err)
		}
		if j.Cluster != "one" || !bytes.Equal(j.Authority, c.ca.Pair.Cert) || len(j.GossipKeys) != 1 || !slices.Equal(j.Servers, []string{"s1:7480"}) {
			t.Errorf("%+v", j)
		}
	})
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(c *cluster, token *join.Token, o *join.Options)
		want   binderyv1.JoinReason
	}{
		{"a wrong secret", func(_ *cluster, _ *join.Token, o *join.Options) { o.Token.Secret[0]++ }, join.UnknownToken},
		{"an unknown token", func(_ *cluster, _ *join.Token, o *join.Options) { o.Token.ID = "0123456789abcdef" }, join.UnknownToken},
		{"an expired token", func(*cluster, *join.Token, *join.Options) { time.Sleep(time.Hour) }, join.Expired},
		{"a revoked token", func(c *cluster, token *join.Token, _ *join.Options) {
			r := proto.CloneOf(c.tokens[token.ID])
			r.Revoked = true
			c.tokens[token.ID] = r
		}, join.Revoked},
		{"a used token", func(c *cluster, token *join.Token, _ *join.Options) {
			c.tokens[token.ID] = join.Use(c.tokens[token.ID], "another")
		}, join.UsedUp},
		{"a name that is taken", func(c *cluster, _ *join.Token, _ *join.Options) { c.nodes["n2"] = "another" }, join.NameTaken},
		{"a name that can't be", func(_ *cluster, _ *join.Token, o *join.Options) { o.Node.Name = "a/b" }, join.Invalid},
		{"an identity that can't be", func(_ *cluster, _ *join.Token, o *join.Options) { o.Node.Id = "2" }, join.Invalid},
		{"an address that can't be", func(_ *cluster, _ *join.Token, o *join.Options) { o.Node.PeerAddress = "2" }, join.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, n *network, cl *cluster) {
				token := cl.token(time.Hour, 1)
				o := options(n, token, "2", "s1:7480")
				c.change(cl, &token, &o)
				_, err := join.Join(t.Context(), o)
				var refused *join.RefusedError
				if !errors.As(err, &refused) || refused.Reason != c.want {
					t.Errorf("%v", err)
				}
				if n.dials != 1 {
					t.Errorf("it was tried %d times", n.dials)
				}
			})
		})
	}
}

// The token's secret is said to nobody but a node of the cluster that made the token.
func TestOtherClustersLearnNothing(t *testing.T) {
	bubble(t, func(t *testing.T, n *network, c *cluster) {
		other := newCluster(t, n, "one", "other:7480") // it even calls itself the same
		c.serve("impostor:7480", other.ca)             // it shows the right authority, which has not signed it
		token := c.token(time.Hour, 1)
		for _, server := range []string{"other:7480", "impostor:7480"} {
			_, err := join.Join(t.Context(), options(n, token, "2", server))
			var wrong *join.AuthorityError
			if !errors.As(err, &wrong) || wrong.Server != server {
				t.Errorf("%s: %v", server, err)
			}
		}
		if len(c.nodes)+len(other.nodes) > 0 {
			t.Error("somebody was let in")
		}
		// One that can be believed is enough.
		if _, err := join.Join(t.Context(), options(n, token, "2", "other:7480", "s1:7480")); err != nil {
			t.Error(err)
		}
	})
}

func TestWhatPassesIsTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, n *network, c *cluster) {
		c.down = 3
		o := options(n, c.token(time.Hour, 1), "2", "gone:7480", "s1:7480")
		var waits []time.Duration
		o.Told = func(_ error, wait time.Duration) { waits = append(waits, wait) }
		if _, err := join.Join(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if len(waits) != 3 {
			t.Fatalf("waited %v", waits)
		}
		for i, w := range waits {
			if most := 200 * time.Millisecond << i; w < most/2 || w > most {
				t.Errorf("wait %d was %v", i, w)
			}
		}
	})
}

func TestPatienceEnds(t *testing.T) {
	bubble(t, func(t *testing.T, n *network, c *cluster) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		_, err := join.Join(ctx, options(n, c.token(time.Hour, 1), "2", "gone:7480"))
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "reach gone:7480") || time.Since(began) != time.Minute {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if n.dials < 12 || n.dials > 40 {
			t.Errorf("it was tried %d times", n.dials)
		}
	})
}

func TestTheLeaderIsFound(t *testing.T) {
	bubble(t, func(t *testing.T, n *network, c *cluster) {
		c.leader = "leader:7480"
		leader := &cluster{t: t, net: n, ca: c.ca, tokens: c.tokens, nodes: c.nodes}
		leader.serve("leader:7480", c.ca)
		if _, err := join.Join(t.Context(), options(n, c.token(time.Hour, 1), "2", "s1:7480")); err != nil {
			t.Error(err)
		}
		if n.dials != 2 {
			t.Errorf("%d dials", n.dials)
		}
	})
}

func TestALostAnswerTakesNoFurtherUse(t *testing.T) {
	bubble(t, func(t *testing.T, n *network, c *cluster) {
		token := c.token(time.Hour, 1)
		for range 3 {
			if _, err := join.Join(t.Context(), options(n, token, "2", "s1:7480")); err != nil {
				t.Fatal(err)
			}
		}
		var refused *join.RefusedError
		if _, err := join.Join(t.Context(), options(n, token, "3", "s1:7480")); !errors.As(err, &refused) || refused.Reason != join.UsedUp {
			t.Error(err)
		}
	})
}

func TestGuessingIsSlow(t *testing.T) {
	bubble(t, func(t *testing.T, n *network, c *cluster) {
		token := c.token(time.Hour, 1)
		began := time.Now()
		for range 12 {
			o := options(n, token, "2", "s1:7480")
			o.Token.Secret[3]++
			var refused *join.RefusedError
			if _, err := join.Join(t.Context(), o); !errors.As(err, &refused) || refused.Reason != join.UnknownToken {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took < 5*time.Second {
			t.Errorf("12 guesses took %v", took)
		}
	})
}

// Random bytes, and TLS of other versions and protocols, get no answer; what does not belong here is not served.
func TestStrangers(t *testing.T) {
	bubble(t, func(t *testing.T, n *network, c *cluster) {
		raw, err := n.dial(t.Context(), "tcp", "s1:7480")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = raw.Write([]byte("GET / HTTP/1.1\r\n\r\n"))
		_ = raw.Close()
		for name, config := range map[string]*tls.Config{
			"TLS 1.2":          {MaxVersion: tls.VersionTLS12, InsecureSkipVerify: true, NextProtos: []string{join.Protocol}},
			"another protocol": {InsecureSkipVerify: true, NextProtos: []string{"h2"}},
		} {
			raw, err := n.dial(t.Context(), "tcp", "s1:7480")
			if err != nil {
				t.Fatal(err)
			}
			if err := tls.Client(raw, config).Handshake(); err == nil {
				t.Errorf("%s is spoken", name)
			}
			_ = raw.Close()
		}
		if _, err := join.Join(t.Context(), options(n, c.token(time.Hour, 1), "2", "s1:7480")); err != nil {
			t.Error(err)
		}
	})
}
