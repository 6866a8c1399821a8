package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
	"google.golang.org/grpc"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/control"
	"github.com/bindery/bindery/node/durable"
	"github.com/bindery/bindery/node/join"
	"github.com/bindery/bindery/node/seal"
	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// node is a running node.
type node struct {
	o       Options
	record  *record
	creds   *credentials
	started time.Time

	clusterHere, clusterElsewhere string
	peer, gossip                  [2]string // here and elsewhere
	http                          address

	mux     *mux
	store   *store.Store
	bundles *bundles.Dir
	key     *seal.Key
	service *control.Service
	server  *control.Server
	joins   *grpc.Server // for who has no certificate yet; nil where nobody can join
	talk    *gossip
	uplink  *uplink // to the servers; nil on one
	agent   Agent
	told    File // what node.json has
	fatal   chan error
	learned chan []string // where the servers are now
	begun   chan struct{} // that the node is part of its cluster
}

// Run runs a node until ctx ends, then finishes what is under way. Errors: *OptionError, *LockedError, *WrongClusterError, *ListenError; those of package store,
// where its files are damaged.
func Run(ctx context.Context, o Options) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	held, err := lock(o.Data)
	if err != nil {
		return err
	}
	defer held.Close()
	if o.Data, err = filepath.Abs(o.Data); err != nil {
		return err
	}
	n := &node{o: o, started: time.Now(), fatal: make(chan error, 4), begun: make(chan struct{}, 1), learned: make(chan []string, 1)}
	if n.record, err = loadRecord(o.Data, o.Name, len(o.Join) > 0); err != nil {
		return err
	}
	defer func() { n.close(err == nil) }()
	if n.record.Joined || len(o.Join) > 0 {
		if err := n.mayJoin(); err != nil {
			return err
		}
	}
	if err := n.open(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // it was asked to end before it had begun
		}
		return err
	}
	return n.run(ctx)
}

// open opens ports and files, in the order in which they depend on each other.
func (n *node) open(ctx context.Context) error {
	l, err := n.listen()
	if err != nil {
		return err
	}
	if err := n.openIdentity(ctx); err != nil {
		_ = l.Close()
		return err
	}
	if n.mux, err = newMux(l, n.creds.peer(), !n.record.Joined, n.o.Logger); err != nil {
		_ = l.Close()
		return err
	}
	n.talk.describe(n.member(AgentState{}))
	fetch := n.fetch
	if n.record.Joined {
		err = n.openMember()
	} else {
		fetch = nil
		err = n.openServer()
	}
	if err != nil {
		return err
	}
	n.agent, err = n.o.Start(AgentOptions{
		Data: n.o.Data, Bundles: n.bundlesDir(), Key: n.key, Node: n.record.Name,
		HTTP: n.http.addr, Spare: n.http.spare, Fetch: fetch, Memory: n.o.Memory, Drain: n.drain(), Logger: n.o.Logger,
	})
	if err != nil {
		n.agent = nil
		return err
	}
	n.server.Health.SetServingStatus("", healthv1.HealthCheckResponse_NOT_SERVING)
	return nil
}

// openIdentity finds the node's certificate: one of its own authority, or one that the cluster gave it, or gives it now.
func (n *node) openIdentity(ctx context.Context) (err error) {
	if !n.record.Joined {
		n.creds, err = loadCredentials(n.o.Data, n.record, hosts(n.o), n.started)
		return err
	}
	if n.record.Cluster == "" {
		if err := n.enter(ctx); err != nil {
			return err
		}
	}
	n.creds, err = loadMember(n.o.Data, n.record)
	return err
}

// openServer opens what a node has that keeps the cluster's state.
func (n *node) openServer() error {
	if err := n.openStore(); err != nil {
		return err
	}
	n.service = control.New(control.Options{
		Store: n.store, Bundles: n.bundles, Seal: n.key, Checker: n.o.Checker, Authority: n.creds.authority, Logger: n.o.Logger,
		Spare: func() (int64, error) { return freeSpace(n.o.Data) },
	})
	n.server = control.NewServer(n.service)
	n.joins = join.NewServer(join.ServerOptions{Registry: n.service.Registry(), Authority: n.creds.authority, Logger: n.o.Logger}).GRPC()
	return nil
}

