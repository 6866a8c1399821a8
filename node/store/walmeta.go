package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"

	"github.com/hashicorp/raft-wal/metadb"
	"github.com/hashicorp/raft-wal/types"
)

// metaFile is what logMeta keeps, and oldMetaFile what the first programs kept it in: a bolt database.
const (
	metaFile    = "meta.json"
	oldMetaFile = metadb.FileName
)

// logMeta is what the log keeps beside its entries: which segments it has, the term, and whom this node voted for. It is one small file that is
// replaced at once, with a checksum: a bolt database, which the WAL comes with, notices little of what is damaged in it, and what it notices
// ends the process.
type logMeta struct {
	path string

	mu sync.Mutex
	m  logMetaContent // guarded by mu
}

var _ types.MetaStore = (*logMeta)(nil)

type logMetaContent struct {
	State  types.PersistentState `json:"state"`
	Stable map[string][]byte     `json:"stable"`
}

// Load implements types.MetaStore.
func (l *logMeta) Load(dir string) (types.PersistentState, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.path = filepath.Join(dir, metaFile)
	b, err := os.ReadFile(l.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return l.m.State, l.first(dir)
	case err != nil:
		return l.m.State, err
	}
	sum, text, _ := bytes.Cut(b, []byte("\n"))
	if want := sha256.Sum256(text); string(sum) != hex.EncodeToString(want[:]) {
		return l.m.State, fmt.Errorf("%s: %w", metaFile, errChecksum)
	}
	if err := json.Unmarshal(text, &l.m); err != nil {
		return l.m.State, fmt.Errorf("%s: %w", metaFile, err)
	}
	_ = os.Remove(filepath.Join(dir, oldMetaFile)) // left where a program was ended while it took it over
	return l.m.State, nil
}

// first takes over what an older program kept, or begins a new log.
func (l *logMeta) first(dir string) error {
	l.m = logMetaContent{Stable: map[string][]byte{}}
	old := filepath.Join(dir, oldMetaFile)
	if _, err := os.Stat(old); err == nil {
		if err := guarded(func() error { return l.takeOver(dir) }); err != nil {
			return fmt.Errorf("%s: %w", oldMetaFile, err)
		}
		if err := l.save(l.m); err != nil {
			return err
		}
		return os.Remove(old)
	}
	if segments, _ := filepath.Glob(filepath.Join(dir, "*.wal")); len(segments) > 0 {
		return fmt.Errorf("%s is missing", metaFile) // the WAL would remove entries that it doesn't know of
	}
	return nil
}

// takeOver reads a bolt database.
func (l *logMeta) takeOver(dir string) (err error) {
	var bolt metadb.BoltMetaDB
	defer bolt.Close()
	if l.m.State, err = bolt.Load(dir); err != nil {
		return err
	}
	for _, key := range []string{"CurrentTerm", "LastVoteTerm", "LastVoteCand"} { // what raft keeps
		value, err := bolt.GetStable([]byte(key))
		if err != nil {
			return err
		}
		if value != nil {
			l.m.Stable[key] = value
		}
	}
	return nil
}

// guarded makes an error of a panic, and of an access to memory that a file which was cut off does not back.
func guarded(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("it can't be read: %v", x)
		}
	}()
	return f()
}

// save makes content durable.
func (l *logMeta) save(content logMetaContent) error {
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	if err := replaceFile(l.path, append([]byte(hex.EncodeToString(sum[:])+"\n"), text...)); err != nil {
		return fmt.Errorf("write %s: %w", metaFile, err)
	}
	l.m = content
	return nil
}

// CommitState implements types.MetaStore.
func (l *logMeta) CommitState(state types.PersistentState) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.save(logMetaContent{State: state, Stable: l.m.Stable})
}

// GetStable implements types.MetaStore.
func (l *logMeta) GetStable(key []byte) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.m.Stable[string(key)]), nil
}

// SetStable implements types.MetaStore.
func (l *logMeta) SetStable(key, value []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	stable := maps.Clone(l.m.Stable)
	if value == nil {
		delete(stable, string(key))
	} else {
		stable[string(key)] = bytes.Clone(value)
	}
	return l.save(logMetaContent{State: l.m.State, Stable: stable})
}

// Close implements io.Closer.
func (l *logMeta) Close() error { return nil }

// replaceFile replaces a file at once, and durably.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".tmp*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already if all went well
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	return err
}

// syncDir makes a rename durable.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
