package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
	wal "github.com/hashicorp/raft-wal"
)

// DamagedLogError says that the log lacks entries that were durable, or has others in their place. A voter that forgets what it
// acknowledged must not vote.
type DamagedLogError struct {
	Dir   string
	Index uint64 // of the first entry that is missing or wrong
	What  string
}

func (e *DamagedLogError) Error() string {
	return fmt.Sprintf("raft log in %s is damaged at entry %d: %s", e.Dir, e.Index, e.What)
}

// checkedLog is a write-ahead log whose entries have checksums, and which knows how long it was.
type checkedLog struct {
	*wal.WAL
	durable *durableIndex
}

var (
	_ raft.LogStore          = (*checkedLog)(nil)
	_ raft.MonotonicLogStore = (*checkedLog)(nil)
	_ raft.StableStore       = (*checkedLog)(nil)
)

// segmentSize is that of the log's files, which take their room on disk when they are made.
const segmentSize = 4 << 20

// openLog opens the log in dir and reads all of it. What was being written when the machine stopped is cut off; anything else that is
// missing or wrong is a *DamagedLogError.
func openLog(dir string, logger hclog.Logger) (_ *checkedLog, err error) {
	durable, err := openDurableIndex(filepath.Join(dir, "durable"))
	if err != nil {
		return nil, err
	}
	l := &checkedLog{durable: durable}
	defer func() {
		if err != nil {
			_ = l.Close()
		}
	}()
	err = guarded(func() (err error) {
		l.WAL, err = wal.Open(dir, wal.WithMetaStore(&logMeta{}), wal.WithSegmentSize(segmentSize), wal.WithLogger(logger))
		return err
	})
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG), errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("open raft log in %s: %w", dir, err)
	case err != nil:
		return nil, &DamagedLogError{Dir: dir, Index: durable.index, What: err.Error()}
	}
	return l, l.verify(dir)
}

// verify reads every entry.
func (l *checkedLog) verify(dir string) error {
	first, err := l.FirstIndex()
	if err != nil {
		return fmt.Errorf("find first log entry: %w", err)
	}
	last, err := l.LastIndex()
	if err != nil {
		return fmt.Errorf("find last log entry: %w", err)
	}
	for i := first; i <= last && last > 0; i++ {
		var entry raft.Log
		err := l.GetLog(i, &entry)
		if err == nil && entry.Index != i {
			err = fmt.Errorf("it says that it is entry %d", entry.Index)
		}
		switch {
		case err == nil:
		case i > l.durable.index: // its writing was never finished: nobody was told that it is there
			if err := l.WAL.DeleteRange(i, last); err != nil {
				return fmt.Errorf("cut off unfinished log entries %d to %d: %w", i, last, err)
			}
			return nil
		default:
			return &DamagedLogError{Dir: dir, Index: i, What: err.Error()}
		}
	}
	if last == 0 && l.durable.generation == 0 {
		return l.durable.set(0)
	}
	if last > 1 && l.durable.generation == 0 { // of older programs: the first entry may be there without it
		return &DamagedLogError{Dir: dir, Index: last, What: "how long it was is not known: the file durable is missing or damaged"}
	}
	if last < l.durable.index {
		return &DamagedLogError{Dir: dir, Index: last + 1, What: fmt.Sprintf("it ends there, and once had %d entries", l.durable.index)}
	}
	return nil
}

// StoreLog implements raft.LogStore.
func (l *checkedLog) StoreLog(entry *raft.Log) error { return l.StoreLogs([]*raft.Log{entry}) }

// StoreLogs implements raft.LogStore.
func (l *checkedLog) StoreLogs(entries []*raft.Log) error {
	if len(entries) == 0 {
		return nil
	}
	stored := make([]*raft.Log, len(entries))
	for i, entry := range entries {
		stored[i] = withChecksum(entry)
	}
	if err := l.WAL.StoreLogs(stored); err != nil {
		return err
	}
	first, last := entries[0].Index, entries[len(entries)-1].Index
	if err := l.durable.set(last); err != nil {
		// Raft takes them for not stored, and will store others in their place.
		return errors.Join(err, l.WAL.DeleteRange(first, last))
	}
	return nil
}

// DeleteRange implements raft.LogStore.
func (l *checkedLog) DeleteRange(from, to uint64) error {
	last, err := l.LastIndex()
	if err != nil {
		return err
	}
	if to >= last && from <= l.durable.index { // the end is taken off: what the leader has differs
		if err := l.durable.set(from - 1); err != nil {
			return err
		}
	}
	return l.WAL.DeleteRange(from, to)
}

