// Package dataplane is the process of a node that serves requests: ingress and runtime, nothing else.
//
// It owns the child's side: the service by which the control process says what is to be served, the generations that come of it, the listeners
// that it was given, its end, and the evidence of what runs. It doesn't own when data planes are started and watched (package agent does),
// how a generation is made (package generation), or what a fault is called in the log (a [Reporter] is told).
//
// # Its life
//
// It is started with its listeners open: connections that come before it accepts wait in the backlog. It accepts HTTP with the first Load,
// and ends by Stop, by a signal, or when something kills it; never because the control process has ended. It runs in a session of its own, so that
// what is sent to the control process's terminal or process group does not reach it.
//
// # The handover socket
//
// On a second Unix socket it tells who it is, and hands out its listeners and its table of what runs. The connection stays open: its end
// tells the other side that this process is gone, whoever started it. What connects gives it a descriptor for its log, so that
// what Workers print follows the control process that is alive.
//
// # On demand
//
// A Load makes a small record of each Worker. Its bundle is read, verified and compiled when the first request needs it. Workers that have been
// running, and those of a small change, are loaded before they are served: no request waits for what a release has changed.
package dataplane
