package control

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/bindery/bindery/node/identity"
	"github.com/bindery/bindery/node/traffic"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Limits of the server.
const (
	maxRequestBytes = 16 << 20 // a release of thousands of Workers
	maxStreams      = 256      // of one connection
	unaryTimeout    = time.Minute
	greetTimeout    = 10 * time.Second // from the end of the handshake to the first frames of HTTP/2
)

// Server serves the services, health and reflection to connections that have shaken hands.
type Server struct {
	GRPC   *grpc.Server
	Health *health.Server
	s      *Service
}

// NewServer makes a server of s. It is given *tls.Conn after their handshakes, by a listener of the caller's.
func NewServer(s *Service) *Server {
	v := &Server{s: s, Health: health.NewServer()}
	v.GRPC = grpc.NewServer(
		grpc.Creds(shaken{}), grpc.StatsHandler(&traffic.Process),
		grpc.MaxRecvMsgSize(maxRequestBytes), grpc.MaxConcurrentStreams(maxStreams), grpc.ConnectionTimeout(greetTimeout),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
		grpc.UnaryInterceptor(v.unary), grpc.StreamInterceptor(v.stream),
	)
	binderyv1.RegisterDeploymentServiceServer(v.GRPC, s)
	binderyv1.RegisterClusterServiceServer(v.GRPC, s)
	binderyv1.RegisterPlacementServiceServer(v.GRPC, s)
	binderyv1.RegisterTokenServiceServer(v.GRPC, s)
	binderyv1.RegisterCertificateServiceServer(v.GRPC, s)
	healthv1.RegisterHealthServer(v.GRPC, v.Health)
	reflection.Register(v.GRPC)
	return v
}

// NewMemberServer makes a Server for a node that keeps no state: it serves health and nothing else.
func NewMemberServer() *Server {
	v := &Server{Health: health.NewServer()}
	v.GRPC = grpc.NewServer(
		grpc.Creds(shaken{}), grpc.MaxConcurrentStreams(maxStreams), grpc.ConnectionTimeout(greetTimeout),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
		grpc.UnknownServiceHandler(func(any, grpc.ServerStream) error {
			return status.Error(codes.Unavailable, "this node keeps no state of the cluster: ask one of its servers")
		}),
	)
	healthv1.RegisterHealthServer(v.GRPC, v.Health)
	return v
}

// Stop refuses new calls and waits for those under way, until ctx ends.
func (v *Server) Stop(ctx context.Context) {
	v.Health.Shutdown()
	done := make(chan struct{})
	go func() {
		defer close(done)
		v.GRPC.GracefulStop()
	}()
	select {
	case <-done:
	case <-ctx.Done():
		v.GRPC.Stop()
		<-done
	}
}

// shaken is the credentials of connections whose handshake is over.
type shaken struct{}

func (shaken) ServerHandshake(c net.Conn) (net.Conn, credentials.AuthInfo, error) {
	t, ok := c.(*tls.Conn)
	if !ok {
		return nil, nil, errors.New("the connection is not encrypted")
	}
	return c, credentials.TLSInfo{
		State: t.ConnectionState(), CommonAuthInfo: credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity},
	}, nil
}

func (shaken) ClientHandshake(context.Context, string, net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return nil, nil, errors.New("these are a server's credentials")
}

func (shaken) Info() credentials.ProtocolInfo {
	return credentials.ProtocolInfo{SecurityProtocol: "tls"}
}
func (s shaken) Clone() credentials.TransportCredentials { return s }
func (shaken) OverrideServerName(string) error           { return nil }

// Who gives the identity of the other end of a connection.
func Who(info credentials.AuthInfo) (identity.Identity, error) {
	t, ok := info.(credentials.TLSInfo)
	if !ok || len(t.State.PeerCertificates) == 0 {
		return identity.Identity{}, errors.New("the other end shows no certificate")
	}
	return identity.Of(t.State.PeerCertificates[0])
}

