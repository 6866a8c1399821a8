package watchdog

import (
	"sync"
	"sync/atomic"
)

// slots lists the Runners whose turns are under way. Each has a place of its own that it tries first, so that listing it is one
// atomic operation that nobody contends for.
type slots struct {
	marks  []atomic.Uint64          // of who has each of the first places; see Options.Running
	chunks atomic.Pointer[[]*chunk] // replaced, never changed, under mu
	mu     sync.Mutex
	next   atomic.Uint32
}

const chunkSize = 64

type chunk [chunkSize]atomic.Pointer[Runner]

func newSlots(marks []atomic.Uint64) *slots {
	s := &slots{marks: marks}
	s.chunks.Store(&[]*chunk{new(chunk)})
	return s
}

// hint is a place to try first: a different cache line for each that asks in turn.
func (s *slots) hint() uint32 { return s.next.Add(8 + 1) }

// put lists r and returns where.
func (s *slots) put(r *Runner, hint uint32) uint32 {
	for {
		chunks := *s.chunks.Load()
		n := uint32(len(chunks) * chunkSize)
		for i := range n {
			at := (hint + i) % n
			if p := &chunks[at/chunkSize][at%chunkSize]; p.Load() == nil && p.CompareAndSwap(nil, r) {
				if at < uint32(len(s.marks)) {
					s.marks[at].Store(r.mark)
				}
				return at
			}
		}
		s.grow(len(chunks))
	}
}

// remove clears a place.
func (s *slots) remove(at uint32) {
	if at < uint32(len(s.marks)) {
		s.marks[at].Store(0)
	}
	(*s.chunks.Load())[at/chunkSize][at%chunkSize].Store(nil)
}

func (s *slots) grow(from int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := *s.chunks.Load()
	if len(old) > from {
		return
	}
	list := append(append(make([]*chunk, 0, 2*len(old)), old...), make([]*chunk, len(old))...)
	for i := len(old); i < len(list); i++ {
		list[i] = new(chunk)
	}
	s.chunks.Store(&list)
}

// all appends those listed now to list.
func (s *slots) all(list []*Runner) []*Runner {
	for _, c := range *s.chunks.Load() {
		for i := range c {
			if r := c[i].Load(); r != nil {
				list = append(list, r)
			}
		}
	}
	return list
}
