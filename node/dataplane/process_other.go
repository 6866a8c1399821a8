//go:build !linux

package dataplane

func prepareProcess(int64) {}
