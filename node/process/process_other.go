//go:build !linux

package process

// release does nothing: how much Go clears is only known of Linux.
func release([]byte) {}

// ReleaseImage does nothing: only on Linux are the pages of a program known to count as its own.
func ReleaseImage() {}
