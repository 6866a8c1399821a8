package daemon

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpccredentials "google.golang.org/grpc/credentials"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/control"
	"github.com/bindery/bindery/node/identity"
	"github.com/bindery/bindery/node/seal"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// uplink is how a node that has joined follows the cluster: it keeps one stream of assignments from the server that leads, says over the same
// connection what it is at, and fetches what it lacks. While no server can be reached the node serves what it has.
type uplink struct {
	n   *node
	key []byte // under which secrets come, made for this process
	log *slog.Logger

	wake chan struct{}

	mu       sync.Mutex
	conn     *grpc.ClientConn         // guarded by mu: nil while there is none
	reported *binderyv1.ReportRequest // guarded by mu: the last
	changed  chan struct{}            // guarded by mu: closed when conn changes
	servers  []string                 // guarded by mu
}

// Pauses between attempts to reach a server.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 2 * time.Second
)

// openMember opens what a node has that joined.
func (n *node) openMember() (err error) {
	if n.bundles, err = bundles.Open(n.bundlesDir()); err != nil {
		return err
	}
	n.uplink = &uplink{n: n, key: make([]byte, seal.KeySize), log: n.o.Logger, servers: n.record.Servers, wake: make(chan struct{}, 1), changed: make(chan struct{})}
	_, _ = rand.Read(n.uplink.key) // never fails
	if n.key, err = seal.New(n.uplink.key); err != nil {
		return err
	}
	n.server = control.NewMemberServer()
	return nil
}

// run follows until ctx ends.
func (u *uplink) run(ctx context.Context) {
	pause := firstPause
	said := ""
	for ctx.Err() == nil {
		var err error
		for _, server := range withAll(u.known(), u.n.o.Join) {
			began := time.Now()
			fault := u.follow(ctx, server)
			if ctx.Err() != nil {
				return
			}
			if time.Since(began) > lastPause {
				pause, said = firstPause, "" // it was followed for a while
			}
			if err == nil || status.Code(fault) == codes.PermissionDenied {
				err = fmt.Errorf("follow %s: %w", server, fault)
			}
		}
		if err != nil && err.Error() != said {
			said = err.Error()
			u.log.Warn("no server leads the node; it serves what it has, and tries again", "error", err)
		}
		select {
		case <-time.After(pause/2 + mathrand.N(pause/2+1)):
		case <-ctx.Done():
		}
		pause = min(2*pause, lastPause)
	}
}

// follow follows one server until that ends. Its error is never nil.
func (u *uplink) follow(ctx context.Context, server string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	config, err := u.n.creds.peer().Client(protoGRPC)
	if err != nil {
		return err
	}
	conn, err := grpc.NewClient("passthrough:///"+server,
		grpc.WithTransportCredentials(grpccredentials.NewTLS(config)), grpc.WithDisableServiceConfig(), grpc.WithDisableRetry(),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAssignments)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}),
	)
	if err != nil {
		return err
	}
	defer conn.Close()
	stream, err := binderyv1.NewPlacementServiceClient(conn).FollowAssignments(ctx, &binderyv1.FollowAssignmentsRequest{
		NodeId: u.n.record.ID, Key: u.key,
	})
	if err != nil {
		return err
	}
	var reporting sync.WaitGroup
	defer reporting.Wait()
	defer cancel()
	defer u.use(nil)
	for first := true; ; first = false {
		answer, err := stream.Recv()
		if err != nil {
			return err
		}
		if first {
			u.use(conn)
			u.log.Info("the node follows a server", "server", server)
			u.n.server.Health.SetServingStatus("", healthv1.HealthCheckResponse_SERVING)
			reporting.Go(func() {
				defer cancel() // who can't be told anything is not followed
				u.reports(ctx, conn)
			})
		}
		u.learn(answer.GetServers())
		u.n.talk.speak(answer.GetGossipKeys(), answer.GetGossip())
		u.n.agent.Assign(answer.GetAssignments())
	}
}

