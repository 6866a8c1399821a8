// Package ingress turns HTTP requests into calls of Workers and their Responses into HTTP responses.
//
// It owns the choice of the root by host and path, the way of headers and bodies in both directions, what a client gets when a
// Worker fails, and the drain at the end. It doesn't own the calls (a [Caller] makes them), where Workers come from, sockets, or how a
// request is logged.
//
// A handler runs on the goroutine of its connection. Bodies stream with backpressure in both directions: a Worker that doesn't read
// stops the client, a client that doesn't read stops the Worker.
//
// What a Worker sees of its client, each overwritten whatever the client sent:
//
//   - cf-connecting-ip: the address of the peer, without its port;
//   - x-forwarded-for: what the client sent, with that address appended;
//   - x-forwarded-proto: "http" or "https";
//   - request.cf: httpProtocol, and for TLS tlsVersion and tlsCipher.
package ingress
