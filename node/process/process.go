// Package process sets what a whole process that runs Workers wants of Go: a collector that does not run all the time for a small heap, and
// threads for those who wait beside those who compute. It knows what the system tells of a process, too: its program, and what it has mapped. It does
// not own limits of memory or time: a runtime.Guard does.
package process

import (
	"os"
	"runtime"
)

// heapFloor is how much the garbage collector believes to be live at least. With the few megabytes of a small Worker the collector runs
// after every few megabytes of garbage, and is most of the cost of a request; with this floor it runs after some 25 MB. A higher one
// saves little more, and what a stream leaves behind until the next collection would count against a promise: resident memory grows by less than
// 32 MB however much is streamed.
const heapFloor = 20 << 20

// RaiseHeapFloor makes an allocation that nobody touches, so that its pages are never resident. It lives until lower is called. Whoever sets
// GOGC knows better.
func RaiseHeapFloor() (lower func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	floor := make([]byte, heapFloor)
	release(floor)
	return func() { runtime.KeepAlive(floor) }
}

// perProcessor is how many threads may run Go for each processor. A Worker that computes holds one for 10 ms at a time, as Go's scheduler has it; with more
// threads than processors the kernel has its say, and lets those go first that have slept. See docs/rationale/fairness.md.
const perProcessor = 2

// RaiseProcessors sets GOMAXPROCS to a multiple of the processors that Go sees, the limit of a container included. Whoever sets it in the
// environment knows better.
func RaiseProcessors() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(perProcessor * runtime.GOMAXPROCS(0))
	}
}
