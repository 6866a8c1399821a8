package watchdog

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Where all processors compute, a collection takes some milliseconds of theirs, not the time until the scheduler has come round to it once for each
// piece of the heap.
func TestCollectionEndsBesideThoseThatCompute(t *testing.T) {
	type piece struct{ _ *piece }
	const spans = 8000 // 8 KB each
	heap := make([]*piece, 0, spans*1024/2)
	for range cap(heap) {
		heap = append(heap, &piece{})
	}
	var over atomic.Bool
	var all sync.WaitGroup
	defer all.Wait()
	defer over.Store(true)
	for range 3 * runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for n := 0; !over.Load(); n++ {
			}
		})
	}
	ended := make(chan struct{})
	all.Go(func() {
		collect()
		close(ended)
	})
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Error("the collection goes on and on")
	}
	runtime.KeepAlive(heap)
}
