//go:build !linux

package process

import "os"

// Executable is what a child runs that is to be the same program.
func Executable() (string, error) { return os.Executable() }

// MappedData is unknown.
func MappedData() uint64 { return 0 }

// release does nothing: how much Go clears is only known of Linux.
func release([]byte) {}

// ReleaseImage does nothing: only on Linux are the pages of a program known to count as its own.
func ReleaseImage() {}
