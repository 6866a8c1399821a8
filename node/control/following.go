package control

import "sync"

// following is which nodes follow their assignments. A node that comes again, because its connection was lost, may do so before the end of the
// first call is seen.
type following struct {
	mu     sync.Mutex
	byNode map[string]int // guarded by mu: the number of the last call of each
	calls  int            // guarded by mu
}

// begin notes that a node follows. What it gives ends that, and reports whether the node does not follow by another call.
func (f *following) begin(node string) (ended func() bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byNode == nil {
		f.byNode = map[string]int{}
	}
	f.calls++
	call := f.calls
	f.byNode[node] = call
	return func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.byNode[node] != call {
			return false
		}
		delete(f.byNode, node)
		return true
	}
}

func (f *following) is(node string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byNode[node] != 0
}
