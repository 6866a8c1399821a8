package compiler

import (
	"fmt"
)

// Cause says what ended the compiler.
type Cause uint8

// The causes.
const (
	Died   Cause = iota // something from outside, or a fault of ours
	Stack               // it ran out of stack
	Memory              // it ran out of memory
	CPU                 // it ran out of CPU time
	Wall                // it did not end in time
)

// Error says that the compiler ended over a Worker's source.
type Error struct {
	Cause  Cause
	Limits Limits   // that were in force
	Files  []string // that were read before, by absolute path; the last ones may be the reason
	Detail string   // what the system or Go said
}

// Error tells what was exhausted.
func (e *Error) Error() string {
	const source = "source is nested too deeply or too large to compile: the compiler "
	switch e.Cause {
	case Stack:
		return source + "ran out of stack"
	case Memory:
		return fmt.Sprintf("%sran out of memory (limit %d MB)", source, e.Limits.Memory>>20)
	case CPU:
		return fmt.Sprintf("%sran out of CPU time (%v)", source, e.Limits.CPU)
	case Wall:
		return fmt.Sprintf("%sdid not end within %v", source, e.Limits.Wall)
	}
	return "the compiler was ended twice: " + e.Detail
}
