package dataplane

import (
	"os"
	"syscall"

	"github.com/bindery/bindery/node/process"
)

// prepareProcess has the system end this process rather than another where there is no memory left, and refuse it what is far beyond what
// it may have. What can't be set is left: these are second lines of defence.
func prepareProcess(memory int64) {
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("500"), 0)
	mapped := process.MappedData()
	var l syscall.Rlimit
	if memory <= 0 || mapped == 0 || syscall.Getrlimit(syscall.RLIMIT_DATA, &l) != nil {
		return
	}
	if most := mapped + uint64(2*memory+256<<20); most < l.Cur {
		_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: most, Max: l.Max})
	}
}
