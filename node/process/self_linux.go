package process

import (
	"os"
	"strconv"
	"strings"
)

// Executable is what a child runs that is to be the same program. The link stands for the very file that this process was started from, also when another has its
// name now.
func Executable() (string, error) { return "/proc/self/exe", nil }

// MappedData is how much of the address space counts as data, which RLIMIT_DATA bounds: 0 if unknown. See proc_pid_statm(5).
func MappedData() uint64 {
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
