// Package strand serialises work on one isolate without giving it a goroutine.
//
// A Strand is a lock and a queue of tasks. Whoever takes the lock runs his own work on his own goroutine; what comes
// meanwhile is queued and runs on a fresh goroutine once the lock is free, never on the goroutine of the holder, who would
// otherwise be kept by others' work. The package knows nothing of JavaScript.
package strand

import "sync"

// Strand is ready for use as a zero value. Its methods may be called from any goroutine. No lock is held while a task
// runs, so a task may post to its own strand.
type Strand struct {
	mu    sync.Mutex
	held  bool     // guarded by mu
	queue []func() // guarded by mu
	begun int      // guarded by mu: how many of queue have been begun
}

// TryAcquire takes the strand if nobody holds it and nothing waits for it, and reports whether it did. After true the caller
// must call Release, on any goroutine.
func (s *Strand) TryAcquire() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held {
		return false
	}
	s.held = true
	return true
}

// Release gives the strand up. Tasks that were posted meanwhile start on a fresh goroutine.
func (s *Strand) Release() {
	s.mu.Lock()
	if s.waiting() == 0 {
		s.held = false
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	go s.drain()
}

// Post has task run when the strand is free, after those posted before it, on a goroutine of its own. It never blocks and
// never runs task itself.
func (s *Strand) Post(task func()) {
	s.mu.Lock()
	s.queue = append(s.queue, task)
	start := !s.held
	s.held = true
	s.mu.Unlock()
	if start {
		go s.drain()
	}
}

// Waiting is the number of tasks posted and not yet begun.
func (s *Strand) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting()
}

func (s *Strand) waiting() int { return len(s.queue) - s.begun }

// Held reports whether somebody holds the strand.
func (s *Strand) Held() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held
}

// drain runs queued tasks, holding the strand, until none is left.
func (s *Strand) drain() {
	for task := s.next(); task != nil; task = s.next() {
		task()
	}
}

// compactAt is how many tasks must have been begun before their places are used again.
const compactAt = 64

// next takes the task to run next. Where there is none it gives the strand up, and nil.
func (s *Strand) next() func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting() == 0 {
		s.held, s.queue, s.begun = false, nil, 0
		return nil
	}
	if s.begun >= compactAt && s.begun >= s.waiting() {
		n := copy(s.queue, s.queue[s.begun:])
		clear(s.queue[n:])
		s.queue, s.begun = s.queue[:n], 0
	}
	task := s.queue[s.begun]
	s.queue[s.begun] = nil
	s.begun++
	return task
}