func (n *node) bundlesDir() string { return filepath.Join(n.o.Data, "bundles") }

// listen opens the cluster's port, and finds the others'.
func (n *node) listen() (_ net.Listener, err error) {
	asked, err := n.record.ask("cluster", n.o.Cluster, DefaultCluster)
	if err != nil {
		return nil, err
	}
	l, save, err := n.record.listen(asked)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = l.Close()
		}
	}()
	n.clusterHere, n.clusterElsewhere = reached(l.Addr(), asked.asked, n.o.Advertise)
	changed := false
	if n.peer, changed, err = n.reserve("peer", n.o.Peer, DefaultPeer); err != nil {
		return nil, err
	}
	save = save || changed
	if changed, err = n.listenGossip(); err != nil {
		return nil, err
	}
	save = save || changed
	if n.http, err = n.record.ask("http", n.o.HTTP, DefaultHTTP); err != nil {
		return nil, err
	}
	if save {
		err = n.record.save(n.o.Data)
	}
	return l, err
}

// reserve finds a port that nothing serves yet, and leaves it closed.
func (n *node) reserve(what, flag, usual string) (found [2]string, changed bool, err error) {
	a, err := n.record.ask(what, flag, usual)
	if err != nil {
		return found, false, err
	}
	l, changed, err := n.record.listen(a)
	if err != nil {
		return found, false, err
	}
	defer l.Close()
	found[0], found[1] = reached(l.Addr(), a.asked, n.o.Advertise)
	return found, changed, nil
}

// openStore opens state, bundles and the sealing key.
func (n *node) openStore() error {
	dir := filepath.Join(n.o.Data, "raft")
	_, missing := os.Stat(dir)
	if n.record.Begun && !store.Exists(dir) {
		return &DataError{Path: dir, Err: fmt.Errorf("%w: it has all that was released", errMissing)}
	}
	var err error
	path := filepath.Join(n.o.Data, "sealing.key")
	if n.key, err = seal.Load(path, missing != nil); err != nil {
		return &DataError{Path: path, Err: fmt.Errorf("without it the cluster's secrets can't be opened: %w", err)}
	}
	if err := n.own(dir); err != nil {
		return err
	}
	if n.bundles, err = bundles.Open(n.bundlesDir()); err != nil {
		return err
	}
	layer, err := newRaftLayer(n.mux, n.creds.peer(), n.clusterElsewhere)
	if err != nil {
		return err
	}
	logger := hclog.New(&hclog.LoggerOptions{Name: "raft", Level: hclog.Error, Output: &logWriter{n.o.Logger}, DisableTime: true})
	n.store, err = store.Open(store.Options{
		Dir: dir, ID: n.record.ID, ClusterID: n.record.Cluster, Logger: logger,
		Transport: raft.NewNetworkTransportWithConfig(&raft.NetworkTransportConfig{Stream: layer, MaxPool: 3, Timeout: 10 * time.Second, Logger: logger}),
		Fatal:     func(err error) { n.fatal <- err },
	})
	return err
}

// own sees that the replicated state is that of this node in this cluster, and notes it where it is new.
func (n *node) own(dir string) error {
	path, mine := filepath.Join(dir, "owner"), n.record.Cluster+" "+n.record.ID
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		return durable.Replace(path, []byte(mine+"\n"))
	}
	if err != nil {
		return err
	}
	if its := strings.TrimSpace(string(b)); its != mine {
		cluster, _, _ := strings.Cut(its, " ")
		return &WrongClusterError{Dir: n.o.Data, What: "the state", Its: cluster, Want: n.record.Cluster}
	}
	return nil
}

