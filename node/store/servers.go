package store

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/raft"
)

// Server is a node of the raft group.
type Server struct {
	ID, Address string
	// Voter says whether its vote counts; a node that is still catching up has none.
	Voter bool
}

// Servers are the nodes of the group, as this node knows them.
func (s *Store) Servers() ([]Server, error) {
	f := s.raft.GetConfiguration()
	if err := f.Error(); err != nil {
		return nil, fmt.Errorf("read the group's configuration: %w", err)
	}
	var list []Server
	for _, one := range f.Configuration().Servers {
		list = append(list, Server{ID: string(one.ID), Address: string(one.Address), Voter: one.Suffrage == raft.Voter})
	}
	return list, nil
}

// AddServer adds a node to the group, or changes its address or its vote. This node must lead. Errors: *NotLeaderError, ErrUnknown, that of ctx.
func (s *Store) AddServer(ctx context.Context, one Server) error {
	add := s.raft.AddNonvoter
	if one.Voter {
		add = s.raft.AddVoter
	}
	return s.await(ctx, "add a server to the group", func(timeout time.Duration) raft.Future {
		return add(raft.ServerID(one.ID), raft.ServerAddress(one.Address), 0, timeout)
	})
}

// RemoveServer takes a node out of the group; that it is not of it is no error. This node must lead, and may remove itself: then it leads no more.
// Errors: as of AddServer.
func (s *Store) RemoveServer(ctx context.Context, id string) error {
	return s.await(ctx, "remove a server from the group", func(timeout time.Duration) raft.Future {
		return s.raft.RemoveServer(raft.ServerID(id), 0, timeout)
	})
}

// Transfer hands leadership to another voter, the one that lacks least. Errors: as of AddServer.
func (s *Store) Transfer(ctx context.Context) error {
	return s.await(ctx, "transfer leadership", func(time.Duration) raft.Future { return s.raft.LeadershipTransfer() })
}

// await waits for a change of the group.
func (s *Store) await(ctx context.Context, doing string, change func(timeout time.Duration) raft.Future) error {
	done := make(chan error, 1)
	go func() { done <- change(proposeTimeout).Error() }()
	select {
	case err := <-done:
		if err = s.explain(err); err != nil {
			return fmt.Errorf("%s: %w", doing, err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s: %w: %w", doing, ErrUnknown, context.Cause(ctx))
	}
}
