package main

import (
	"os"
	"runtime"
)

// heapFloor is how much the garbage collector believes to be live at least. With the few megabytes of a small Worker the collector runs
// after every few megabytes of garbage, and is most of the cost of a request; with this floor it runs after some 32 MB.
const heapFloor = 32 << 20

// raiseHeapFloor makes an allocation that nobody touches, so that its pages are never resident. It lives until lower is called. Whoever sets
// GOGC knows better.
func raiseHeapFloor() (lower func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	floor := make([]byte, heapFloor)
	return func() { runtime.KeepAlive(floor) }
}
