package bounds

// maxStack is how much of its stack a goroutine may use when a built-in begins. Go ends the process at 1 GB. A look-up through a
// chain of prototypes and proxies, which goja makes by recursion, adds to it without any built-in, so most is left for that.
var maxStack = stackLimit()

// stackLimit gives the limit, out of reach if stackUsed doesn't tell what it should.
func stackLimit() uintptr {
	const limit = 128 << 20
	here := stackUsed()
	deep := deeper(64)
	if here > 0 && here < 1<<20 && deep > here+64*1024 && deep < here+64*1024*2 {
		return limit
	}
	return ^uintptr(0)
}

// deeper is what stackUsed gives n frames of a kilobyte further down.
//
//go:noinline
func deeper(n int) uintptr {
	var frame [1024]byte
	frame[n] = 1
	if n == 0 {
		return stackUsed() + uintptr(frame[n]) - 1
	}
	return deeper(n-1) + uintptr(frame[n]) - 1
}

// StackUsed is how many bytes of its stack the goroutine uses, 0 where that can't be told, and whether it may use more: at that limit
// built-ins refuse to begin. For other native functions that are called at each level of a recursion.
func StackUsed() (bytes uintptr, usedUp bool) {
	n := stackUsed()
	return n, n > maxStack
}