func (v *Server) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (answer any, err error) {
	defer v.rescue(info.FullMethod, &err)
	if err := mayCall(ctx, info.FullMethod); err != nil {
		return nil, err
	}
	if err := known(req); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, unaryTimeout)
	defer cancel()
	return handle(ctx, req)
}

func (v *Server) stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) (err error) {
	defer v.rescue(info.FullMethod, &err)
	ctx := ss.Context()
	if err := mayCall(ctx, info.FullMethod); err != nil {
		return err
	}
	if info.FullMethod == binderyv1.DeploymentService_Upload_FullMethodName {
		limited, cancel := context.WithTimeout(ctx, uploadTimeout)
		defer cancel()
		ctx = limited
	}
	return handle(srv, &checkedStream{ServerStream: ss, ctx: ctx})
}

// checkedStream refuses messages with fields that nobody knows.
type checkedStream struct {
	grpc.ServerStream
	ctx context.Context
}

func (c *checkedStream) Context() context.Context { return c.ctx }

// RecvMsg waits for a message, until the stream's own context ends too: a client that says nothing must not be waited for without end.
func (c *checkedStream) RecvMsg(m any) error {
	done := make(chan error, 1)
	go func() { done <- c.ServerStream.RecvMsg(m) }()
	select {
	case err := <-done:
		if err != nil {
			return err
		}
		return known(m)
	case <-c.ctx.Done():
		return status.FromContextError(c.ctx.Err()).Err() // the handler returns, which ends the other goroutine
	}
}

// rescue makes an error of a panic.
func (v *Server) rescue(method string, err *error) {
	if x := recover(); x != nil {
		v.s.o.Logger.Error("a call panicked", "method", method, "panic", x, "stack", string(debug.Stack()))
		*err = status.Errorf(codes.Internal, "%s: internal error, see the node's log", method)
	}
}

// callers are the services that one kind of identity only may call: nodes place, report and renew, and let nobody in.
var callers = map[string]identity.Kind{
	binderyv1.PlacementService_ServiceDesc.ServiceName:   identity.Node,
	binderyv1.CertificateService_ServiceDesc.ServiceName: identity.Node,
	binderyv1.TokenService_ServiceDesc.ServiceName:       identity.Client,
}

// mayCall sees that who calls is of the kind that may.
func mayCall(ctx context.Context, method string) error {
	service, _, _ := strings.Cut(strings.TrimPrefix(method, "/"), "/")
	kind, only := callers[service]
	if !only {
		return nil
	}
	who, err := callerIdentity(ctx)
	if err == nil && who.Kind != kind {
		err = fmt.Errorf("%s is for every %s, and the caller is %s", method, kind, who)
	}
	if err != nil {
		return status.Error(codes.PermissionDenied, err.Error())
	}
	return nil
}

// known refuses a message that has fields which this program does not know: what they ask for would silently not be done.
func known(m any) error {
	message, ok := m.(proto.Message)
	if !ok {
		return nil
	}
	if where := unknown(message.ProtoReflect()); where != "" {
		return invalid("%s is not known to this node: it speaks an older version of the protocol than you", where)
	}
	return nil
}

// unknown names the first field that is not known, "" if all are.
func unknown(m protoreflect.Message) (where string) {
	if b := m.GetUnknown(); len(b) > 0 {
		return fmt.Sprintf("field %d of %s", fieldNumber(b), m.Descriptor().FullName())
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.IsMap() && f.MapValue().Message() != nil:
			v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
				where = unknown(v.Message())
				return where == ""
			})
		case f.IsMap() || f.Message() == nil:
		case f.IsList():
			for i := 0; i < v.List().Len() && where == ""; i++ {
				where = unknown(v.List().Get(i).Message())
			}
		default:
			where = unknown(v.Message())
		}
		return where == ""
	})
	return where
}

func fieldNumber(raw protoreflect.RawFields) int {
	number, _, n := protowire.ConsumeTag(raw)
	if n < 0 {
		return 0
	}
	return int(number)
}

func callerIdentity(ctx context.Context) (identity.Identity, error) {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return identity.Identity{}, errors.New("nobody is known to call")
	}
	return Who(p.AuthInfo)
}
