package compiler

import (
	"syscall"

	program "github.com/bindery/bindery/node/process"
)

func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// limitProcess sets what the system enforces.
func limitProcess(l Limits) {
	lowerLimit(syscall.RLIMIT_CPU, uint64((2 * lifetime).Seconds()))
	lowerLimit(syscall.RLIMIT_CORE, 0)
	// Private writable mappings, of which Go has more than it uses: some tens of megabytes from the start, and 64 MB at a time. The watch
	// comes first, except for what is asked for at once.
	if mapped := program.MappedData(); mapped > 0 {
		lowerLimit(syscall.RLIMIT_DATA, mapped+2*uint64(l.Memory))
	}
}
