package store

import (
	"fmt"
	"io"
	"sync"

	"github.com/hashicorp/go-memdb"
	"github.com/hashicorp/raft"
)

// machine is the raft state machine. Raft calls Apply, Snapshot and Restore on one goroutine.
type machine struct {
	mu      sync.Mutex
	db      *memdb.MemDB  // guarded by mu
	changed chan struct{} // guarded by mu: closed with the next change
	broken  error         // guarded by mu: a command that this program can't apply
	fatal   func(error)   // told of broken, once
}

var _ raft.FSM = (*machine)(nil)

func newMachine(fatal func(error)) *machine {
	return &machine{db: newDB(), changed: make(chan struct{}), fatal: fatal}
}

// Apply implements raft.FSM. It returns a result. After a command that can't be applied nothing is applied any more: a replica that skips
// one is no replica.
func (m *machine) Apply(l *raft.Log) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return result{err: m.broken}
	}
	if applied := (State{m.db.Txn(false)}).Index(); l.Index <= applied {
		return m.fail(fmt.Errorf("command %d comes again, and the state is at %d", l.Index, applied))
	}
	cmd, err := decode(l.Data)
	if err != nil {
		return m.fail(fmt.Errorf("command %d: %w", l.Index, err))
	}
	r := apply(m.db, l.Index, cmd)
	if _, refused := r.err.(*RefusedError); r.err != nil && !refused {
		return m.fail(r.err)
	}
	m.signal()
	return r
}

func (m *machine) fail(err error) result {
	m.broken = err
	go m.fatal(err)
	return result{err: err}
}

func (m *machine) signal() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// state is the state now, and what is closed when there is another.
func (m *machine) state() (State, <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return State{m.db.Txn(false)}, m.changed
}

// Snapshot implements raft.FSM.
func (m *machine) Snapshot() (raft.FSMSnapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return nil, m.broken
	}
	return snapshot{State{m.db.Txn(false)}}, nil
}

// Restore implements raft.FSM.
func (m *machine) Restore(r io.ReadCloser) error {
	defer r.Close()
	db, err := read(r)
	if err != nil {
		return fmt.Errorf("read snapshot: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.db, m.broken = db, nil
	m.signal()
	return nil
}

// snapshot is a state on its way to disk.
type snapshot struct{ State }

// Persist implements raft.FSMSnapshot.
func (s snapshot) Persist(sink raft.SnapshotSink) error {
	if err := s.Write(sink); err != nil {
		_ = sink.Cancel()
		return err
	}
	return sink.Close()
}

// Release implements raft.FSMSnapshot.
func (snapshot) Release() {}
