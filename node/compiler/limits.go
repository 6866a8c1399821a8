package compiler

import (
	"cmp"
	"time"
)

// Limits bound one child. A field that is 0 has the default.
type Limits struct {
	// Stack is how many bytes a goroutine's stack may have. Go doubles stacks, so what counts is the power of two below. It must
	// be well below that of this process, which is Go's default (1 GB, 250 MB on 32 bits). Default: 64 MB, four times what the deepest source
	// takes that package lower accepts.
	Stack int
	// Memory is how many bytes the child may have from the system. Default: 512 MB.
	Memory int64
	// CPU is how much processor time a request may take. Default: 10 s. Only known on Linux and macOS.
	CPU time.Duration
	// Wall is how long a request may take. Default: 30 s.
	Wall time.Duration
}

func (l Limits) orDefault() Limits {
	return Limits{
		Stack:  cmp.Or(l.Stack, 64<<20),
		Memory: cmp.Or(l.Memory, 512<<20),
		CPU:    cmp.Or(l.CPU, 10*time.Second),
		Wall:   cmp.Or(l.Wall, 30*time.Second),
	}
}

// lifetime is after how much processor time a child is replaced, which bounds what one can gather. It gets twice as much from the system,
// as the last resort where a child has lost its parent and can't end by itself.
const lifetime = 5 * time.Minute
