// Package fetch owns the classes Request and Response, what both have in common as bodies, and the global function fetch.
//
// A message that travels is a [RequestData] or [ResponseData]: plain Go, shared by all isolates that it passes through. Each
// isolate wraps it in a [Request] or [Response] of its own, which makes what script sees (Headers, AbortSignal, ReadableStream, cf)
// at the first touch. Crossing to another isolate or to the network is [Request.Take]: no byte of a body and no header is
// copied. What takes a request out of the process is an [Outbound]; this package opens no connection. URLs, headers, forms, blobs,
// streams and signals are other packages' affair, and so are the events of service Workers.
//
// See https://fetch.spec.whatwg.org/ and https://developers.cloudflare.com/workers/runtime-apis/fetch/.
package fetch
