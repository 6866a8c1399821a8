package control

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/seal"
	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
	"github.com/bindery/bindery/runtime/bundle"
)

// Checker finds out what is in a bundle, in a process that may die of it.
type Checker interface {
	// Check lowers and compiles a bundle, runs its top level within limits, and gives its entrypoints (the default export as "default")
	// and what else was noticed. Errors: *CodeError for faults of the bundle; any other is no fault of it.
	Check(ctx context.Context, b *bundle.Bundle) (*Code, error)
}

// Code is what was found in a bundle.
type Code struct {
	Entrypoints []string
	Warnings    []api.Message
}

// CodeError is everything that is wrong with a bundle.
type CodeError struct{ Messages []api.Message }

func (e *CodeError) Error() string {
	if len(e.Messages) == 0 {
		return "the code is at fault"
	}
	return e.Messages[0].Text
}

// Options of a Service.
type Options struct {
	Store   *store.Store
	Bundles *bundles.Dir
	Seal    *seal.Key
	Checker Checker
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
	o Options

	sweeping sync.RWMutex // read-held from the moment that a release's bundles are seen to be there until it is committed
	sweeps   chan struct{}
	known    codeCache
	reports  reports

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
