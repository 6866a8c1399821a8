//go:build unix

package watchdog

import (
	"syscall"
	"time"
)

// processCPU is the CPU time that the process has had so far.
func processCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
