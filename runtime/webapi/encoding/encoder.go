package encoding

import (
	"reflect"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/webapi/encoding/codec"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// TextEncoder is https://encoding.spec.whatwg.org/#interface-textencoder. It has no state.
type TextEncoder struct{}

// EncoderClass is the class TextEncoder.
var EncoderClass = webidl.NewClass[*TextEncoder]("TextEncoder")

func init() {
	EncoderClass.Constructor(0, func(webidl.Call) *TextEncoder { return &TextEncoder{} }).
		Getter("encoding", func(_ *TextEncoder, r *webidl.Realm) goja.Value { return r.Str("utf-8") }).
		Method("encode", 0, encode).
		Method("encodeInto", 2, encodeInto)
}

// encode is https://encoding.spec.whatwg.org/#dom-textencoder-encode.
func encode(_ *TextEncoder, c webidl.Call) goja.Value {
	if !c.Has(0) {
		return c.Uint8Array(nil)
	}
	text := c.DOMString(c.Arg(0))
	bounds.Charge(c.Realm, int64(text.Length()))
	return c.Uint8Array(webidl.Encode(text))
}

// encodeInto is https://encoding.spec.whatwg.org/#dom-textencoder-encodeinto.
func encodeInto(_ *TextEncoder, c webidl.Call) goja.Value {
	text := c.DOMString(c.Arg(0))
	if !isUint8Array(c.Realm, c.Arg(1)) {
		panic(c.TypeError("Failed to execute 'TextEncoder.encodeInto': parameter 2 is not of type 'Uint8Array'."))
	}
	dst, _ := c.BufferBytes(c.Arg(1))
	if n := len(dst) + 1; text.Length() > n { // each unit takes a byte at least, so that the last of these is never reached
		text = text.Substring(0, n)
	}
	read, written := 0, 0
	if s := text.String(); len(s) == text.Length() { // ASCII
		read = copy(dst, s)
		written = read
	} else {
		read, written = codec.EncodeStringInto(dst, s)
	}
	result := c.VM.NewObject()
	c.Put(result, "read", c.ToValue(read))
	c.Put(result, "written", c.ToValue(written))
	return result
}

// isUint8Array tells a Uint8Array by its bytes, which a Uint8ClampedArray has too: that one is told by what it inherits from.
func isUint8Array(r *webidl.Realm, v goja.Value) bool {
	obj, ok := v.(*goja.Object)
	if !ok || obj.ExportType() != reflect.TypeFor[[]byte]() || !r.IsView(obj) {
		return false
	}
	clamped, ok := r.Global("Uint8ClampedArray").Get("prototype").(*goja.Object)
	return ok && !webidl.Inherits(obj, clamped)
}
