package dataplane

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// executable is what a child runs. The link stands for the very file that this process was started from, also when another has its
// name now.
func executable() (string, error) { return "/proc/self/exe", nil }

// prepareProcess has the system end this process rather than another where there is no memory left, and refuse it what is far beyond what
// it may have. What can't be set is left: these are second lines of defence.
func prepareProcess(memory int64) {
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("500"), 0)
	mapped := mappedData()
	var l syscall.Rlimit
	if memory <= 0 || mapped == 0 || syscall.Getrlimit(syscall.RLIMIT_DATA, &l) != nil {
		return
	}
	if most := mapped + uint64(2*memory+256<<20); most < l.Cur {
		_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: most, Max: l.Max})
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
