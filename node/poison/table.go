package poison

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"
)

// Table is memory that a data plane shares with its control process: which versions run. What was written before a process died, however it
// died, is there for who has the table mapped.
//
// A version is a number in the list of those that run, and its name is in another list at that number.
type Table struct {
	data []byte

	mu      sync.Mutex
	numbers map[string]uint64 // guarded by mu
}

// The layout of the memory, in bytes.
const (
	countAt   = 0  // how many names there are
	runningAt = 64 // on a cache line of its own
	places    = 4096
	namesAt   = runningAt + 8*places
	nameSize  = 64
	names     = 16384
	tableSize = namesAt + nameSize*names
)

// NewTable makes the memory of a table: a file without a name, of which nothing is written to a disk where the system has a better place.
func NewTable() (*os.File, error) {
	f, err := os.CreateTemp("/dev/shm", "bindery")
	if err != nil {
		f, err = os.CreateTemp("", "bindery")
	}
	if err == nil {
		err = errors.Join(os.Remove(f.Name()), f.Truncate(tableSize))
	}
	if err != nil {
		return nil, fmt.Errorf("make the table of what runs: %w", err)
	}
	return f, nil
}

// OpenTable maps the table in f, which may be closed afterwards.
func OpenTable(f *os.File) (*Table, error) {
	if info, err := f.Stat(); err != nil || info.Size() < tableSize {
		return nil, fmt.Errorf("map the table of what runs: it is no such table: %w", err)
	}
	data, err := syscall.Mmap(int(f.Fd()), 0, tableSize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map the table of what runs: %w", err)
	}
	return &Table{data: data, numbers: map[string]uint64{}}, nil
}

// Close unmaps the table. Nothing of it may be used any more.
func (t *Table) Close() { _ = syscall.Munmap(t.data) }

// Running has the number of the version that runs at each place, 0 where none does.
func (t *Table) Running() []atomic.Uint64 {
	return unsafe.Slice((*atomic.Uint64)(unsafe.Pointer(&t.data[runningAt])), places)
}

func (t *Table) count() *atomic.Uint64 { return (*atomic.Uint64)(unsafe.Pointer(&t.data[countAt])) }

// Number gives the number of a version, 0 where there is no room for one more. Only one process may call it.
func (t *Table) Number(version string) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := t.numbers[version]; n != 0 {
		return n
	}
	n := t.count().Load() + 1
	if n > names || len(version) > nameSize {
		return 0
	}
	copy(t.name(n), version)
	t.count().Store(n)
	t.numbers[version] = n
	return n
}

func (t *Table) name(n uint64) []byte {
	at := namesAt + nameSize*(n-1)
	return t.data[at : at+nameSize]
}

// Versions lists the versions that run, each once.
func (t *Table) Versions() []string {
	var list []string
	seen := map[uint64]bool{}
	running := t.Running()
	for i := range running {
		n := running[i].Load()
		if n == 0 || n > t.count().Load() || n > names || seen[n] {
			continue
		}
		seen[n] = true
		list = append(list, string(bytes.TrimRight(t.name(n), "\x00")))
	}
	return list
}
