//go:build !linux && !darwin

package compiler

import (
	"syscall"
	"time"
)

func childAttributes() *syscall.SysProcAttr { return nil }

// cpuTime is unknown: Limits.Wall is what there is.
func cpuTime() time.Duration { return 0 }

func limitProcess(Limits) {}
