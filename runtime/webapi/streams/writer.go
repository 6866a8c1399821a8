package streams

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// writer is https://streams.spec.whatwg.org/#default-writer-class.
type writer struct {
	stream        *WritableStream // nil once released
	ready, closed *promise
}

var writerClass = webidl.NewClass[*writer]("WritableStreamDefaultWriter")

func init() {
	writerClass.Constructor(1, func(c webidl.Call) *writer {
		s, ok := WritableStreamClass.From(c.Arg(0))
		if !ok {
			panic(c.TypeError("Failed to construct '%s': parameter 1 is not of type 'WritableStream'.", constructed(c)))
		}
		return acquireWritableStreamDefaultWriter(s)
	}).
		AsyncGetter("closed", func(w *writer, _ *webidl.Realm) goja.Value { return w.closed.Value() }).
		Getter("desiredSize", func(w *writer, r *webidl.Realm) goja.Value {
			if w.stream == nil {
				panic(r.TypeError("This WritableStream writer has been released."))
			}
			return writableStreamDefaultWriterGetDesiredSize(w)
		}).
		AsyncGetter("ready", func(w *writer, _ *webidl.Realm) goja.Value { return w.ready.Value() }).
		AsyncMethod("abort", 0, func(w *writer, c webidl.Call) goja.Value {
			return writableStreamAbort(w.live(c), c.Arg(0)).Value()
		}).
		AsyncMethod("close", 0, func(w *writer, c webidl.Call) goja.Value {
			s := w.live(c)
			if writableStreamCloseQueuedOrInFlight(s) {
				panic(c.TypeError("Cannot close an already-closing stream"))
			}
			return writableStreamClose(s).Value()
		}).
		Method("releaseLock", 0, func(w *writer, _ webidl.Call) goja.Value {
			if w.stream != nil {
				writableStreamDefaultWriterRelease(w)
			}
			return goja.Undefined()
		}).
		AsyncMethod("write", 0, func(w *writer, c webidl.Call) goja.Value {
			w.live(c)
			return writableStreamDefaultWriterWrite(w, c.Arg(0)).Value()
		})
}

func (w *writer) live(c webidl.Call) *WritableStream {
	if w.stream == nil {
		panic(c.TypeError("This WritableStream writer has been released."))
	}
	return w.stream
}

// acquireWritableStreamDefaultWriter is https://streams.spec.whatwg.org/#acquire-writable-stream-default-writer, with
// SetUpWritableStreamDefaultWriter.
func acquireWritableStreamDefaultWriter(s *WritableStream) *writer {
	if isWritableStreamLocked(s) {
		panic(s.r.TypeError("This WritableStream is currently locked to a writer."))
	}
	w := &writer{stream: s}
	s.writer = w
	r := s.r
	switch s.state {
	case open:
		if !writableStreamCloseQueuedOrInFlight(s) && s.backpressure {
			w.ready = newPromise(r)
		} else {
			w.ready = resolvedUndefined(r)
		}
		w.closed = newPromise(r)
	case erroring:
		w.ready = rejectedPromise(r, s.storedError)
		w.ready.markHandled()
		w.closed = newPromise(r)
	case closed:
		w.ready, w.closed = resolvedUndefined(r), resolvedUndefined(r)
	default:
		w.ready, w.closed = rejectedPromise(r, s.storedError), rejectedPromise(r, s.storedError)
		w.ready.markHandled()
		w.closed.markHandled()
	}
	return w
}

// writableStreamDefaultWriterCloseWithErrorPropagation is
// https://streams.spec.whatwg.org/#writable-stream-default-writer-close-with-error-propagation.
func writableStreamDefaultWriterCloseWithErrorPropagation(w *writer) *promise {
	s := w.stream
	if writableStreamCloseQueuedOrInFlight(s) || s.state == closed {
		return resolvedUndefined(s.r)
	}
	if s.state == errored {
		return rejectedPromise(s.r, s.storedError)
	}
	return writableStreamClose(s)
}

// rejectAnew rejects a promise of the writer, with a new one where it was settled already, and gives the one that counts.
func rejectAnew(p *promise, e goja.Value) *promise {
	if p.state == goja.PromiseStatePending {
		p.markHandled()
		p.reject(e)
		return p
	}
	p = rejectedPromise(p.r, e)
	p.markHandled()
	return p
}

func writableStreamDefaultWriterEnsureClosedPromiseRejected(w *writer, e goja.Value) {
	w.closed = rejectAnew(w.closed, e)
}

func writableStreamDefaultWriterEnsureReadyPromiseRejected(w *writer, e goja.Value) {
	w.ready = rejectAnew(w.ready, e)
}

// writableStreamDefaultWriterGetDesiredSize is https://streams.spec.whatwg.org/#writable-stream-default-writer-get-desired-size.
func writableStreamDefaultWriterGetDesiredSize(w *writer) goja.Value {
	s := w.stream
	switch s.state {
	case erroring, errored:
		return goja.Null()
	case closed:
		return s.r.ToValue(0)
	}
	return s.r.ToValue(writableStreamDefaultControllerGetDesiredSize(s.controller))
}

// writableStreamDefaultWriterRelease is https://streams.spec.whatwg.org/#writable-stream-default-writer-release.
func writableStreamDefaultWriterRelease(w *writer) {
	s := w.stream
	e := s.r.TypeError("This WritableStream writer has been released.")
	writableStreamDefaultWriterEnsureReadyPromiseRejected(w, e)
	writableStreamDefaultWriterEnsureClosedPromiseRejected(w, e)
	s.writer, w.stream = nil, nil
}

// writableStreamDefaultWriterWrite is https://streams.spec.whatwg.org/#writable-stream-default-writer-write.
func writableStreamDefaultWriterWrite(w *writer, chunk goja.Value) *promise {
	s := w.stream
	size := writableStreamDefaultControllerGetChunkSize(s.controller, chunk)
	switch { // the size function may have done anything
	case w.stream != s:
		return rejectedPromise(s.r, s.r.TypeError("This WritableStream writer has been released."))
	case s.state == errored:
		return rejectedPromise(s.r, s.storedError)
	case writableStreamCloseQueuedOrInFlight(s) || s.state == closed:
		return rejectedPromise(s.r, s.r.TypeError("This WritableStream has been closed."))
	case s.state == erroring:
		return rejectedPromise(s.r, s.storedError)
	}
	p := writableStreamAddWriteRequest(s)
	writableStreamDefaultControllerWrite(s.controller, chunk, size)
	return p
}