// maxAssignments is how large assignments may be: thousands of Workers with their vars.
const maxAssignments = 256 << 20

// use notes the connection to the server that is followed, nil if there is none.
func (u *uplink) use(conn *grpc.ClientConn) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.conn = conn
	close(u.changed)
	u.changed = make(chan struct{})
}

// connected gives the connection to the server that is followed, and waits until there is one.
func (u *uplink) connected(ctx context.Context) (*grpc.ClientConn, error) {
	for {
		u.mu.Lock()
		conn, changed := u.conn, u.changed
		u.mu.Unlock()
		if conn != nil {
			return conn, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (u *uplink) known() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.servers
}

// learn keeps where the servers are.
func (u *uplink) learn(servers []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(servers) == 0 || slices.Equal(servers, u.servers) {
		return
	}
	u.servers = servers
	select {
	case <-u.n.learned: // it was not kept yet, and is old
	default:
	}
	u.n.learned <- servers // nobody else sends
}

// report has the server told what the node is at.
func (u *uplink) report(r *binderyv1.ReportRequest) {
	u.mu.Lock()
	u.reported = r
	u.mu.Unlock()
	select {
	case u.wake <- struct{}{}:
	default:
	}
}

// reports tells the server what the node is at, at once and whenever it changes, until ctx ends or it can't be told.
func (u *uplink) reports(ctx context.Context, conn *grpc.ClientConn) {
	for {
		u.mu.Lock()
		r := u.reported
		u.mu.Unlock()
		if r != nil {
			call, cancel := context.WithTimeout(ctx, reportTimeout)
			_, err := binderyv1.NewPlacementServiceClient(conn).Report(call, r)
			cancel()
			if err != nil {
				if ctx.Err() == nil {
					u.log.Warn("tell the server what the node is at", "error", err)
				}
				return
			}
		}
		select {
		case <-u.wake:
		case <-ctx.Done():
			return
		}
	}
}

// Times of calls to the server.
const (
	reportTimeout = 10 * time.Second
	fetchTimeout  = 2 * time.Minute
)

// fetch gets a bundle from the server that is followed.
func (n *node) fetch(ctx context.Context, hash string) error {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	conn, err := n.uplink.connected(ctx)
	if err != nil {
		return fmt.Errorf("fetch bundle %.12s: no server can be reached: %w", hash, err)
	}
	stream, err := binderyv1.NewPlacementServiceClient(conn).FetchBundle(ctx, &binderyv1.FetchBundleRequest{Bundle: hash})
	if err != nil {
		return fmt.Errorf("fetch bundle %.12s: %w", hash, err)
	}
	return n.bundles.Put(hash, &fetchReader{stream: stream})
}

// fetchReader reads the pieces of a bundle.
type fetchReader struct {
	stream grpc.ServerStreamingClient[binderyv1.FetchBundleResponse]
	piece  []byte
}

func (f *fetchReader) Read(p []byte) (int, error) {
	for len(f.piece) == 0 {
		m, err := f.stream.Recv()
		if errors.Is(err, io.EOF) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, fmt.Errorf("fetch: %w", err)
		}
		f.piece = m.GetData()
	}
	n := copy(p, f.piece)
	f.piece = f.piece[n:]
	return n, nil
}

// renew gets a new certificate.
func (u *uplink) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reportTimeout)
	defer cancel()
	conn, err := u.connected(ctx)
	if err != nil {
		return err
	}
	key, request, err := identity.NewRequest()
	if err != nil {
		return err
	}
	answer, err := binderyv1.NewCertificateServiceClient(conn).RenewCertificate(ctx, &binderyv1.RenewCertificateRequest{CertificateRequest: request})
	if err != nil {
		return err
	}
	pair := identity.Pair{Cert: answer.GetCertificate(), Key: key}
	if err := u.n.creds.take(pair); err != nil {
		return err
	}
	return writePair(filepath.Join(u.n.o.Data, "certs"), "node", pair)
}
