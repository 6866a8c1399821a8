// Package binding joins Workers: it builds the env of each, and makes the call of one Worker to another a call in the process.
//
// It owns compositions (Workers pinned to versions, each a pool of isolates for its link), the env object with its vars, secrets and
// service bindings, and the way of a bound call: the callee's handler runs on the caller's goroutine if it can, its Request and
// Response are handed over by reference. It knows neither HTTP nor where Workers run; what an isolate is belongs to package runtime.
package binding
