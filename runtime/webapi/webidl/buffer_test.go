package webidl_test

import (
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// A view whose buffer was detached has no bytes, and asking must not touch the memory that it once had.
func TestDetachedBuffersHaveNoBytes(t *testing.T) {
	for _, view := range []string{
		"new Uint8Array(b)", "new Uint8Array(b, 65536)", "new Uint8ClampedArray(b, 65536)", "new Int8Array(b, 1)", "new Uint16Array(b, 65536)",
		"new Float64Array(b, 8)", "new BigUint64Array(b)", "new DataView(b)", "new DataView(b, 65536)", "b",
	} {
		runtimetest.New(t).Do(func(r *webidl.Realm) {
			v, err := r.VM.RunString("var b = new ArrayBuffer(100000); " + view)
			if err != nil {
				t.Error(err)
				return
			}
			if b, ok := r.BufferBytes(v); !ok || len(b) == 0 {
				t.Errorf("%s: %d bytes, %v before", view, len(b), ok)
			}
			r.VM.Get("b").Export().(goja.ArrayBuffer).Detach()
			if b, ok := r.BufferBytes(v); !ok || len(b) != 0 {
				t.Errorf("%s: %d bytes, %v after", view, len(b), ok)
			}
		})
	}
}
