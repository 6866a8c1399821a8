// Package agent keeps a node's data planes: it starts or adopts them, tells them what to serve, and starts them again when they die.
//
// It owns the processes, the listeners that they share, the last assignments on disk, and what follows from poison's rule. It doesn't own
// where assignments come from, nor how they are served (package dataplane does). No request passes through it.
//
// # Two data planes
//
// One serves all. While package poison suspects versions of having ended it, a second one serves the roots that reach these, and the first hands
// their requests over. Each is supervised by a goroutine of its own.
//
// # What is on disk
//
// Below Dir/dataplane: the sockets of each data plane (N.grpc, N.hand), by which another control process finds it; the last traces of
// those that died (N.crash); the last assignments, their secrets sealed under a key that never leaves this node (assignments, key); and what is
// known against versions (poison.json). The listening sockets of HTTP are held here and in the data planes: while none of them
// lives, connections wait.
package agent
