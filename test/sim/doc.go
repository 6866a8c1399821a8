// Package sim runs clusters in one process, on a network of its own and in time that passes at once: partitions, lost and late messages,
// crashes and restarts, drawn from a seed. After each schedule it asks whether what clients saw is linearizable, whether all replicas had the same state at
// each index, and whether a release that was acknowledged is still there. It has no product code: see package network for the network.
//
// A seed that failed is kept in testdata/seeds and run first. The seed decides the schedule, not how goroutines interleave.
package sim
