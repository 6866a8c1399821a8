// Package codec holds the algorithms of the WHATWG Encoding Standard that TextDecoder, TextEncoder and body readers
// stand on: labels to encodings, decoders with streaming state, the UTF-8 encoder over UTF-16 code units and the
// arithmetic of encodeInto. It works on Go bytes and strings and knows no JavaScript engine; the classes that script
// sees wrap it elsewhere.
//
// UTF-8, UTF-16, x-user-defined and replacement are implemented here; the index tables and the multi-byte decoders of
// the legacy encodings come from golang.org/x/text. Where those differ from the standard is written in
// docs/rationale/encoding.md.
//
// A *[Encoding] is immutable and may be shared by goroutines. A *[Decoder] has state and may not.
//
// See https://encoding.spec.whatwg.org/.
package codec
