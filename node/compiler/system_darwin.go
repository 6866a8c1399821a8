package compiler

import "syscall"

// macOS sends no signal when the parent dies: a child ends when its input does.
func childAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// limitProcess sets what the system enforces. Limits of memory are not among it: the system does not heed them, and Go reserves address space
// by the gigabyte.
func limitProcess(Limits) {
	lowerLimit(syscall.RLIMIT_CPU, uint64((2 * lifetime).Seconds()))
	lowerLimit(syscall.RLIMIT_CORE, 0)
}
