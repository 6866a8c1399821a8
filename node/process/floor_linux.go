package process

import (
	"os"
	"syscall"
	"unsafe"
)

// release gives the pages of an allocation that holds nothing back to the system. Go clears a large allocation if any of its addresses were in use
// before, as they are in about every second start, and then they are resident.
func release(b []byte) {
	page := uintptr(os.Getpagesize())
	skip := -uintptr(unsafe.Pointer(&b[0])) % page
	b = b[skip:]
	_ = syscall.Madvise(b[:uintptr(len(b))/page*page], syscall.MADV_DONTNEED) // else they stay
}
