package dataplane

import (
	"context"
	"errors"
	"fmt"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/generation"
	"github.com/bindery/bindery/node/ingress"
	"github.com/bindery/bindery/node/poison"
	"github.com/bindery/bindery/node/traffic"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/fetch/outbound"
)

// drainTime is how long requests may go on where nobody says.
const drainTime = 10 * time.Second

// maxMessage bounds a Load: ten thousand Workers are some megabytes.
const maxMessage = 1 << 30

// Server is a data plane. Its methods may be called from any goroutine.
type Server struct {
	binderyv1.UnimplementedDataPlaneServiceServer

	settings Settings
	started  time.Time
	handler  *ingress.Handler
	http     *http.Server
	grpc     *grpc.Server
	service  net.Listener
	handover *handover
	incoming net.Listener // of HTTP
	table    *poison.Table
	guard    *runtime.Guard
	compiler *compiler.Compiler
	client   *outbound.Client
	outbound fetch.Outbound
	reporter Reporter
	close    func() // of the reporter
	requests atomic.Int64
	calls    atomic.Int64

	loading   sync.Mutex             // held by the one Load that is under way
	current   *generation.Generation // guarded by loading
	present   map[string]bool        // guarded by loading: bundles that were there
	elsewhere http.Handler           // guarded by loading: hands over to the data plane of suspects
	socket    string                 // guarded by loading: where that one listens

	mu      sync.Mutex
	index   uint64            // guarded by mu: what is served
	damaged map[string]string // guarded by mu: why bundles could not be read, by hash
	changed chan struct{}     // guarded by mu: closed when index or damaged changes
	accepts bool              // guarded by mu: HTTP is being accepted

	stopping sync.Once
	stopped  chan struct{} // closed when all is drained
	failed   chan error
}

// New makes a data plane of what l has, whose descriptors it takes. Serve runs it.
func New(l *Launch, h Hooks) (*Server, error) {
	s := &Server{
		settings: l.Settings, started: time.Now(), present: map[string]bool{}, damaged: map[string]string{},
		changed: make(chan struct{}), stopped: make(chan struct{}), failed: make(chan error, 2),
	}
	var err error
	if s.table, err = poison.OpenTable(l.Table); err != nil {
		return nil, err
	}
	files := map[string]*os.File{"http": nil, "table": l.Table}
	if files["http"], err = duplicate(l.HTTP); err != nil {
		return nil, err
	}
	if s.service, err = listener(l.GRPC, "service's"); err != nil {
		return nil, err
	}
	if s.incoming, err = listener(l.HTTP, "HTTP"); err != nil {
		return nil, err
	}
	sink := newSink(l.Log)
	if s.handover, err = newHandover(s, l.Handover, sink, files); err != nil {
		return nil, err
	}
	if h.Reporter == nil {
		h.Reporter = plainReporter
	}
	s.reporter, s.close = h.Reporter(sink, l.Settings)
	s.client = outbound.New(outbound.Options{AllowPrivateNetwork: l.AllowPrivateNetwork, Setting: "--allow-private-network"})
	s.outbound = s.client
	if h.Outbound != nil {
		s.outbound = h.Outbound(s.outbound)
	}
	s.guard = runtime.NewGuard(runtime.GuardOptions{
		Memory: l.Memory, Threads: os.Getenv("GOMAXPROCS") == "",
		Evidence: &runtime.Evidence{Running: s.table.Running(), Number: s.table.Number},
	})
	s.compiler = compiler.NewIdle(l.Compiler)
	s.handler = ingress.NewHandler(ingress.Options{Log: s.request, Exception: s.reporter.Failure})
	s.http = ingress.NewServer(s.handler, log.New(troubleWriter{s.reporter}, "", 0))
	if l.Quarantine {
		s.http.Handler = restored(s.http.Handler)
	}
	s.grpc = grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage), grpc.StatsHandler(&traffic.Process), grpc.UnaryInterceptor(s.countUnary), grpc.StreamInterceptor(s.countStream))
	binderyv1.RegisterDataPlaneServiceServer(s.grpc, s)
	return s, nil
}

// Serve serves until the data plane is stopped. Errors: what keeps it from listening.
func (s *Server) Serve() error {
	go func() {
		if err := s.grpc.Serve(s.service); err != nil {
			s.failed <- fmt.Errorf("serve the control process: %w", err)
		}
	}()
	go s.handover.serve()
	var err error
	select {
	case err = <-s.failed:
		s.stop(0)
		<-s.stopped
	case <-s.stopped:
	}
	forced := time.AfterFunc(time.Second, s.grpc.Stop)
	s.grpc.GracefulStop() // the call that asked for the end is answered
	forced.Stop()
	s.handover.close()
	s.guard.Close()
	s.compiler.Close()
	s.client.Close()
	s.close()
	return err
}

// accept begins to take requests, once.
func (s *Server) accept() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.accepts {
		return
	}
	s.accepts = true
	go func() {
		if err := s.http.Serve(s.incoming); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("serve HTTP: %w", err)
		}
	}()
}

// stop finishes what is under way, for so long at the most. It returns at once.
func (s *Server) stop(drain time.Duration) {
	s.stopping.Do(func() {
		go func() {
			defer close(s.stopped)
			ctx, cancel := context.WithTimeout(context.Background(), drain)
			defer cancel()
			s.mu.Lock()
			if !s.accepts {
				s.accepts = true // nothing any more
				_ = s.incoming.Close()
			}
			s.mu.Unlock()
			err := s.http.Shutdown(ctx)
			left := s.handler.Wait(ctx)
			if err != nil || left > 0 {
				s.reporter.Trouble(fmt.Sprintf("stop: not all was finished after %v", drain))
				_ = s.http.Close()
			}
		}()
	})
}

func (s *Server) request(e ingress.Entry) {
	s.requests.Add(1)
	if !e.Elsewhere {
		s.reporter.Request(e)
	}
}

func (s *Server) countUnary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	s.calls.Add(1)
	return next(ctx, req)
}

func (s *Server) countStream(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	s.calls.Add(1)
	return next(srv, stream)
}

// tell wakes those who watch. The caller holds mu.
func (s *Server) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Watch implements binderyv1.DataPlaneServiceServer.
func (s *Server) Watch(_ *binderyv1.WatchRequest, stream grpc.ServerStreamingServer[binderyv1.WatchResponse]) error {
	for {
		s.mu.Lock()
		changed := s.changed
		state := &binderyv1.WatchResponse{
			Index: s.index, Pid: int32(os.Getpid()), Requests: s.requests.Load(), Calls: s.calls.Load(), Messages: traffic.Process.Messages(),
			Damaged: maps.Clone(s.damaged),
		}
		s.mu.Unlock()
		if err := stream.Send(state); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-s.stopped:
			return nil
		case <-stream.Context().Done():
			return nil
		}
	}
}

// Stop implements binderyv1.DataPlaneServiceServer. It returns when the end has begun.
func (s *Server) Stop(_ context.Context, req *binderyv1.StopRequest) (*binderyv1.StopResponse, error) {
	s.stop(time.Duration(req.GetDrainMs()) * time.Millisecond)
	return &binderyv1.StopResponse{}, nil
}
