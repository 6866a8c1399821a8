// Package streams is the Streams Standard (https://streams.spec.whatwg.org/): ReadableStream, WritableStream, TransformStream, their readers,
// writers and controllers, the queuing strategies, and Cloudflare's IdentityTransformStream and FixedLengthStream.
//
// It is shaped like the standard: one function for each abstract operation, called as the standard calls it. Besides, it owns the bridge
// between ReadableStream and the byte streams of package body ([FromSource], [ToSource], [Consume], [Tee], [Cancel]) and a way to make
// transform streams of Go functions ([NewTransform]). It does not know AbortSignal: whoever owns that class sets [AbortSignalOf] and
// [NewAbortController]. All functions but those of a [body.Stream] that came out of ToSource must be called on the strand.
//
// Promises of the standard are Go values here (type promise), and get an object only when script asks for it. Their reactions run as
// microtasks in Go. goja takes a call of script from one for the end of a turn, unless a frame of script lies below it: whatever calls
// script here goes through Realm.Framed.
package streams

import "github.com/bindery/bindery/runtime/webapi/webidl"

// API is what this package adds to the global object.
var API = webidl.API{Classes: []webidl.Declared{
	ReadableStreamClass, defaultReaderClass, byobReaderClass, byobRequestClass, defaultControllerClass, byteControllerClass,
	WritableStreamClass, writerClass, writableControllerClass,
	TransformStreamClass, transformControllerClass, identityClass, fixedLengthClass,
	countStrategyClass, byteLengthStrategyClass,
}}