// Close closes what is open.
func (l *checkedLog) Close() error {
	var errs []error
	if l.WAL != nil {
		errs = append(errs, l.WAL.Close())
	}
	return errors.Join(append(errs, l.durable.close())...)
}

// without sees that no command lies after from and not after to: a snapshot that says that it goes to the latter has the state at the former.
func (l *checkedLog) without(from, to uint64) error {
	first, err := l.FirstIndex()
	if err != nil {
		return err
	}
	last, err := l.LastIndex()
	if err != nil {
		return err
	}
	if from > to {
		return fmt.Errorf("%w: it has the state at entry %d, and says that it ends at %d", ErrDamaged, from, to)
	}
	for i := max(from+1, first); i <= min(to, last) && first > 0; i++ {
		var entry raft.Log
		if err := l.GetLog(i, &entry); err != nil {
			return err
		}
		if entry.Type == raft.LogCommand {
			return fmt.Errorf("%w: it says that it ends at entry %d, and lacks entry %d", ErrDamaged, to, i)
		}
	}
	return nil
}

// GetLog implements raft.LogStore.
func (l *checkedLog) GetLog(index uint64, entry *raft.Log) error {
	if err := l.WAL.GetLog(index, entry); err != nil {
		return err
	}
	return takeChecksum(entry)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// withChecksum is an entry with the checksum of all that it has at the end of its extensions. (The WAL takes a codec, and does not open again
// what was written with one.)
func withChecksum(entry *raft.Log) *raft.Log {
	stored := *entry
	stored.Extensions = binary.BigEndian.AppendUint32(append([]byte(nil), entry.Extensions...), checksum(entry))
	return &stored
}

// takeChecksum compares the checksum and takes it away.
func takeChecksum(entry *raft.Log) error {
	n := len(entry.Extensions) - crc32.Size
	if n < 0 {
		return errChecksum
	}
	want := binary.BigEndian.Uint32(entry.Extensions[n:])
	entry.Extensions = entry.Extensions[:n]
	if checksum(entry) != want {
		return errChecksum
	}
	if n == 0 {
		entry.Extensions = nil
	}
	return nil
}

var errChecksum = errors.New("its checksum is wrong")

func checksum(entry *raft.Log) uint32 {
	head := binary.BigEndian.AppendUint64(nil, entry.Index)
	head = binary.BigEndian.AppendUint64(head, entry.Term)
	head = append(head, byte(entry.Type))
	head = binary.BigEndian.AppendUint64(head, uint64(len(entry.Data)))
	sum := crc32.Update(0, castagnoli, head)
	sum = crc32.Update(sum, castagnoli, entry.Data)
	return crc32.Update(sum, castagnoli, entry.Extensions)
}

// durableIndex is the index of the last entry that was ever durable, in a file of its own: how long the log must at least be. It is
// written after the log is durable and not synced itself: after a power cut it may be behind, and never ahead.
type durableIndex struct {
	mu         sync.Mutex
	f          *os.File
	generation uint64
	index      uint64
	missing    bool // there was no file
}

// slotSize is what one of the file's two slots takes: generation, index, checksum. They are written in turn.
const slotSize = 8 + 8 + crc32.Size

func openDurableIndex(path string) (*durableIndex, error) {
	_, missing := os.Stat(path)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	d := &durableIndex{f: f, missing: errors.Is(missing, fs.ErrNotExist)}
	for slot := range int64(2) {
		var b [slotSize]byte
		if _, err := f.ReadAt(b[:], slot*slotSize); err != nil {
			continue // it was never written
		}
		generation := binary.BigEndian.Uint64(b[:])
		if crc32.Checksum(b[:16], castagnoli) == binary.BigEndian.Uint32(b[16:]) && generation > d.generation {
			d.generation, d.index = generation, binary.BigEndian.Uint64(b[8:])
		}
	}
	return d, nil
}

func (d *durableIndex) set(index uint64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.generation++
	var b [slotSize]byte
	binary.BigEndian.PutUint64(b[:], d.generation)
	binary.BigEndian.PutUint64(b[8:], index)
	binary.BigEndian.PutUint32(b[16:], crc32.Checksum(b[:16], castagnoli))
	if _, err := d.f.WriteAt(b[:], int64(d.generation%2)*slotSize); err != nil {
		return fmt.Errorf("write durable index: %w", err)
	}
	d.index = index
	return nil
}

func (d *durableIndex) close() error { return d.f.Close() }
