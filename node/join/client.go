package join

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bindery/bindery/node/identity"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Protocol is how joining is told from other traffic on a cluster's port, by ALPN.
const Protocol = "bindery-join/1"

// Options of a join.
type Options struct {
	// Servers are where to ask, host:port of --cluster ports. One that answers is enough.
	Servers []string
	Token   Token
	// Node is the node: id and name at least.
	Node *binderyv1.Node
	// Dial connects; nil is by TCP.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Now is the clock by which certificates are judged; nil is time.Now.
	Now func() time.Time
	// Told hears of each attempt that failed and how long it is until the next one. May be nil.
	Told func(err error, wait time.Duration)
}

// Joined is what a node has after it joined.
type Joined struct {
	Cluster    string
	Pair       identity.Pair // the node's certificate and key
	Authority  []byte        // the cluster's certificate, PEM
	GossipKeys [][]byte
	Servers    []string // addresses of the servers
	Gossip     []string // addresses of the nodes' gossip
}

// Pauses between attempts.
const (
	firstPause = 200 * time.Millisecond
	lastPause  = 5 * time.Second
)

// attemptTimeout is how long one attempt may take.
const attemptTimeout = 15 * time.Second

// AuthorityError says that who answers is not of the cluster that the token is for, or has no good certificate.
type AuthorityError struct {
	Server string
	Err    error
}

func (e *AuthorityError) Error() string {
	return fmt.Sprintf("%s can't be believed: %v", e.Server, e.Err)
}

// Unwrap gives the cause.
func (e *AuthorityError) Unwrap() error { return e.Err }

// Join makes the node one of the cluster's. It tries until it succeeds, is refused for good, or ctx ends. Errors: *RefusedError; *AuthorityError if no server
// could be believed and none was out of reach; the last attempt's, with that of ctx.
func Join(ctx context.Context, o Options) (*Joined, error) {
	key, request, err := identity.NewRequest()
	if err != nil {
		return nil, err
	}
	r := &binderyv1.JoinRequest{TokenId: o.Token.ID, Secret: o.Token.Secret[:], CertificateRequest: request, Node: o.Node}
	servers := slices.Clone(o.Servers)
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		answer, err := o.round(ctx, &servers, r)
		if err == nil {
			return joined(answer, key, o)
		}
		var refused *RefusedError
		var authority *AuthorityError
		wait := pause/2 + rand.N(pause/2+1)
		switch {
		case errors.As(err, &refused) && !refused.passes():
			return nil, fmt.Errorf("join the cluster: %w", refused)
		case errors.As(err, &refused):
			wait = max(wait, refused.Wait)
		case errors.As(err, &authority):
			return nil, fmt.Errorf("join the cluster: %w", authority)
		}
		if o.Told != nil && ctx.Err() == nil {
			o.Told(err, wait)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, fmt.Errorf("join the cluster: %w (%w)", context.Cause(ctx), err)
		}
	}
}

// round asks each server once, until one lets the node in or refuses it for good. An error that may pass counts for more than one of who can't be believed.
func (o Options) round(ctx context.Context, servers *[]string, r *binderyv1.JoinRequest) (answer *binderyv1.JoinResponse, err error) {
	if len(*servers) == 0 {
		return nil, errors.New("no server is known")
	}
	for i := 0; i < len(*servers); i++ {
		server := (*servers)[i]
		answer, fault := o.attempt(ctx, server, r)
		if fault == nil {
			return answer, nil
		}
		var refused *RefusedError
		if errors.As(fault, &refused) {
			if !refused.passes() {
				return nil, fault
			}
			if refused.Leader != "" && !slices.Contains(*servers, refused.Leader) && len(*servers) < 16 {
				*servers = append(*servers, refused.Leader) // it is asked in this round
			}
		}
		var authority *AuthorityError
		if err == nil || errors.As(err, &authority) {
			err = fault
		}
	}
	return nil, err
}

// attempt asks one server.
func (o Options) attempt(ctx context.Context, server string, r *binderyv1.JoinRequest) (*binderyv1.JoinResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	c, err := o.dial(ctx, server)
	if err != nil {
		return nil, err
	}
	connected := make(chan net.Conn, 1)
	connected <- c
	conn, err := grpc.NewClient("passthrough:///"+server,
		grpc.WithTransportCredentials(shaken{}), grpc.WithDisableServiceConfig(), grpc.WithDisableRetry(),
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) {
			select {
			case c := <-connected:
				return c, nil
			default:
				return nil, errors.New("the connection was lost") // each is shaken by hand, once
			}
		}))
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	defer conn.Close()
	answer, err := binderyv1.NewJoinServiceClient(conn).Join(ctx, r)
	_ = c.Close()
	if err == nil {
		return answer, nil
	}
	if why := refused(err); why != nil {
		return nil, why
	}
	if st := status.Convert(err); st.Code() == codes.Unimplemented {
		return nil, refuse(Invalid, "%s lets nobody join: it runs an older program", server)
	}
	return nil, fmt.Errorf("ask %s: %s", server, status.Convert(err).Message())
}

// dial connects to a server and sees who it is. Errors: *AuthorityError.
func (o Options) dial(ctx context.Context, server string) (*tls.Conn, error) {
	dial := o.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	raw, err := dial(ctx, "tcp", server)
	if err != nil {
		return nil, fmt.Errorf("reach %s: %w", server, err)
	}
	c := tls.Client(raw, identity.Pinned(o.Token.Authority, o.Now, Protocol))
	if err := c.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		if believable(err) {
			return nil, fmt.Errorf("reach %s: %w", server, err)
		}
		return nil, &AuthorityError{Server: server, Err: err}
	}
	return c, nil
}

// believable reports whether a handshake failed for a reason that says nothing of who answers.
func believable(err error) bool {
	var op *net.OpError
	var alert tls.AlertError
	var other tls.RecordHeaderError
	if errors.As(err, &alert) || errors.As(err, &other) {
		return false
	}
	if errors.As(err, &op) {
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, io.EOF)
}

// joined reads an answer.
func joined(answer *binderyv1.JoinResponse, key []byte, o Options) (*Joined, error) {
	j := &Joined{
		Cluster: answer.GetClusterId(), Authority: answer.GetAuthority(), GossipKeys: answer.GetGossipKeys(),
		Pair:    identity.Pair{Cert: answer.GetCertificate(), Key: key},
		Servers: answer.GetServers(), Gossip: answer.GetGossip(),
	}
	cert, err := j.Pair.TLS()
	if err != nil {
		return nil, fmt.Errorf("join the cluster: the answer: %w", err)
	}
	print, err := identity.Fingerprint(j.Authority)
	if err != nil || print != o.Token.Authority {
		return nil, fmt.Errorf("join the cluster: the answer has another authority than the token: %w", errors.Join(identity.ErrOtherAuthority, err))
	}
	who, err := identity.Of(cert.Leaf)
	if err != nil {
		return nil, fmt.Errorf("join the cluster: the answer: %w", err)
	}
	if want := (identity.Identity{Cluster: j.Cluster, Kind: identity.Node, Name: o.Node.GetName()}); who != want {
		return nil, fmt.Errorf("join the cluster: the answer's certificate is for %v of cluster %s, and not for %v", who, who.Cluster, want)
	}
	return j, nil
}
