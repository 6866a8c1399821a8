package streams

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// WritableStream is https://streams.spec.whatwg.org/#ws-class. All methods must be called on the strand.
type WritableStream struct {
	r                    *webidl.Realm
	object               *goja.Object
	state                streamState
	storedError          goja.Value
	backpressure         bool
	writer               *writer // nil while the stream is not locked
	controller           *writableController
	writeRequests        fifo[*promise]
	inFlightWriteRequest *promise
	closeRequest         *promise
	inFlightCloseRequest *promise
	pendingAbortRequest  *pendingAbort
}

// pendingAbort is https://streams.spec.whatwg.org/#pending-abort-request.
type pendingAbort struct {
	promise            *promise
	reason             goja.Value
	wasAlreadyErroring bool
}

// WritableStreamClass is the class WritableStream.
var WritableStreamClass = webidl.NewClass[*WritableStream]("WritableStream")

// Bind keeps the object that stands for the stream.
func (s *WritableStream) Bind(r *webidl.Realm, obj *goja.Object) { s.r, s.object = r, obj }

// Object is the stream as script sees it.
func (s *WritableStream) Object() *goja.Object {
	if s.object == nil {
		WritableStreamClass.New(s.r, s) // Bind keeps the object
	}
	return s.object
}

// Locked reports whether somebody writes to the stream.
func (s *WritableStream) Locked() bool { return s.writer != nil }

// constructWritable is https://streams.spec.whatwg.org/#ws-constructor.
func constructWritable(c webidl.Call) *WritableStream {
	obj := optionalObject(c, 0)
	strategy := toStrategy(c, c.Arg(1))
	sink := underlyingSink{this: goja.Undefined()}
	if obj != nil {
		sink.this = obj
		d := c.Dictionary(obj)
		sink.abort = member(c, d, "abort")
		sink.close = member(c, d, "close")
		sink.start = member(c, d, "start")
		if _, ok := d.Get("type"); ok {
			panic(c.RangeError("Invalid type is specified"))
		}
		sink.write = member(c, d, "write")
	}
	s := &WritableStream{r: c.Realm}
	setUpWritableStreamDefaultControllerFromUnderlyingSink(s, sink, extractHighWaterMark(c.Realm, strategy, 1), strategy.size)
	return s
}

func init() {
	WritableStreamClass.Constructor(0, constructWritable).
		Getter("locked", func(s *WritableStream, r *webidl.Realm) goja.Value { return r.ToValue(s.Locked()) }).
		AsyncMethod("abort", 0, func(s *WritableStream, c webidl.Call) goja.Value {
			if isWritableStreamLocked(s) {
				panic(c.TypeError("Cannot abort a stream that already has a writer"))
			}
			return writableStreamAbort(s, c.Arg(0)).Value()
		}).
		AsyncMethod("close", 0, func(s *WritableStream, c webidl.Call) goja.Value {
			if isWritableStreamLocked(s) {
				panic(c.TypeError("Cannot close a stream that already has a writer"))
			}
			if writableStreamCloseQueuedOrInFlight(s) {
				panic(c.TypeError("Cannot close an already-closing stream"))
			}
			return writableStreamClose(s).Value()
		}).
		Method("getWriter", 0, func(s *WritableStream, c webidl.Call) goja.Value {
			return writerClass.New(c.Realm, acquireWritableStreamDefaultWriter(s))
		})
}

// isWritableStreamLocked is https://streams.spec.whatwg.org/#is-writable-stream-locked.
func isWritableStreamLocked(s *WritableStream) bool { return s.writer != nil }

// createWritableStream is https://streams.spec.whatwg.org/#create-writable-stream. started is the promise that the start algorithm gave.
func createWritableStream(r *webidl.Realm, started *promise, sink sinkAlgorithms, hwm float64, size sizeAlgorithm) *WritableStream {
	s := &WritableStream{r: r}
	setUpWritableStreamDefaultController(s, &writableController{r: r}, func() *promise { return started }, sink, hwm, size)
	return s
}

// writableStreamAbort is https://streams.spec.whatwg.org/#writable-stream-abort.
func writableStreamAbort(s *WritableStream, reason goja.Value) *promise {
	if s.state == closed || s.state == errored {
		return resolvedUndefined(s.r)
	}
	s.controller.signalAbort(reason)
	if s.state == closed || s.state == errored { // listeners of the signal may have done that
		return resolvedUndefined(s.r)
	}
	if s.pendingAbortRequest != nil {
		return s.pendingAbortRequest.promise
	}
	wasAlreadyErroring := s.state == erroring
	if wasAlreadyErroring {
		reason = goja.Undefined()
	}
	p := newPromise(s.r)
	s.pendingAbortRequest = &pendingAbort{p, reason, wasAlreadyErroring}
	if !wasAlreadyErroring {
		writableStreamStartErroring(s, reason)
	}
	return p
}

// writableStreamClose is https://streams.spec.whatwg.org/#writable-stream-close.
func writableStreamClose(s *WritableStream) *promise {
	if s.state == closed || s.state == errored {
		return rejectedPromise(s.r, s.r.TypeError("The stream cannot be closed: it is closed or errored already"))
	}
	p := newPromise(s.r)
	s.closeRequest = p
	if s.writer != nil && s.backpressure && s.state == open {
		s.writer.ready.resolveUndefined()
	}
	writableStreamDefaultControllerClose(s.controller)
	return p
}

