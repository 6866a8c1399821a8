package main

import "os"

// heapFloor is how much the garbage collector believes to be live at least. With the few megabytes of a small Worker the collector runs
// after every few megabytes of garbage, and is most of the cost of a request; with this floor it runs after some 32 MB.
const heapFloor = 32 << 20

var floor []byte

// raiseHeapFloor keeps an allocation that nobody touches: its pages are never resident. Whoever sets GOGC knows better.
func raiseHeapFloor() {
	if os.Getenv("GOGC") == "" {
		floor = make([]byte, heapFloor)
	}
}
