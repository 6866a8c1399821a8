// Package crypto is the Web Cryptography API (https://w3c.github.io/webcrypto/) as Workers have it
// (https://developers.cloudflare.com/workers/runtime-apis/web-crypto/), on the cryptography of Go's standard library.
//
// What takes long (large inputs, key derivation, RSA) runs on a goroutine of its own, so that it holds up nobody who shares the isolate.
// Algorithms that are not here are refused with a NotSupportedError that lists those that are.
package crypto

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// API is what this package adds to the global object.
var API = webidl.API{
	Classes: []webidl.Declared{cryptoClass, subtleClass, KeyClass},
	Globals: []engine.Member{{Name: "crypto", Make: func(rt *goja.Runtime) goja.Value {
		r := webidl.Of(rt)
		if r == nil {
			return engine.Hidden(goja.Undefined())
		}
		return cryptoClass.New(r, &cryptoObject{})
	}}},
}

// cryptoObject is https://w3c.github.io/webcrypto/#crypto-interface.
type cryptoObject struct{ subtle *goja.Object }

// subtleObject is https://w3c.github.io/webcrypto/#subtlecrypto-interface. It has no state.
type subtleObject struct{}

var (
	cryptoClass = webidl.NewClass[*cryptoObject]("Crypto")
	subtleClass = webidl.NewClass[*subtleObject]("SubtleCrypto")
)

// maxRandom is the most that getRandomValues fills, in bytes.
const maxRandom = 65536

func init() {
	cryptoClass.
		Getter("subtle", func(o *cryptoObject, r *webidl.Realm) goja.Value {
			if o.subtle == nil {
				o.subtle = subtleClass.New(r, &subtleObject{})
			}
			return o.subtle
		}).
		Method("getRandomValues", 1, getRandomValues).
		Method("randomUUID", 0, func(_ *cryptoObject, c webidl.Call) goja.Value {
			needInvocation(c)
			return c.Str(uuid())
		})
	subtleClass.Method("timingSafeEqual", 2, func(_ *subtleObject, c webidl.Call) goja.Value {
		a, b := c.BufferSource(c.Arg(0)), c.BufferSource(c.Arg(1))
		if len(a) != len(b) {
			panic(c.TypeError("Input buffers must have the same byte length"))
		}
		return c.ToValue(subtle.ConstantTimeCompare(a, b) == 1)
	})
	for _, op := range operations {
		subtleClass.AsyncMethod(op.name, op.length, func(_ *subtleObject, c webidl.Call) goja.Value { return op.run(c) })
	}
}

// needInvocation refuses random values in global scope: what is made there would be the same for all requests.
func needInvocation(c webidl.Call) {
	if c.Invocation() == nil {
		panic(c.Error(webidl.GlobalScope))
	}
}

// getRandomValues is https://w3c.github.io/webcrypto/#Crypto-method-getRandomValues.
func getRandomValues(_ *cryptoObject, c webidl.Call) goja.Value {
	obj, ok := c.Arg(0).(*goja.Object)
	if !ok || c.KindOf(obj) != webidl.KindTypedArray {
		what := "value"
		if ok && c.KindOf(obj) == webidl.KindDataView {
			what = "DataView"
		}
		panic(mismatch(c, what))
	}
	if class, _, _, _ := c.View(obj); class == "Float32Array" || class == "Float64Array" {
		panic(mismatch(c, class))
	}
	b, _ := c.BufferBytes(obj)
	if len(b) > maxRandom {
		panic(c.DOMException("QuotaExceededError",
			"getRandomValues() only accepts buffers of size <= 64K but provided %d bytes.", len(b)))
	}
	needInvocation(c)
	_, _ = rand.Read(b) // never fails
	return obj
}

func mismatch(c webidl.Call, what string) goja.Value {
	return c.DOMException("TypeMismatchError",
		"The data argument to getRandomValues() must be an integer-typed TypedArray; a %s was given.", what)
}

// uuid makes a version 4 UUID (https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-4).
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6] = b[6]&0x0F | 0x40
	b[8] = b[8]&0x3F | 0x80
	var text [36]byte
	hex.Encode(text[:], b[:4])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	hex.Encode(text[9:], b[4:6])
	hex.Encode(text[14:], b[6:8])
	hex.Encode(text[19:], b[8:10])
	hex.Encode(text[24:], b[10:])
	return string(text[:])
}
