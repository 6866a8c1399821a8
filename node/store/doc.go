// Package store owns the replicated state of a cluster: Workers, their versions, releases, nodes, and what is held back. It keeps it in a raft
// group (hashicorp/raft) whose state machine is deterministic: commands in, state out, no clock and no I/O.
//
// A [State] is one immutable reading of it; a [Store] is the node's part in the group: it proposes commands, reads, watches, and keeps
// log and snapshots on disk so that damage to either is noticed. It owns neither the content of bundles (package bundles) nor the
// decision of what may be released (package control), and secrets pass through it sealed.
package store
