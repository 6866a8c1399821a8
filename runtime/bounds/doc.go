// Package bounds keeps goja's built-ins from ending or starving the process.
//
// It owns what a built-in may do with a number, a list or a nesting that script chose: one allocation beyond a limit is a
// RangeError before anything is allocated, what is allocated is charged to the realm's Meter, long loops and all calls
// of built-ins by built-ins see an interrupt, recursion that never passes through a function of script has an end, and
// no code is made from strings. It does not own time (who interrupts, and when), the memory budget (what a charge leads
// to), the depth of script's own functions, or what operators and syntax allocate: see docs/rationale/bounds.md.
package bounds
