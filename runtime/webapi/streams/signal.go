package streams

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Signal is an AbortSignal. Its methods are called on the strand.
type Signal interface {
	Aborted() bool
	Reason() goja.Value
	// OnAbort has fn called once when the signal is aborted; remove takes fn back.
	OnAbort(fn func()) (remove func())
}

// AbortController is the signal of a WritableStreamDefaultController together with the power to abort it.
type AbortController interface {
	// Object is the AbortSignal as script sees it.
	Object() *goja.Object
	// Abort aborts the signal; only the first call counts.
	Abort(reason goja.Value)
}

// What stands behind AbortSignal. The package that owns the class sets both while the process starts; without them pipeTo takes no
// signal, and a controller's signal is undefined.
var (
	AbortSignalOf      func(v goja.Value) (Signal, bool)
	NewAbortController func(r *webidl.Realm) AbortController
)
