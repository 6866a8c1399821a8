package compiler

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// executable is what a child runs. The link stands for the very file that this process was started from, also when another has its
// name now.
func executable() (string, error) { return "/proc/self/exe", nil }

func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// limitProcess sets what the system enforces.
func limitProcess(l Limits) {
	lowerLimit(syscall.RLIMIT_CPU, uint64((2 * lifetime).Seconds()))
	lowerLimit(syscall.RLIMIT_CORE, 0)
	// Private writable mappings, of which Go has more than it uses: some tens of megabytes from the start, and 64 MB at a time. The watch
	// comes first, except for what is asked for at once.
	if mapped := mappedData(); mapped > 0 {
		lowerLimit(syscall.RLIMIT_DATA, mapped+2*uint64(l.Memory))
	}
}

// mappedData is how much of the address space counts as data, 0 if unknown. See proc_pid_statm(5).
func mappedData() uint64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(b))
	if len(fields) < 6 {
		return 0
	}
	pages, err := strconv.ParseUint(fields[5], 10, 64)
	if err != nil {
		return 0
	}
	return pages * uint64(os.Getpagesize())
}
