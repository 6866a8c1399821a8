// Package scheduler decides which groups run on which nodes. A group is a root Worker and everything it reaches through
// service bindings; it is placed whole, so that a call over a binding never leaves its node.
//
// It owns the graph of Workers ([Graph]), the plan ([Plan], [Advance], [Rebalance]) and the answers about it
// ([State.Explain], [State.Preview], [State.Shortages]). It is a pure function of its input: no clock, no I/O, no
// goroutine, no random numbers, and the same input gives the same output whatever order the lists in it have. It does not
// read configuration files, watch nodes or send assignments: who calls it turns those into a [Snapshot] or a [Delta] and
// commits the [Changes].
//
// The work of Advance is in proportion to what its Delta touches. See docs/scheduler.md for the rules a user sees and
// docs/rationale/scheduler.md for why they are what they are.
package scheduler
