package main

import (
	"os"
	"runtime"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// Bounds of what a process may come to where nobody says.
const (
	memoryShare  = 0.5 // of the control group's limit, else of the machine's memory
	unknownLimit = size(2 << 30)
)

// defaultMemory is what --memory is where it is not given.
func defaultMemory() size {
	for _, provider := range []memlimit.Provider{memlimit.FromCgroup, memlimit.FromSystem} {
		if n, err := provider(); err == nil && n > 0 && n < 1<<62 {
			return max(size(memoryShare*float64(n)), leastMemory)
		}
	}
	return unknownLimit
}

// heapFloor is how much the garbage collector believes to be live at least. With the few megabytes of a small Worker the collector runs
// after every few megabytes of garbage, and is most of the cost of a request; with this floor it runs after some 25 MB. A higher one
// saves little more, and what a stream leaves behind until the next collection would count against a promise: resident memory grows by less than
// 32 MB however much is streamed.
const heapFloor = 20 << 20

// raiseHeapFloor makes an allocation that nobody touches, so that its pages are never resident. It lives until lower is called. Whoever sets
// GOGC knows better.
func raiseHeapFloor() (lower func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	floor := make([]byte, heapFloor)
	return func() { runtime.KeepAlive(floor) }
}

// perProcessor is how many threads may run Go for each processor. A Worker that computes holds one for 10 ms at a time, as Go's scheduler has it; with more
// threads than processors the kernel has its say, and lets those go first that have slept. See docs/rationale/fairness.md.
const perProcessor = 2

// raiseProcessors sets GOMAXPROCS to a multiple of the processors that Go sees, the limit of a container included. Whoever sets it in the
// environment knows better.
func raiseProcessors() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(perProcessor * runtime.GOMAXPROCS(0))
	}
}
