package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
)

// Options of a Store.
type Options struct {
	// Dir is where log and snapshots are; it is made if it is not there. One Store at a time.
	Dir string
	// ID is the node's own, and Transport what reaches it.
	ID        string
	Transport raft.Transport
	// ClusterID makes a cluster of this node alone, with that identity, if Dir has none yet. "" waits to be added to one.
	ClusterID string
	// Logger takes raft's own log; nil drops it.
	Logger hclog.Logger
	// Heartbeat is how long a follower waits for its leader before it stands for election; 0 is DefaultHeartbeat.
	Heartbeat time.Duration
	// SnapshotEvery is how many commands lie between two snapshots; 0 is DefaultSnapshotEvery.
	SnapshotEvery uint64
	// Fatal is told, on a goroutine of its own, of a command that this program can't apply: the node must stop.
	Fatal func(error)
}

// Defaults of Options. With this heartbeat a group commits again 0.8 s after its leader died, in the middle of 30 simulated deaths; a shorter one takes slowness for
// death.
const (
	DefaultHeartbeat     = 400 * time.Millisecond
	DefaultSnapshotEvery = 4096
)

// keptSnapshots are how many snapshots stay on disk: one more than is needed, for when the last is damaged.
const keptSnapshots = 2

// Store is a node's part in the raft group. Its methods may be called from any goroutine.
type Store struct {
	raft    *raft.Raft
	machine *machine
	log     *checkedLog

	readable atomic.Uint64 // the term in which this node may answer Latest without a barrier
}

// Exists reports whether a store has ever been opened in a directory, and is there.
func Exists(dir string) bool {
	for _, name := range []string{metaFile, oldMetaFile} {
		if _, err := os.Stat(filepath.Join(dir, "log", name)); err == nil {
			return true
		}
	}
	return false
}

// Open opens the store in o.Dir. Errors: *DamagedLogError; ErrDamaged, wrapped, if no snapshot can be read; what the file system says.
func Open(o Options) (_ *Store, err error) {
	if o.Logger == nil {
		o.Logger = hclog.NewNullLogger()
	}
	if o.Fatal == nil {
		o.Fatal = func(error) {}
	}
	logs := filepath.Join(o.Dir, "log")
	if err := os.MkdirAll(logs, 0o700); err != nil {
		return nil, err
	}
	s := &Store{machine: newMachine(o.Fatal)}
	if s.log, err = openLog(logs, o.Logger); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = s.log.Close()
		}
	}()
	snapshots, err := openSnapshots(o.Dir, o.Logger)
	if err != nil {
		return nil, err
	}
	if err := snapshots.check(s.log, o.Logger); err != nil {
		return nil, err
	}
	c := o.config()
	if o.ClusterID != "" {
		if err := bootstrap(c, s.log, snapshots, o.Transport); err != nil {
			return nil, err
		}
	}
	if s.raft, err = raft.NewRaft(c, s.machine, s.log, s.log, snapshots, o.Transport); err != nil {
		return nil, fmt.Errorf("start raft in %s: %w", o.Dir, err)
	}
	return s, nil
}

func (o Options) config() *raft.Config {
	c := raft.DefaultConfig()
	c.LocalID = raft.ServerID(o.ID)
	c.Logger = o.Logger
	c.HeartbeatTimeout = o.Heartbeat
	if c.HeartbeatTimeout == 0 {
		c.HeartbeatTimeout = DefaultHeartbeat
	}
	c.ElectionTimeout = c.HeartbeatTimeout
	c.LeaderLeaseTimeout = c.HeartbeatTimeout / 2
	c.CommitTimeout = 5 * time.Millisecond
	c.SnapshotThreshold = o.SnapshotEvery
	if c.SnapshotThreshold == 0 {
		c.SnapshotThreshold = DefaultSnapshotEvery
	}
	c.TrailingLogs = c.SnapshotThreshold
	c.SnapshotInterval = 10 * time.Second
	c.NoSnapshotRestoreOnStart = false
	return c
}

// bootstrap makes a cluster of this node alone, unless there is one.
func bootstrap(c *raft.Config, log *checkedLog, snapshots raft.SnapshotStore, t raft.Transport) error {
	exists, err := raft.HasExistingState(log, log, snapshots)
	if err != nil {
		return fmt.Errorf("look for a cluster: %w", err)
	}
	if exists {
		return nil
	}
	alone := raft.Configuration{Servers: []raft.Server{{ID: c.LocalID, Address: t.LocalAddr()}}}
	if err := raft.BootstrapCluster(c, log, log, snapshots, t, alone); err != nil {
		return fmt.Errorf("make a cluster: %w", err)
	}
	return nil
}

// Close leaves the group's work and closes the files. The group goes on with the others.
func (s *Store) Close() error {
	err := s.raft.Shutdown().Error()
	return errors.Join(err, s.log.Close())
}
