// Package watchdog ends script that takes more than its share: CPU time, wall time, memory.
//
// It owns the watch over what runs in the process: one goroutine that looks every few milliseconds at the strands that run,
// charges the time since its last look to the innermost one of each goroutine, and has one interrupted whose budget is spent; that judges
// who is to blame when the process's heap grows past its share; and that keeps the deadlines of work that waits. Nothing is timed
// per call: beginning and ending a turn costs a few atomic operations.
//
// It does not own what an interrupt does to an isolate, or what a native function may allocate (package bounds), and knows no
// JavaScript: what it watches is a [Subject].
package watchdog
