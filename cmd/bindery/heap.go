package main

import (
	"os"
	"runtime"
)

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
