// Package runtime runs Workers: it loads code into isolates, calls their handlers, and keeps a pool of isolates for each link.
//
// It owns the isolate (a realm of JavaScript with a strand to serialise it), the life of a call in it, the execution context and
// event objects that handlers receive, and the growing and shrinking of pools. It knows nothing of other Workers: what env holds
// is built by whoever makes a [Script], and a call between Workers is a [Job] like any other. It opens no socket.
//
// The way of a job: [Pool.Do] tries the isolates for one whose strand is free, runs the handler on the caller's own goroutine
// with all its microtasks, and if the promise has settled by then the job is finished before Do returns. Otherwise the work is
// queued or goes on when its timers, fetches and reads come back, on goroutines of their own.
package runtime