func writableStreamAddWriteRequest(s *WritableStream) *promise {
	p := newPromise(s.r)
	s.writeRequests.push(p)
	return p
}

func writableStreamCloseQueuedOrInFlight(s *WritableStream) bool {
	return s.closeRequest != nil || s.inFlightCloseRequest != nil
}

// writableStreamDealWithRejection is https://streams.spec.whatwg.org/#writable-stream-deal-with-rejection.
func writableStreamDealWithRejection(s *WritableStream, e goja.Value) {
	if s.state == open {
		writableStreamStartErroring(s, e)
		return
	}
	writableStreamFinishErroring(s)
}

// writableStreamFinishErroring is https://streams.spec.whatwg.org/#writable-stream-finish-erroring.
func writableStreamFinishErroring(s *WritableStream) {
	s.state = errored
	s.controller.errorSteps()
	for _, p := range s.writeRequests.take() {
		p.reject(s.storedError)
	}
	abort := s.pendingAbortRequest
	if abort == nil {
		writableStreamRejectCloseAndClosedPromiseIfNeeded(s)
		return
	}
	s.pendingAbortRequest = nil
	if abort.wasAlreadyErroring {
		abort.promise.reject(s.storedError)
		writableStreamRejectCloseAndClosedPromiseIfNeeded(s)
		return
	}
	s.controller.abortSteps(abort.reason).then(func(goja.Value) {
		abort.promise.resolveUndefined()
		writableStreamRejectCloseAndClosedPromiseIfNeeded(s)
	}, func(e goja.Value) {
		abort.promise.reject(e)
		writableStreamRejectCloseAndClosedPromiseIfNeeded(s)
	})
}

// writableStreamFinishInFlightClose is https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-close.
func writableStreamFinishInFlightClose(s *WritableStream) {
	s.inFlightCloseRequest.resolveUndefined()
	s.inFlightCloseRequest = nil
	if s.state == erroring {
		s.storedError = nil
		if s.pendingAbortRequest != nil {
			s.pendingAbortRequest.promise.resolveUndefined()
			s.pendingAbortRequest = nil
		}
	}
	s.state = closed
	if s.writer != nil {
		s.writer.closed.resolveUndefined()
	}
}

func writableStreamFinishInFlightCloseWithError(s *WritableStream, e goja.Value) {
	s.inFlightCloseRequest.reject(e)
	s.inFlightCloseRequest = nil
	if s.pendingAbortRequest != nil {
		s.pendingAbortRequest.promise.reject(e)
		s.pendingAbortRequest = nil
	}
	writableStreamDealWithRejection(s, e)
}

func writableStreamFinishInFlightWrite(s *WritableStream) {
	s.inFlightWriteRequest.resolveUndefined()
	s.inFlightWriteRequest = nil
}

func writableStreamFinishInFlightWriteWithError(s *WritableStream, e goja.Value) {
	s.inFlightWriteRequest.reject(e)
	s.inFlightWriteRequest = nil
	writableStreamDealWithRejection(s, e)
}

func writableStreamHasOperationMarkedInFlight(s *WritableStream) bool {
	return s.inFlightWriteRequest != nil || s.inFlightCloseRequest != nil
}

func writableStreamMarkCloseRequestInFlight(s *WritableStream) {
	s.inFlightCloseRequest, s.closeRequest = s.closeRequest, nil
}

func writableStreamMarkFirstWriteRequestInFlight(s *WritableStream) {
	s.inFlightWriteRequest = s.writeRequests.shift()
}

// writableStreamRejectCloseAndClosedPromiseIfNeeded is
// https://streams.spec.whatwg.org/#writable-stream-reject-close-and-closed-promise-if-needed.
func writableStreamRejectCloseAndClosedPromiseIfNeeded(s *WritableStream) {
	if s.closeRequest != nil {
		s.closeRequest.reject(s.storedError)
		s.closeRequest = nil
	}
	if s.writer != nil {
		s.writer.closed.markHandled()
		s.writer.closed.reject(s.storedError)
	}
}

// writableStreamStartErroring is https://streams.spec.whatwg.org/#writable-stream-start-erroring.
func writableStreamStartErroring(s *WritableStream, reason goja.Value) {
	s.state, s.storedError = erroring, undefinedOr(reason)
	if s.writer != nil {
		writableStreamDefaultWriterEnsureReadyPromiseRejected(s.writer, s.storedError)
	}
	if !writableStreamHasOperationMarkedInFlight(s) && s.controller.started {
		writableStreamFinishErroring(s)
	}
}

// writableStreamUpdateBackpressure is https://streams.spec.whatwg.org/#writable-stream-update-backpressure.
func writableStreamUpdateBackpressure(s *WritableStream, backpressure bool) {
	if s.writer != nil && backpressure != s.backpressure {
		if backpressure {
			s.writer.ready = newPromise(s.r)
		} else {
			s.writer.ready.resolveUndefined()
		}
	}
	s.backpressure = backpressure
}
