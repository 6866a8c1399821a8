package control

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/identity"
	"github.com/bindery/bindery/node/seal"
	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Checker finds out what is in bundles, in a process that may die of it: *compiler.Checker is one.
type Checker interface {
	// Check lowers and compiles bundles, runs their top level within limits, and gives a finding for each. Where its Err is *lower.Error,
	// *compiler.TopLevelError or *compiler.Error, the bundle is at fault.
	Check(ctx context.Context, candidates []compiler.Candidate) []compiler.Finding
	// Prepare makes the next Check quick.
	Prepare()
}

// Options of a Service.
type Options struct {
	Store   *store.Store
	Bundles *bundles.Dir
	Seal    *seal.Key
	Checker Checker
	// Authority signs the certificates of nodes that join.
	Authority *identity.Authority
	// Spare tells how many bytes are free where log and bundles are; nil is without a limit. Below MinSpare nothing is written.
	Spare func() (int64, error)
	// ServeTimeout is how long a release waits for the nodes to serve it; 0 is DefaultServeTimeout.
	ServeTimeout time.Duration
	Logger       *slog.Logger
}

// MinSpare is how much of the disk stays free: the log must be able to note who leads when nothing else can be written.
const MinSpare = 16 << 20

// DefaultServeTimeout is how long a release waits, once it is committed, for the nodes to serve it.
const DefaultServeTimeout = 15 * time.Second

// Service implements the services. Its methods may be called from any goroutine.
type Service struct {
	binderyv1.UnimplementedDeploymentServiceServer
	binderyv1.UnimplementedClusterServiceServer
	binderyv1.UnimplementedPlacementServiceServer
	binderyv1.UnimplementedTokenServiceServer
	binderyv1.UnimplementedCertificateServiceServer
	o Options

	sweeping sync.RWMutex // read-held from the moment that a release's bundles are seen to be there until it is committed
	sweeps   chan struct{}
	known    codeCache
	prepare  sync.Once
	reports  reports
	follow   following

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	done sync.WaitGroup
}

// New makes a Service. Close ends what it does in the background.
func New(o Options) *Service {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.ServeTimeout == 0 {
		o.ServeTimeout = DefaultServeTimeout
	}
	s := &Service{o: o, sweeps: make(chan struct{}, 1)}
	s.reports.init()
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.done.Go(s.sweepLoop)
	return s
}

// Close ends what the Service does in the background. Calls must have ended.
func (s *Service) Close() {
	s.stop()
	s.done.Wait()
}

// electionWait is how long a call waits for a leader: one is elected within a second or two where nothing is wrong.
const electionWait = 5 * time.Second

// latest is a state in which everything is that was acknowledged before the call. While nobody leads it waits a little.
func (s *Service) latest(ctx context.Context) (store.State, error) {
	ctx, cancel := context.WithTimeout(ctx, electionWait)
	defer cancel()
	for {
		state, err := s.o.Store.Latest(ctx)
		var not *store.NotLeaderError
		if err == nil || !errors.As(err, &not) || not.Leader != "" && !s.o.Store.Leads() && ctx.Err() != nil {
			return state, err
		}
		select {
		case <-time.After(electionPoll):
		case <-ctx.Done():
			return store.State{}, err
		}
	}
}

const electionPoll = 20 * time.Millisecond

// propose commits a command, if there is room for it.
func (s *Service) propose(ctx context.Context, cmd *binderyv1.Command) (*binderyv1.Release, error) {
	if err := s.spare(); err != nil {
		return nil, err
	}
	return s.o.Store.Propose(ctx, cmd)
}

// errFull says that there is no room.
var errFull = errors.New("the disk of the node is full: nothing can be changed until there is room; what is served goes on")

func (s *Service) spare() error {
	if s.o.Spare == nil {
		return nil
	}
	free, err := s.o.Spare()
	if err != nil {
		return fmt.Errorf("find free space: %w", err)
	}
	if free < MinSpare {
		return fmt.Errorf("%w (%d MB are free, %d MB stay so)", errFull, free>>20, MinSpare>>20)
	}
	return nil
}
