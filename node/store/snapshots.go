package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
)

// snapshots are raft's snapshots on disk. Raft puts a checksum on the state only: this one is on what it says of it, too (up to which entry it
// goes, and who votes), in a file of its own. A snapshot that is damaged is not listed.
type snapshots struct {
	*raft.FileSnapshotStore
	dir string
}

var _ raft.SnapshotStore = (*snapshots)(nil)

// Files of a snapshot.
const (
	snapshotMeta = "meta.json"
	snapshotSum  = "meta.sha256"
)

func openSnapshots(dir string, logger hclog.Logger) (*snapshots, error) {
	inner, err := raft.NewFileSnapshotStoreWithLogger(dir, keptSnapshots, logger)
	if err != nil {
		return nil, fmt.Errorf("open snapshots in %s: %w", dir, err)
	}
	return &snapshots{FileSnapshotStore: inner, dir: filepath.Join(dir, "snapshots")}, nil
}

// Create implements raft.SnapshotStore.
func (s *snapshots) Create(version raft.SnapshotVersion, index, term uint64, c raft.Configuration, at uint64, t raft.Transport) (raft.SnapshotSink, error) {
	sink, err := s.FileSnapshotStore.Create(version, index, term, c, at, t)
	if err != nil {
		return nil, err
	}
	return &summedSink{SnapshotSink: sink, dir: s.dir}, nil
}

// summedSink adds the checksum when the snapshot is whole.
type summedSink struct {
	raft.SnapshotSink
	dir string
}

// Close implements io.Closer.
func (s *summedSink) Close() error {
	if err := s.SnapshotSink.Close(); err != nil {
		return err
	}
	dir := filepath.Join(s.dir, s.ID())
	b, err := os.ReadFile(filepath.Join(dir, snapshotMeta))
	if err != nil {
		return fmt.Errorf("read back snapshot: %w", err)
	}
	sum := sha256.Sum256(b)
	return replaceFile(filepath.Join(dir, snapshotSum), []byte(hex.EncodeToString(sum[:])))
}

// whole sees that a snapshot can be used: that it can be read, and goes as far as it says. Errors: ErrDamaged, wrapped.
func (s *snapshots) whole(id string, log *checkedLog) (*raft.SnapshotMeta, error) {
	text, err := os.ReadFile(filepath.Join(s.dir, id, snapshotMeta))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	// Older programs wrote no checksum; nor is there one where the machine stopped between the two.
	sum, err := os.ReadFile(filepath.Join(s.dir, id, snapshotSum))
	if want := sha256.Sum256(text); err == nil && string(sum) != hex.EncodeToString(want[:]) || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: the checksum of its %s is wrong", ErrDamaged, snapshotMeta)
	}
	var meta *raft.SnapshotMeta
	var r io.ReadCloser
	// Raft believes what is written of it.
	if err := guarded(func() (err error) { meta, r, err = s.Open(id); return err }); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer r.Close()
	db, err := read(r)
	if err != nil {
		return nil, err
	}
	return meta, log.without(State{db.Txn(false)}.Index(), meta.Index)
}

// check sees that the state can be had: from a whole snapshot and the log after it, or from a log that goes back to the beginning. Then snapshots that
// can't be used are set aside, beside the directory that raft looks into. Errors: ErrDamaged, wrapped.
func (s *snapshots) check(log *checkedLog, logger hclog.Logger) error {
	first, err := log.FirstIndex()
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("list snapshots: %w", err)
	}
	var errs []error
	var bad []string
	good := false
	for _, e := range entries {
		id := e.Name()
		if !e.IsDir() || strings.HasSuffix(id, ".tmp") {
			continue
		}
		meta, err := s.whole(id, log)
		switch {
		case errors.Is(err, ErrDamaged):
			errs, bad = append(errs, fmt.Errorf("snapshot %s: %w", id, err)), append(bad, id)
		case err != nil:
			return fmt.Errorf("snapshot %s: %w", id, err)
		case first > meta.Index+1:
			errs = append(errs, fmt.Errorf("snapshot %s ends at %d, and the log begins at %d", id, meta.Index, first))
		default:
			good = true
		}
	}
	switch {
	case good && log.durable.missing:
		return &DamagedLogError{Dir: filepath.Dir(s.dir), Index: first, What: "it is missing, and snapshots of it are there"}
	case !good && (first > 1 || first == 0 && len(errs) > 0):
		return fmt.Errorf("%w: no snapshot in %s can be used, and the log begins at %d: %w", ErrDamaged, s.dir, first, errors.Join(errs...))
	}
	for i, id := range bad {
		logger.Error("a snapshot is damaged and set aside; another one, or the log, has what was in it", "error", errs[i])
		if err := os.Rename(filepath.Join(s.dir, id), filepath.Join(filepath.Dir(s.dir), "damaged-"+id)); err != nil {
			return fmt.Errorf("set aside a damaged snapshot: %w", err)
		}
	}
	return nil
}
