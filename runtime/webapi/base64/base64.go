// Package base64 is the globals atob and btoa (https://html.spec.whatwg.org/#atob). The algorithm itself is package forgivingbase64.
package base64

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/forgivingbase64"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// API is what this package adds to the global object.
var API = webidl.API{Globals: []engine.Member{
	webidl.Function("atob", 1, "atob", atob),
	webidl.Function("btoa", 1, "btoa", btoa),
}}

func atob(c webidl.Call) goja.Value {
	b, err := forgivingbase64.Decode(c.String(0))
	if err != nil {
		panic(c.DOMException("InvalidCharacterError", "atob() called with invalid base64-encoded data. (Only whitespace, '+', '/', alphanumeric ASCII, "+
			"and up to two terminal '=' signs when the input data length is divisible by 4 are allowed.)"))
	}
	return c.Str(latin1(b))
}

// latin1 gives the text whose code points are the bytes.
func latin1(b []byte) string {
	high := 0
	for _, x := range b {
		high += int(x >> 7)
	}
	if high == 0 {
		return string(b)
	}
	text := make([]byte, 0, len(b)+high)
	for _, x := range b {
		if x < 0x80 {
			text = append(text, x)
		} else {
			text = append(text, 0xC0|x>>6, 0x80|x&0x3F)
		}
	}
	return string(text)
}

func btoa(c webidl.Call) goja.Value {
	s := c.DOMString(c.Arg(0))
	n := s.Length()
	bounds.Charge(c.Realm, int64(n)/3*4)
	text := s.String()
	if len(text) == n { // all ASCII
		return c.Str(forgivingbase64.Encode([]byte(text)))
	}
	b := make([]byte, n)
	for i := range n {
		u := s.CharAt(i)
		if u > 0xFF {
			panic(c.DOMException("InvalidCharacterError", "btoa() can only operate on characters in the Latin1 (ISO/IEC 8859-1) range."))
		}
		b[i] = byte(u)
	}
	return c.Str(forgivingbase64.Encode(b))
}
