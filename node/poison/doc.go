// Package poison finds out which versions of Workers end a data plane, and says how they are to be served then.
//
// It owns the evidence (the table of what runs, the reading of Go's fatal traces), and the rule: who was running when a data plane died is
// suspected and served by a data plane for suspects; who ends that too is held back. It does not own processes: it is told of deaths, and never
// looks at a clock.
package poison
