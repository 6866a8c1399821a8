package process

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// ReleaseImage gives back the pages of the program's file that its start has mapped: initialising all packages reads most of a
// large executable once. What is needed again is mapped again, from the page cache, at about a microsecond for 64 KB. It does nothing where it
// can't, and may be called from any goroutine.
func ReleaseImage() {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer f.Close()
	var from, to uintptr // of the mapping that the lines are about, if it may go
	for in := bufio.NewScanner(f); in.Scan(); {
		line := in.Text()
		if key, value, _ := strings.Cut(line, " "); strings.HasSuffix(key, ":") {
			// Pages that differ from the file, relocated ones, are not to be had again.
			if key == "Anonymous:" && strings.TrimSpace(value) == "0 kB" && to > from {
				discard(from, to-from)
			}
			continue
		}
		from, to = mapping(line, self)
	}
}

// mapping reads the first line of an entry of smaps, proc(5). It gives nothing for what can be written or is of another file.
func mapping(line, file string) (from, to uintptr) {
	var permissions string
	if !strings.HasSuffix(line, " "+file) {
		return 0, 0
	}
	if n, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &permissions); n != 3 || err != nil || strings.Contains(permissions, "w") {
		return 0, 0
	}
	return from, to
}

// discard unmaps pages of a file that are like those in the file.
func discard(address, length uintptr) {
	_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, address, length, syscall.MADV_DONTNEED) // else they stay
}
