package compiler

import (
	"fmt"
	"os"
	"runtime/metrics"
	"time"
)

// watchInterval is how often a child looks at itself. esbuild takes some 10 MB of new memory in that time at most.
const watchInterval = 5 * time.Millisecond

// watch ends the process when it passes a limit before stop is called.
func watch(l Limits) (stop func()) {
	done := make(chan struct{})
	began := cpuTime()
	go func() {
		ticks := time.NewTicker(watchInterval)
		defer ticks.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticks.C:
			}
			if used := memory(); used > uint64(l.Memory) {
				fmt.Fprintf(os.Stderr, "compiler: %d MB of memory are more than %d\n", used>>20, l.Memory>>20)
				os.Exit(exitMemory)
			}
			if used := cpuTime() - began; used > l.CPU {
				fmt.Fprintf(os.Stderr, "compiler: %v of CPU time are more than %v\n", used, l.CPU)
				os.Exit(exitCPU)
			}
		}
	}()
	return func() { close(done) }
}

// memory is how many bytes Go has from the system.
func memory() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() - s[1].Value.Uint64()
}
