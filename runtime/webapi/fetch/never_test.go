package fetch_test

import (
	"sync/atomic"
	"testing"
	"time"
)

// never is a stream that brings nothing until it is cancelled.
type never struct {
	pull      atomic.Pointer[chan struct{}]
	cancelled atomic.Bool
}

func (s *never) signal() chan struct{} {
	c := make(chan struct{})
	s.pull.CompareAndSwap(nil, &c)
	return *s.pull.Load()
}

func (s *never) Pull(func([]byte, error)) { close(s.signal()) }

func (s *never) Cancel(error) { s.cancelled.Store(true) }

// pulled waits for the first pull.
func (s *never) pulled(t *testing.T) {
	select {
	case <-s.signal():
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was pulled")
	}
}
