//go:build unix

package ingress

import "syscall"

// peek is how many bytes wait to be read of a socket, one at the most.
func peek(fd uintptr) int {
	n, _, err := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	if err != nil {
		return 0
	}
	return n
}
