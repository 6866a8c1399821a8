package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/raft"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// NotLeaderError says that another node, if any, leads.
type NotLeaderError struct {
	Leader  string // its id, "" if none is known
	Address string
}

func (e *NotLeaderError) Error() string {
	if e.Leader == "" {
		return "no node leads at the moment"
	}
	return "node " + e.Leader + " leads"
}

// ErrUnknown says that it is not known whether a command will be applied: try again with the same request id.
var ErrUnknown = errors.New("leadership was lost while the command was under way: it may be applied or not")

// proposeTimeout bounds how long a command waits to be taken up.
const proposeTimeout = 10 * time.Second

// Propose has a command applied by the group, and returns when this node, which must lead, has applied it. requestID may be "": then a retry
// is another command. Errors: *NotLeaderError, *RefusedError, ErrUnknown.
func (s *Store) Propose(ctx context.Context, cmd *binderyv1.Command) (*binderyv1.Release, error) {
	cmd.Format = Format
	cmd.Time = timestamppb.Now()
	data, err := proto.Marshal(cmd)
	if err != nil {
		return nil, fmt.Errorf("encode command: %w", err)
	}
	f := s.raft.Apply(data, proposeTimeout)
	done := make(chan error, 1)
	go func() { done <- f.Error() }()
	select {
	case err = <-done:
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrUnknown, context.Cause(ctx))
	}
	if err != nil {
		return nil, s.explain(err)
	}
	r := f.Response().(result)
	return r.release, r.err
}

func (s *Store) explain(err error) error {
	switch {
	case errors.Is(err, raft.ErrNotLeader), errors.Is(err, raft.ErrLeadershipTransferInProgress):
		return s.notLeader()
	case errors.Is(err, raft.ErrLeadershipLost), errors.Is(err, raft.ErrAbortedByRestore), errors.Is(err, raft.ErrRaftShutdown):
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return err
}

func (s *Store) notLeader() error {
	address, id := s.raft.LeaderWithID()
	return &NotLeaderError{Leader: string(id), Address: string(address)}
}

// Leader is the id of the node that leads, "" if none is known.
func (s *Store) Leader() string {
	_, id := s.raft.LeaderWithID()
	return string(id)
}

// Leads reports whether this node leads, as far as it knows.
func (s *Store) Leads() bool { return s.raft.State() == raft.Leader }

// State is the state as this node has it: perhaps behind the leader's.
func (s *Store) State() State {
	state, _ := s.machine.state()
	return state
}

// Latest is a state in which everything is that was acknowledged before the call. This node must lead. Errors: *NotLeaderError, ErrUnknown,
// that of ctx.
func (s *Store) Latest(ctx context.Context) (State, error) {
	if !s.Leads() {
		return State{}, s.notLeader()
	}
	// A new leader knows what its predecessors committed only once an entry of its own term is.
	if term := s.raft.CurrentTerm(); s.readable.Load() != term {
		if err := s.raft.Barrier(proposeTimeout).Error(); err != nil {
			return State{}, s.explain(err)
		}
		s.readable.Store(term)
	}
	index := s.raft.CommitIndex()
	if err := s.raft.VerifyLeader().Error(); err != nil {
		return State{}, s.explain(err)
	}
	for s.raft.AppliedIndex() < index {
		select {
		case <-time.After(applyPoll):
		case <-ctx.Done():
			return State{}, context.Cause(ctx)
		}
	}
	return s.State(), nil
}

// applyPoll is how often Latest looks whether what is committed has been applied: raft tells nobody.
const applyPoll = time.Millisecond

// After waits for a state whose index is above the given one. Errors: that of ctx.
func (s *Store) After(ctx context.Context, index uint64) (State, error) {
	for {
		state, changed := s.machine.state()
		if state.Index() > index {
			return state, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return State{}, context.Cause(ctx)
		}
	}
}
