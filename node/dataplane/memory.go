package dataplane

import (
	"fmt"
	"os"
	"runtime/metrics"
	"time"

	"github.com/bindery/bindery/node/poison"
)

// How the whole process is kept within its memory. The Guard judges Workers well before; this is for what it can't see or not in time.
const (
	memoryInterval = 20 * time.Millisecond
	memoryLooks    = 3   // how many looks in a row the heap must be beyond the ceiling
	memoryExcess   = 1.5 // how much more than the ceiling, of what Go has from the system, ends it at once
)

// ExitMemory is the code with which a data plane ends itself that has passed its ceiling.
const ExitMemory = 90

// watchMemory ends the process when it passes its ceiling.
func watchMemory(ceiling int64) {
	beyond := 0
	for range time.Tick(memoryInterval) {
		heap, total := memory()
		if heap <= uint64(ceiling) {
			beyond = 0
		} else {
			beyond++
		}
		if beyond >= memoryLooks || float64(total) > memoryExcess*float64(ceiling) {
			fmt.Fprintf(os.Stderr, "%s %d MB of %d MB\n", poison.MemoryPassed, max(heap, total)>>20, ceiling>>20)
			os.Exit(ExitMemory)
		}
	}
}

// memory is how many bytes the heap's objects have, and how many Go has from the system.
func memory() (heap, total uint64) {
	s := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(s)
	return s[0].Value.Uint64(), s[1].Value.Uint64() - s[2].Value.Uint64()
}