// run serves until ctx ends or something breaks.
func (n *node) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		if err := n.server.GRPC.Serve(n.mux.grpc); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
			n.fatal <- fmt.Errorf("serve the cluster's port: %w", err)
		}
	}()
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	if n.record.Joined {
		running.Go(func() { n.uplink.run(ctx) })
	} else {
		go func() { _ = n.joins.Serve(n.mux.joins) }() // it ends with the node
		go func() {
			_ = n.service.Follow(ctx, func(a *binderyv1.Assignments) error {
				n.agent.Assign(a)
				return nil
			}) // it ends with ctx
		}()
		go func() {
			n.join(ctx)
			n.gossips(ctx)
		}()
	}
	renew := time.NewTicker(24 * time.Hour)
	defer renew.Stop()
	ready := false
	for {
		state, changed := n.agent.State()
		if state.PID != 0 || ready {
			if err := n.tell(state, !ready); err != nil {
				return err
			}
			ready = true
		}
		select {
		case <-changed:
		case <-renew.C:
			if err := n.renew(ctx); err != nil {
				n.o.Logger.Error("renew the node's certificate", "error", err)
			}
		case <-n.begun:
			if err := n.begin(); err != nil {
				n.o.Logger.Error("write identity.json", "error", err) // it is written at the next start
			}
		case n.record.Servers = <-n.learned:
			if err := n.record.save(n.o.Data); err != nil {
				n.o.Logger.Error("keep where the servers are", "error", err)
			}
		case err := <-n.fatal:
			return err
		case <-ctx.Done():
			return nil
		}
	}
}

// begin notes that the node has been part of its cluster.
func (n *node) begin() error {
	if n.record.Begun {
		return nil
	}
	n.record.Begun = true
	return n.record.save(n.o.Data)
}

// tell writes down what the node is at, and reports it. node.json comes last: who sees it finds the rest.
func (n *node) tell(state AgentState, first bool) error {
	report := &binderyv1.ReportRequest{
		Node: n.describe(state), ServingIndex: state.Index, HeldBack: state.HeldBack, Failed: state.Failed,
	}
	if n.record.Joined {
		n.uplink.report(report)
	} else {
		n.service.ReportOwn(report)
	}
	if first {
		if addr, err := net.ResolveTCPAddr("tcp", state.HTTP); err == nil && n.record.keep(n.http, addr) {
			if err := n.record.save(n.o.Data); err != nil {
				return err
			}
		}
		if !n.record.Joined { // who joined can make nobody a certificate
			n.writeContext()
		}
	}
	n.talk.describe(n.member(state))
	f := n.file(state)
	if f != n.told {
		b, err := json.MarshalIndent(f, "", "  ")
		if err == nil {
			err = durable.Replace(filepath.Join(n.o.Data, "node.json"), append(b, '\n'))
		}
		if err != nil {
			n.o.Logger.Error("write node.json", "error", err) // a full disk must not end a node
		} else {
			n.told = f
		}
	}
	if first && n.o.Ready != nil {
		n.o.Ready(f)
	}
	return nil
}

func (n *node) file(state AgentState) File {
	f := File{
		Name: n.record.Name, PID: os.Getpid(), DataPlanePID: state.PID, Cluster: n.clusterHere, Peer: n.peer[0], Gossip: n.gossip[0],
	}
	if addr, err := net.ResolveTCPAddr("tcp", state.HTTP); err == nil {
		f.HTTP, _ = reached(addr, n.http.asked, n.o.Advertise)
	}
	return f
}

// describe is the node as the cluster knows it.
func (n *node) describe(state AgentState) *binderyv1.Node {
	d := &binderyv1.Node{
		Name: n.record.Name, Id: n.record.ID, State: binderyv1.NodeState_NODE_STATE_READY, Server: !n.record.Joined,
		ClusterAddress: n.clusterElsewhere, PeerAddress: n.peer[1], GossipAddress: n.gossip[1],
		Zone: n.o.Zone, Labels: n.o.Labels, Version: n.o.Version, MemoryBytes: n.o.Memory,
		DataPlanePid: int32(state.PID), DataPlaneStarts: int32(state.Starts), StartTime: timestamppb.New(n.started),
	}
	if addr, err := net.ResolveTCPAddr("tcp", state.HTTP); err == nil {
		_, d.HttpAddress = reached(addr, n.http.asked, n.o.Advertise)
	}
	if state.PID == 0 {
		d.State = binderyv1.NodeState_NODE_STATE_LOST
	}
	return d
}
