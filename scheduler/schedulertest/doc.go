// Package schedulertest is a kit to test the scheduler and what stands on it: a cluster in a few lines ([New]), a text form of
// scenarios ([Script]), the invariants of every plan, checked by a second, naive implementation ([World]), generated fleets, and
// what a plan is measured against: the exact optimum, a lower bound, and first-fit-decreasing.
//
// It owns nothing that runs in production, and its figures of demand, closure and composition are worked out without the
// scheduler's own code.
package schedulertest
