package fetch_test

import (
	"io"
	"sync"
)

// slowStream delivers chunks from other goroutines, then err or io.EOF.
type slowStream struct {
	err error

	mu        sync.Mutex
	chunks    [][]byte // guarded by mu
	cancelled error    // guarded by mu
}

func (s *slowStream) Pull(deliver func([]byte, error)) {
	go func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case s.cancelled != nil:
			go deliver(nil, s.cancelled)
		case len(s.chunks) > 0:
			c := s.chunks[0]
			s.chunks = s.chunks[1:]
			go deliver(c, nil)
		case s.err != nil:
			go deliver(nil, s.err)
		default:
			go deliver(nil, io.EOF)
		}
	}()
}

func (s *slowStream) Cancel(reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancelled == nil {
		s.cancelled = reason
	}
}
