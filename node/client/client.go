package client

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"math/big"
	"net"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
	"google.golang.org/grpc/status"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Options of a Client.
type Options struct {
	// Patience is how long a call is tried again while no node can be reached or another change came in between; 0 is DefaultPatience, negative
	// is never.
	Patience time.Duration
}

// DefaultPatience is how long a call is tried again.
const DefaultPatience = 15 * time.Second

// maxAnswer is how large an answer may be: lists of thousands of Workers.
const maxAnswer = 64 << 20

// Client calls a cluster. Its methods may be called from any goroutine.
type Client struct {
	binderyv1.DeploymentServiceClient
	Cluster binderyv1.ClusterServiceClient

	conn     *grpc.ClientConn
	context  *Context
	patience time.Duration
}

// New makes a client of the cluster that a context names. It connects with the first call. Close frees it.
func New(c *Context, o Options) (*Client, error) {
	p, err := c.Peer()
	if err != nil {
		return nil, err
	}
	config, err := p.Client("h2")
	if err != nil {
		return nil, fmt.Errorf("context %s: %w", c.Name, err)
	}
	addresses := resolver.State{}
	for _, s := range c.Servers {
		addresses.Addresses = append(addresses.Addresses, resolver.Address{Addr: s})
	}
	r := manual.NewBuilderWithScheme("bindery")
	r.InitialState(addresses)
	if o.Patience == 0 {
		o.Patience = DefaultPatience
	}
	cl := &Client{context: c, patience: o.Patience}
	cl.conn, err = grpc.NewClient("bindery:///"+c.Cluster,
		grpc.WithResolvers(r),
		grpc.WithTransportCredentials(&dialled{credentials.NewTLS(config)}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswer)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 20 * time.Second, Timeout: 10 * time.Second}),
		grpc.WithUnaryInterceptor(cl.again),
		grpc.WithDisableServiceConfig(),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 2, Jitter: 0.2, MaxDelay: time.Second},
			MinConnectTimeout: 5 * time.Second,
		}),
	)
	if err != nil {
		return nil, fmt.Errorf("context %s: %w", c.Name, err)
	}
	cl.DeploymentServiceClient = binderyv1.NewDeploymentServiceClient(cl.conn)
	cl.Cluster = binderyv1.NewClusterServiceClient(cl.conn)
	return cl, nil
}

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Conn is the connection, for other services that a node has, such as grpc.health.v1. Its unary calls are tried again as all are.
func (c *Client) Conn() *grpc.ClientConn { return c.conn }

// dialled keeps the reason why a node was not believed: gRPC would try for ever where trying again can't help.
type dialled struct {
	credentials.TransportCredentials
}

// NotTrustedError says that who answers at an address can't be believed, or does not believe us.
type NotTrustedError struct{ Err error }

func (e *NotTrustedError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *NotTrustedError) Unwrap() error { return e.Err }

// Temporary tells gRPC not to try again.
func (e *NotTrustedError) Temporary() bool { return false }

func (d *dialled) ClientHandshake(ctx context.Context, authority string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	c, info, err := d.TransportCredentials.ClientHandshake(ctx, authority, raw)
	var verify *tls.CertificateVerificationError
	var alert tls.AlertError
	if errors.As(err, &verify) || errors.As(err, &alert) {
		err = &NotTrustedError{Err: err}
	}
	return c, info, err
}

func (d *dialled) Clone() credentials.TransportCredentials {
	return &dialled{d.TransportCredentials.Clone()}
}

// again is every unary call: while its error may pass it is sent again, with the same request id.
func (c *Client) again(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	return c.retry(ctx, func(ctx context.Context) error { return invoke(ctx, method, req, reply, cc, opts...) })
}

// passes reports whether an error may be gone next time.
func passes(err error) bool {
	switch status.Code(err) {
	case codes.Unavailable, codes.Aborted:
		return true
	}
	return false
}

// retry calls until the error is one that stays, or patience ends.
func (c *Client) retry(ctx context.Context, call func(context.Context) error) error {
	deadline := time.Now().Add(c.patience)
	pause := 50 * time.Millisecond
	for {
		err := call(ctx)
		if err == nil || !passes(err) || time.Now().Add(pause).After(deadline) {
			return err
		}
		select {
		case <-time.After(jittered(pause)):
		case <-ctx.Done():
			return err
		}
		pause = min(2*pause, 2*time.Second)
	}
}

// jittered is between half of d and d.
func jittered(d time.Duration) time.Duration {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(d)/2+1))
	if err != nil {
		return d
	}
	return d/2 + time.Duration(n.Int64())
}

// NewRequestID makes an id for a change. Sent again with the same id it is carried out once.
func NewRequestID() string { return rand.Text() }

// Status asks for the status, and notes the addresses of the cluster's servers in its context. The second result says that these are others than
// it had: write it where it came from.
func (c *Client) Status(ctx context.Context) (*binderyv1.GetStatusResponse, bool, error) {
	s, err := c.Cluster.GetStatus(ctx, &binderyv1.GetStatusRequest{})
	if err != nil {
		return nil, false, err
	}
	var addresses []string
	for _, n := range s.GetNodes() {
		if n.GetServer() {
			addresses = append(addresses, n.GetClusterAddress())
		}
	}
	slices.Sort(addresses)
	return s, c.context.learn(addresses), nil
}

// Faults are those in an error's details, nil if it has none.
func Faults(err error) []*binderyv1.Fault {
	for _, d := range status.Convert(err).Details() {
		if f, ok := d.(*binderyv1.Faults); ok {
			return f.GetFaults()
		}
	}
	return nil
}
