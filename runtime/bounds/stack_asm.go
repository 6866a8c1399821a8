//go:build amd64 || arm64

package bounds

// stackUsed is how many bytes of its stack the goroutine uses. Implemented in assembly: Go has no way to it that a growing stack,
// which moves, doesn't spoil.
//
//go:noescape
func stackUsed() uintptr
