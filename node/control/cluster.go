package control

import (
	"context"
	"fmt"
	"sort"

	"google.golang.org/protobuf/proto"

	"github.com/bindery/bindery/node/store"
	"github.com/bindery/bindery/node/traffic"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// GetStatus implements binderyv1.ClusterServiceServer.
func (s *Service) GetStatus(ctx context.Context, _ *binderyv1.GetStatusRequest) (*binderyv1.GetStatusResponse, error) {
	state, err := s.latest(ctx)
	if err != nil {
		return nil, failed(err)
	}
	answer := &binderyv1.GetStatusResponse{
		ClusterId: state.ClusterID(), Nodes: s.nodes(state), Workers: int32(len(state.Workers())), Release: state.LastRelease(), Index: state.Index(),
		GrpcMessages: traffic.Process.Messages(),
	}
	leader := s.o.Store.Leader()
	for _, n := range answer.Nodes {
		if n.GetId() == leader {
			answer.Leader = n.GetName()
		}
		if n.GetState() == binderyv1.NodeState_NODE_STATE_LOST {
			why := "does not answer"
			if s.reports.of(n.GetId()) != nil {
				why = "does not serve: its data plane is not running"
			}
			answer.Troubles = append(answer.Troubles, fmt.Sprintf("node %s %s", n.GetName(), why))
		}
	}
	troubles := s.troubles(state)
	names := make([]string, 0, len(troubles))
	for name := range troubles {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		answer.Troubles = append(answer.Troubles, fmt.Sprintf("Worker %s: %s", name, troubles[name]))
	}
	if err := s.spare(); err != nil {
		answer.Troubles = append(answer.Troubles, err.Error())
	}
	return answer, nil
}

// ListNodes implements binderyv1.ClusterServiceServer.
func (s *Service) ListNodes(ctx context.Context, _ *binderyv1.ListNodesRequest) (*binderyv1.ListNodesResponse, error) {
	state, err := s.latest(ctx)
	if err != nil {
		return nil, failed(err)
	}
	return &binderyv1.ListNodesResponse{Nodes: s.nodes(state)}, nil
}

// nodes gives the nodes by name: what the state knows of them, and what they last said of themselves.
func (s *Service) nodes(state store.State) []*binderyv1.Node {
	said := map[string]*binderyv1.ReportRequest{}
	list, _ := s.reports.all()
	for _, report := range list {
		said[report.GetNode().GetId()] = report
	}
	var nodes []*binderyv1.Node
	lost := map[string]bool{}
	for _, n := range state.Nodes() {
		lost[n.GetId()] = n.GetState() == binderyv1.NodeState_NODE_STATE_LOST
		if said[n.GetId()] == nil {
			n = proto.CloneOf(n)
			n.State = binderyv1.NodeState_NODE_STATE_LOST // who is there says so
			nodes = append(nodes, n)
		}
	}
	for id, report := range said { // also of one that has just been started, and is about to be made known
		n := proto.CloneOf(report.GetNode())
		n.HeldBack = append(n.HeldBack, report.GetHeldBack()...)
		if lost[id] {
			n.State = binderyv1.NodeState_NODE_STATE_LOST
		}
		nodes = append(nodes, n)
	}
	sort.Slice(nodes, func(i, j int) bool { return nodes[i].GetName() < nodes[j].GetName() })
	return nodes
}
