// Package encoding is the classes TextEncoder and TextDecoder, and their streams (https://encoding.spec.whatwg.org/#api).
//
// It owns their conversions and the errors that script sees; the encodings themselves are those of package codec, and
// what a transform stream does is package streams'.
package encoding

import "github.com/bindery/bindery/runtime/webapi/webidl"

// API is the classes of the Encoding Standard.
var API = webidl.API{Classes: []webidl.Declared{EncoderClass, DecoderClass, EncoderStreamClass, DecoderStreamClass}}
