// Package compression is the classes CompressionStream and DecompressionStream (https://compression.spec.whatwg.org/).
//
// It owns the formats, the errors that script sees, and how much is in memory at a time: however much a few compressed bytes stand for, only
// what the reader asked for is decompressed. The algorithms are those of github.com/klauspost/compress.
package compression

import "github.com/bindery/bindery/runtime/webapi/webidl"

// API is the classes of the Compression Standard.
var API = webidl.API{Classes: []webidl.Declared{CompressionClass, DecompressionClass}}
