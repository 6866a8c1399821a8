package control

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/bindery/bindery/node/identity"
	"github.com/bindery/bindery/node/seal"
	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// FollowAssignments implements binderyv1.PlacementServiceServer. While it lasts, the node is counted among those that a release waits for.
func (s *Service) FollowAssignments(r *binderyv1.FollowAssignmentsRequest, stream grpc.ServerStreamingServer[binderyv1.FollowAssignmentsResponse]) error {
	ctx := stream.Context()
	node, err := s.callingNode(ctx, r.GetNodeId())
	if err != nil {
		return err
	}
	key, err := seal.New(r.GetKey())
	if err != nil {
		return invalid("key: %v", err)
	}
	ended := s.follow.begin(node.GetId())
	defer func() {
		if ended() {
			s.reports.drop(node.GetId())
		}
	}()
	return failed(s.Follow(ctx, func(a *binderyv1.Assignments) error {
		a, err := s.resealed(a, key)
		if err != nil {
			return err
		}
		answer := &binderyv1.FollowAssignmentsResponse{Assignments: a}
		state := s.o.Store.State()
		if answer.GossipKeys, err = s.openGossipKeys(state); err != nil {
			return err
		}
		answer.Servers, answer.Gossip = addresses(state)
		return stream.Send(answer)
	}))
}

// callingNode gives the node that calls, which must be that of the id, and of the cluster still.
func (s *Service) callingNode(ctx context.Context, id string) (*binderyv1.Node, error) {
	who, err := callerIdentity(ctx)
	if err != nil {
		return nil, status.Error(codes.PermissionDenied, err.Error())
	}
	state, err := s.latest(ctx)
	if err != nil {
		return nil, failed(err)
	}
	node := state.Node(id)
	if node == nil || who.Kind != identity.Node || node.GetName() != who.Name {
		return nil, status.Errorf(codes.PermissionDenied, "the caller is %s, and no node of the cluster with the id %q: it may have left", who, clip(id, 40))
	}
	return node, nil
}

// resealed gives assignments whose secrets are sealed under a key of the node that gets them: it never has the cluster's own.
func (s *Service) resealed(a *binderyv1.Assignments, key *seal.Key) (*binderyv1.Assignments, error) {
	for i, v := range a.GetVersions() {
		if len(v.GetSecrets()) == 0 {
			continue
		}
		v = proto.CloneOf(v)
		name := v.GetConfig().GetName()
		for _, secret := range v.GetSecrets() {
			value, err := s.o.Seal.Open(name, secret.GetName(), secret.GetSealed())
			if err != nil {
				return nil, err
			}
			secret.Sealed = key.Seal(name, secret.GetName(), value)
		}
		a.Versions[i] = v
	}
	return a, nil
}

// Report implements binderyv1.PlacementServiceServer.
func (s *Service) Report(ctx context.Context, r *binderyv1.ReportRequest) (*binderyv1.ReportResponse, error) {
	known, err := s.callingNode(ctx, r.GetNode().GetId())
	if err != nil {
		return nil, err
	}
	if !s.follow.is(known.GetId()) {
		return nil, status.Error(codes.FailedPrecondition, "a node reports while it follows its assignments")
	}
	if err := s.describe(ctx, known, r.GetNode()); err != nil {
		return nil, failed(err)
	}
	s.reports.put(r)
	return &binderyv1.ReportResponse{}, nil
}

// ReportOwn takes the report of the node that the Service is on.
func (s *Service) ReportOwn(r *binderyv1.ReportRequest) {
	s.reports.put(r)
	if r.GetNode().GetDataPlanePid() != 0 {
		s.prepare.Do(s.o.Checker.Prepare) // not before the node serves: its start has more urgent things to do
	}
}

// describe notes what a node says of itself, where it is other than is known.
func (s *Service) describe(ctx context.Context, known, said *binderyv1.Node) error {
	now := proto.CloneOf(said)
	// What changes without anybody's consent is in the report only; who votes is not the node's to say.
	now.DataPlanePid, now.DataPlaneStarts, now.HeldBack = 0, 0, nil
	now.Id, now.Name, now.State, now.Server, now.StartTime = known.GetId(), known.GetName(), known.GetState(), known.GetServer(), known.GetStartTime()
	if now.State == binderyv1.NodeState_NODE_STATE_LOST || now.State == binderyv1.NodeState_NODE_STATE_UNSPECIFIED {
		now.State = binderyv1.NodeState_NODE_STATE_READY
	}
	if proto.Equal(now, known) {
		return nil
	}
	_, err := s.propose(ctx, &binderyv1.Command{Body: &binderyv1.Command_PutNode{PutNode: &binderyv1.PutNode{Node: now}}})
	return err
}

// addresses are where the servers are, and where the nodes gossip.
func addresses(state store.State) (servers, gossip []string) {
	for _, n := range state.Nodes() {
		if n.GetServer() && n.GetClusterAddress() != "" {
			servers = append(servers, n.GetClusterAddress())
		}
		if n.GetGossipAddress() != "" {
			gossip = append(gossip, n.GetGossipAddress())
		}
	}
	return servers, gossip
}

// RenewCertificate implements binderyv1.CertificateServiceServer.
func (s *Service) RenewCertificate(ctx context.Context, r *binderyv1.RenewCertificateRequest) (*binderyv1.RenewCertificateResponse, error) {
	who, err := callerIdentity(ctx)
	if err != nil {
		return nil, status.Error(codes.PermissionDenied, err.Error())
	}
	state, err := s.latest(ctx)
	if err != nil {
		return nil, failed(err)
	}
	if !isNode(state, who.Name) {
		return nil, status.Errorf(codes.PermissionDenied, "%s is no node of the cluster: it may have left", who)
	}
	if err := identity.CheckRequest(r.GetCertificateRequest()); err != nil {
		return nil, invalid("%v", err)
	}
	cert, err := s.o.Authority.Certify(who, r.GetCertificateRequest(), now().AsTime())
	if err != nil {
		return nil, failed(fmt.Errorf("renew a certificate: %w", err))
	}
	s.o.Logger.Info("a certificate was renewed", "node", who.Name)
	return &binderyv1.RenewCertificateResponse{Certificate: cert}, nil
}

func isNode(state store.State, name string) bool {
	for _, n := range state.Nodes() {
		if n.GetName() == name {
			return true
		}
	}
	return false
}
