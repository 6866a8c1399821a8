package main

import (
	"github.com/KimMachineGun/automemlimit/memlimit"
)

// Bounds of what a process may come to where nobody says.
const (
	memoryShare  = 0.5 // of the control group's limit, else of the machine's memory
	unknownLimit = size(2 << 30)
)

// defaultMemory is what --memory is where it is not given.
func defaultMemory() size {
	for _, provider := range []memlimit.Provider{memlimit.FromCgroup, memlimit.FromSystem} {
		if n, err := provider(); err == nil && n > 0 && n < 1<<62 {
			return max(size(memoryShare*float64(n)), leastMemory)
		}
	}
	return unknownLimit
}
