package blob

import (
	"sync/atomic"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

var streamMaker atomic.Pointer[func(*webidl.Realm, body.Stream) *goja.Object]

// SetStream tells what makes the ReadableStream that Blob.stream returns. Without it that method throws.
func SetStream(make func(*webidl.Realm, body.Stream) *goja.Object) { streamMaker.Store(&make) }

func newStream(r *webidl.Realm, s body.Stream) goja.Value {
	if make := streamMaker.Load(); make != nil {
		return (*make)(r, s)
	}
	panic(r.TypeError("ReadableStream is not available"))
}
