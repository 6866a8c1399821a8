package streams

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Pulled is a readable stream whose chunks another Web API makes as they are asked for. Its methods must be called on the strand; those that come
// too late, once the stream is closed or in error, do nothing.
type Pulled struct{ c *defaultController }

// NewPulled makes a stream that buffers nothing. pull is called when a reader waits, after the script that runs now at the earliest, and again
// after each Enqueue if one still waits; cancel when the stream is cancelled. Neither may throw.
func NewPulled(r *webidl.Realm, pull func(), cancel func(reason goja.Value)) *Pulled {
	s := createReadableStream(r, resolvedUndefined(r), func(goja.Value) *promise {
		pull()
		return resolvedUndefined(r)
	}, func(reason goja.Value) *promise {
		cancel(undefinedOr(reason))
		return resolvedUndefined(r)
	}, 0, nil)
	return &Pulled{s.controller.(*defaultController)}
}

// Object is the ReadableStream.
func (p *Pulled) Object() *goja.Object { return p.c.stream.Object() }

// Enqueue gives the stream a chunk.
func (p *Pulled) Enqueue(chunk goja.Value) { readableStreamDefaultControllerEnqueue(p.c, chunk) }

// Close ends the stream, after the chunks that it has.
func (p *Pulled) Close() { readableStreamDefaultControllerClose(p.c) }

// Error puts the stream in error.
func (p *Pulled) Error(reason goja.Value) { readableStreamDefaultControllerError(p.c, reason) }
