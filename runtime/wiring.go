package runtime

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Streams are aborted by signals, and have signals of their own, and realms tell of unhandled rejections, without knowing the package that has
// the classes.
func init() {
	streams.AbortSignalOf = func(v goja.Value) (streams.Signal, bool) {
		s, ok := event.SignalOf(v)
		if !ok {
			return nil, false
		}
		return s, true
	}
	webidl.OnUnhandled = event.Unhandled
	webidl.Poll = bounds.Check
	streams.NewAbortController = func(r *webidl.Realm) streams.AbortController { return event.NewSignal(r) }
}
