//go:build !unix

package watchdog

import "time"

var start = time.Now()

// processCPU takes all time for CPU time of as many processors as there are turns.
func processCPU() time.Duration { return time.Since(start) * (1 << 16) }
