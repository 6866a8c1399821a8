package join

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"github.com/bindery/bindery/node/identity"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Registry is the cluster, as far as joining is concerned. Its methods are called from any goroutine.
type Registry interface {
	// Token gives the latest record of a token, nil if there is none. Errors: *RefusedError with NotLeader; what may pass.
	Token(ctx context.Context, id string) (*binderyv1.JoinToken, error)
	// Admit takes a use of the token and notes the node, in one step, if Check still agrees and the name is free. Errors: *RefusedError; what may
	// pass.
	Admit(ctx context.Context, token string, node *binderyv1.Node) error
	// Welcome fills in the gossip keys and addresses of an answer.
	Welcome(ctx context.Context, answer *binderyv1.JoinResponse) error
}

// ServerOptions are what a Server needs.
type ServerOptions struct {
	Registry  Registry
	Authority *identity.Authority
	// Now is the clock; nil is time.Now.
	Now    func() time.Time
	Logger *slog.Logger
}

// Server implements binderyv1.JoinServiceServer.
type Server struct {
	binderyv1.UnimplementedJoinServiceServer
	o     ServerOptions
	limit limiter
}

// NewServer makes a Server.
func NewServer(o ServerOptions) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Server{o: o}
}

// Bounds of what strangers can make the server do.
const (
	maxRequestBytes = 64 << 10
	maxStreams      = 4 // of one connection
	maxIdle         = 10 * time.Second
	maxAge          = time.Minute
)

// GRPC makes a server that serves the JoinService and nothing else. It is given *tls.Conn after their handshakes, by a listener of the caller's whose TLS
// settings are those of [identity.Peer.Anonymous] for Protocol.
func (s *Server) GRPC() *grpc.Server {
	g := grpc.NewServer(
		grpc.Creds(shaken{}), grpc.MaxRecvMsgSize(maxRequestBytes), grpc.MaxConcurrentStreams(maxStreams), grpc.ConnectionTimeout(maxIdle),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: maxIdle, MaxConnectionAge: maxAge, MaxConnectionAgeGrace: maxIdle}),
		grpc.UnaryInterceptor(func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (answer any, err error) {
			defer func() {
				if x := recover(); x != nil {
					s.o.Logger.Error("a call to join panicked", "panic", x, "stack", string(debug.Stack()))
					err = status.Error(codes.Internal, "internal error, see the node's log")
				}
			}()
			return handle(ctx, req)
		}),
	)
	binderyv1.RegisterJoinServiceServer(g, s)
	return g
}

// Join implements binderyv1.JoinServiceServer.
func (s *Server) Join(ctx context.Context, r *binderyv1.JoinRequest) (*binderyv1.JoinResponse, error) {
	from := host(ctx)
	if wait := s.limit.allow(from, s.o.Now()); wait > 0 {
		return nil, refusal(&RefusedError{
			Reason: TooMany, Wait: wait, Text: fmt.Sprintf("too many attempts to join failed: wait %v", wait.Round(time.Second/10)),
		})
	}
	answer, err := s.join(ctx, r)
	if err == nil {
		s.o.Logger.Info("a node joined", "node", r.GetNode().GetName(), "id", r.GetNode().GetId(), "token", r.GetTokenId(), "from", from)
		return answer, nil
	}
	var refused *RefusedError
	if !errors.As(err, &refused) {
		if _, ok := status.FromError(err); ok {
			return nil, err
		}
		return nil, status.Error(codes.Unavailable, err.Error()) // it may pass
	}
	if !refused.passes() {
		s.limit.failed(from, s.o.Now())
		s.o.Logger.Warn("a node was not let in", "reason", refused.Text, "name", clip(r.GetNode().GetName()), "token", clip(r.GetTokenId()), "from", from)
	}
	return nil, refusal(refused)
}

func (s *Server) join(ctx context.Context, r *binderyv1.JoinRequest) (*binderyv1.JoinResponse, error) {
	if err := checkRequest(r); err != nil {
		return nil, err
	}
	token, err := s.o.Registry.Token(ctx, r.GetTokenId())
	if err != nil {
		return nil, err
	}
	if err := CheckSecret(token, r.GetSecret()); err != nil {
		return nil, err
	}
	now := s.o.Now()
	if err := Check(token, r.GetNode().GetId(), now); err != nil {
		return nil, err
	}
	if err := identity.CheckRequest(r.GetCertificateRequest()); err != nil {
		return nil, refuse(Invalid, "%v", err)
	}
	if err := s.o.Registry.Admit(ctx, r.GetTokenId(), r.GetNode()); err != nil {
		return nil, err
	}
	cluster, err := identity.ClusterOf(s.o.Authority.Pair.Cert)
	if err != nil {
		return nil, err
	}
	answer := &binderyv1.JoinResponse{ClusterId: cluster, Authority: s.o.Authority.Pair.Cert}
	who := identity.Identity{Cluster: cluster, Kind: identity.Node, Name: r.GetNode().GetName()}
	if answer.Certificate, err = s.o.Authority.Certify(who, r.GetCertificateRequest(), now); err != nil {
		return nil, err
	}
	return answer, s.o.Registry.Welcome(ctx, answer)
}

// checkRequest looks at a request by itself. Errors: *RefusedError.
func checkRequest(r *binderyv1.JoinRequest) error {
	n := r.GetNode()
	switch {
	case !IsID(r.GetTokenId()):
		return refuse(Invalid, "token_id is not 16 lower-case hexadecimal digits")
	case !IsID(n.GetId()):
		return refuse(Invalid, "node.id is not 16 lower-case hexadecimal digits")
	case !identity.ValidName(n.GetName()):
		return refuse(Invalid, "node.name has letters, digits, dots, dashes and underscores, 63 at most")
	}
	for _, a := range []struct{ what, address string }{
		{"cluster", n.GetClusterAddress()}, {"http", n.GetHttpAddress()}, {"peer", n.GetPeerAddress()}, {"gossip", n.GetGossipAddress()},
	} {
		if _, _, err := net.SplitHostPort(a.address); a.address != "" && err != nil || len(a.address) > 300 {
			return refuse(Invalid, "node.%s_address is no host:port", a.what)
		}
	}
	return nil
}

// refusal is a RefusedError on its way.
func refusal(e *RefusedError) error {
	code := codes.PermissionDenied
	switch e.Reason {
	case Invalid:
		code = codes.InvalidArgument
	case NameTaken:
		code = codes.AlreadyExists
	case TooMany:
		code = codes.ResourceExhausted
	case NotLeader:
		code = codes.Unavailable
	}
	st := status.New(code, e.Text)
	if with, err := st.WithDetails(&binderyv1.JoinRefusal{Reason: e.Reason, Leader: e.Leader, WaitMs: e.Wait.Milliseconds()}); err == nil {
		st = with
	}
	return st.Err()
}

// refused reads what refusal wrote, nil if it is none.
func refused(err error) *RefusedError {
	st := status.Convert(err)
	for _, d := range st.Details() {
		if r, ok := d.(*binderyv1.JoinRefusal); ok {
			return &RefusedError{
				Reason: r.GetReason(), Text: st.Message(), Leader: r.GetLeader(), Wait: time.Duration(r.GetWaitMs()) * time.Millisecond,
			}
		}
	}
	return nil
}

// host is the address that calls, without its port.
func host(ctx context.Context) string {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return ""
	}
	h, _, err := net.SplitHostPort(p.Addr.String())
	if err != nil {
		return p.Addr.String()
	}
	return h
}

// clip shortens what a stranger says of himself.
func clip(s string) string {
	if len(s) > 80 {
		return s[:80]
	}
	return s
}
