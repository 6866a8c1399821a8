// Package codec holds the algorithms of the WHATWG Encoding Standard that TextDecoder, TextEncoder and body readers
// stand on: labels to encodings, decoders with streaming state, the UTF-8 encoder over UTF-16 code units and the
// arithmetic of encodeInto. It works on Go bytes and strings and knows no JavaScript engine; the classes that script
// sees wrap it elsewhere.
//
// The indexes of the legacy encodings, which are most of the work, come from golang.org/x/text. The decoders around them
// are here, since those of that library answer malformed input otherwise than the standard: docs/rationale/encoding.md.
//
// A *[Encoding] is immutable and may be shared by goroutines. A *[Decoder] has state and may not.
//
// See https://encoding.spec.whatwg.org/.
package codec
