//go:build !linux

package dataplane

import "os"

func executable() (string, error) { return os.Executable() }

func prepareProcess(int64) {}
