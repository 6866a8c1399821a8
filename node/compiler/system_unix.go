//go:build linux || darwin

package compiler

import (
	"syscall"
	"time"
)

// cpuTime is how much processor time this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// lowerLimit lowers a limit of this process, for good. Limits are a second line of defence: one that can't be set is no fault.
func lowerLimit(resource int, to uint64) {
	var l syscall.Rlimit
	if syscall.Getrlimit(resource, &l) != nil {
		return
	}
	if l.Cur < to || l.Max < to {
		return
	}
	_ = syscall.Setrlimit(resource, &syscall.Rlimit{Cur: to, Max: to})
}
