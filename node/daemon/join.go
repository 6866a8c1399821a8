package daemon

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"google.golang.org/protobuf/proto"

	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// joinPause is how long a node waits before it tries again to make itself known.
const joinPause = 200 * time.Millisecond

// join makes the cluster if it is new, and the node known in it. It tries until it is done or ctx ends, and then tells the health service.
func (n *node) join(ctx context.Context) {
	for {
		err := n.tryJoin(ctx)
		if err == nil {
			n.server.Health.SetServingStatus("", healthv1.HealthCheckResponse_SERVING)
			return
		}
		var wrong *WrongClusterError
		var damaged *DataError
		if errors.As(err, &wrong) || errors.As(err, &damaged) {
			n.fatal <- err
			return
		}
		var not *store.NotLeaderError
		if !errors.As(err, &not) && ctx.Err() == nil {
			n.o.Logger.Warn("make the node known to its cluster", "error", err)
		}
		select {
		case <-time.After(joinPause):
		case <-ctx.Done():
			return
		}
	}
}

func (n *node) tryJoin(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	state, err := n.store.Latest(ctx)
	if err != nil {
		return err
	}
	if state.ClusterID() == "" {
		if _, err := n.store.Propose(ctx, &binderyv1.Command{
			Body: &binderyv1.Command_CreateCluster{CreateCluster: &binderyv1.CreateCluster{ClusterId: n.record.Cluster}},
		}); err != nil {
			return err
		}
		if state, err = n.store.Latest(ctx); err != nil {
			return err
		}
	}
	if its := state.ClusterID(); its != n.record.Cluster {
		return &WrongClusterError{Dir: n.o.Data, What: "the state", Its: its, Want: n.record.Cluster}
	}
	if err := n.opens(state); err != nil {
		return err
	}
	select {
	case n.begun <- struct{}{}: // run keeps the record
	default:
	}
	agent, _ := n.agent.State()
	self := n.describe(agent)
	self.DataPlanePid, self.DataPlaneStarts = 0, 0 // the report has them: they change without anybody's consent
	self.State = binderyv1.NodeState_NODE_STATE_READY
	for _, known := range state.Nodes() {
		if known.GetId() != self.GetId() {
			continue
		}
		same := proto.CloneOf(known)
		same.StartTime = self.StartTime
		if proto.Equal(same, self) {
			return nil
		}
	}
	_, err = n.store.Propose(ctx, &binderyv1.Command{Body: &binderyv1.Command_PutNode{PutNode: &binderyv1.PutNode{Node: self}}})
	return err
}

// opens sees that the sealing key is the one under which secrets were kept.
func (n *node) opens(state store.State) error {
	for _, w := range state.Workers() {
		secrets := state.Current(w.GetName()).GetSecrets()
		if len(secrets) == 0 {
			continue
		}
		// One tells.
		if _, err := n.key.Open(w.GetName(), secrets[0].GetName(), secrets[0].GetSealed()); err != nil {
			return &DataError{Path: filepath.Join(n.o.Data, "sealing.key"), Err: err}
		}
		return nil
	}
	return nil
}

// logWriter makes lines of raft's log entries of the node's.
type logWriter struct{ log *slog.Logger }

func (w *logWriter) Write(p []byte) (int, error) {
	w.log.Error(strings.TrimSpace(string(p)))
	return len(p), nil
}
