package control

import (
	"context"
	"errors"
	"io"
	"os"
	"sort"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Assignments are what a node serves in a state: while there is one node, every group.
func Assignments(state store.State) *binderyv1.Assignments {
	g := newGraph(state)
	a := &binderyv1.Assignments{Index: state.Index(), Groups: g.groups(), HeldBack: state.HeldBack()}
	needed := map[string]bool{}
	for _, group := range a.Groups {
		for _, member := range group.GetMembers() {
			needed[member] = true
		}
	}
	for name := range needed {
		a.Versions = append(a.Versions, g.versions[name])
	}
	sort.Slice(a.Versions, func(i, j int) bool { return a.Versions[i].GetConfig().GetName() < a.Versions[j].GetConfig().GetName() })
	return a
}

// Follow calls assign with the assignments of the node, at once and whenever they change, until ctx ends or assign fails. It returns that
// error.
func (s *Service) Follow(ctx context.Context, assign func(*binderyv1.Assignments) error) error {
	var index, workers uint64
	var heldBack []*binderyv1.HeldBack
	for {
		state, err := s.o.Store.After(ctx, index)
		if err != nil {
			return err
		}
		index = state.Index()
		if state.ClusterID() == "" || workers == state.WorkersIndex() && workers > 0 && sameHeld(heldBack, state.HeldBack()) {
			continue
		}
		workers, heldBack = state.WorkersIndex(), state.HeldBack()
		if err := assign(Assignments(state)); err != nil {
			return err
		}
	}
}

func sameHeld(a, b []*binderyv1.HeldBack) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !proto.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// FetchBundle implements binderyv1.PlacementServiceServer.
func (s *Service) FetchBundle(r *binderyv1.FetchBundleRequest, stream grpc.ServerStreamingServer[binderyv1.FetchBundleResponse]) error {
	if !bundles.IsHash(r.GetBundle()) {
		return invalid("%q is no SHA-256 in 64 lower-case hexadecimal digits", clip(r.GetBundle(), 80))
	}
	if _, err := s.o.Bundles.Get(r.GetBundle()); err != nil { // what is damaged is not sent on
		return failed(err)
	}
	f, err := os.Open(s.o.Bundles.File(r.GetBundle()))
	if err != nil {
		return failed(err)
	}
	defer f.Close()
	piece := make([]byte, maxPiece)
	for {
		n, err := io.ReadFull(f, piece)
		if n > 0 {
			if err := stream.Send(&binderyv1.FetchBundleResponse{Data: piece[:n]}); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return failed(err)
		}
	}
}
