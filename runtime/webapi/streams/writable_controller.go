package streams

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// writableController is https://streams.spec.whatwg.org/#ws-default-controller-class.
type writableController struct {
	r                     *webidl.Realm
	obj                   *goja.Object
	stream                *WritableStream
	started               bool
	sink                  sinkAlgorithms
	strategySizeAlgorithm sizeAlgorithm
	strategyHWM           float64
	queue                 sizedQueue
	abortController       AbortController // made when script first asks for its signal
	abortReason           goja.Value      // set once aborted
	aborted               func()          // where set, called when the stream is aborted
}

// sinkAlgorithms are the algorithms of a sink, which get the chunk, nothing, or the reason.
type sinkAlgorithms struct{ write, close, abort algorithm }

// underlyingSink is https://streams.spec.whatwg.org/#dictdef-underlyingsink.
type underlyingSink struct {
	this                       goja.Value
	start, write, close, abort goja.Callable
}

var writableControllerClass = webidl.NewClass[*writableController]("WritableStreamDefaultController")

// Bind keeps the object that stands for the controller.
func (c *writableController) Bind(_ *webidl.Realm, obj *goja.Object) { c.obj = obj }

func (c *writableController) object() *goja.Object {
	if c.obj == nil {
		writableControllerClass.New(c.r, c)
	}
	return c.obj
}

func init() {
	writableControllerClass.
		Getter("signal", func(c *writableController, r *webidl.Realm) goja.Value {
			if c.abortController == nil {
				if NewAbortController == nil {
					return goja.Undefined()
				}
				c.abortController = NewAbortController(r)
				if c.abortReason != nil {
					c.abortController.Abort(c.abortReason)
				}
			}
			return c.abortController.Object()
		}).
		Method("error", 0, func(c *writableController, call webidl.Call) goja.Value {
			if c.stream.state == open {
				writableStreamDefaultControllerError(c, call.Arg(0))
			}
			return goja.Undefined()
		})
}

// signalAbort is "signal abort on controller.[[abortController]]".
func (c *writableController) signalAbort(reason goja.Value) {
	if c.abortReason != nil {
		return
	}
	c.abortReason = undefinedOr(reason)
	if c.aborted != nil {
		c.aborted()
	}
	if c.abortController != nil {
		c.r.Framed(func() { c.abortController.Abort(c.abortReason) })
	}
}

// abortSteps is https://streams.spec.whatwg.org/#ws-default-controller-private-abort.
func (c *writableController) abortSteps(reason goja.Value) *promise {
	result := c.sink.abort(reason)
	writableStreamDefaultControllerClearAlgorithms(c)
	return result
}

// errorSteps is https://streams.spec.whatwg.org/#ws-default-controller-private-error.
func (c *writableController) errorSteps() { resetQueue(&c.queue) }

// setUpWritableStreamDefaultController is https://streams.spec.whatwg.org/#set-up-writable-stream-default-controller.
func setUpWritableStreamDefaultController(s *WritableStream, c *writableController, start func() *promise, sink sinkAlgorithms, hwm float64, size sizeAlgorithm) {
	c.stream, c.strategySizeAlgorithm, c.strategyHWM, c.sink = s, size, hwm, sink
	s.controller = c
	writableStreamUpdateBackpressure(s, writableStreamDefaultControllerGetBackpressure(c))
	startPromise(start()).then(func(goja.Value) {
		c.started = true
		writableStreamDefaultControllerAdvanceQueueIfNeeded(c)
	}, func(e goja.Value) {
		c.started = true
		writableStreamDealWithRejection(s, e)
	})
}

// setUpWritableStreamDefaultControllerFromUnderlyingSink is
// https://streams.spec.whatwg.org/#set-up-writable-stream-default-controller-from-underlying-sink. It throws what start() throws.
func setUpWritableStreamDefaultControllerFromUnderlyingSink(s *WritableStream, sink underlyingSink, hwm float64, size sizeAlgorithm) {
	r, c := s.r, &writableController{r: s.r}
	start := func() *promise {
		if sink.start == nil {
			return resolvedUndefined(r)
		}
		return promiseOf(r, r.Invoke(sink.start, sink.this, c.object()))
	}
	algorithms := sinkAlgorithms{nothing(r), nothing(r), nothing(r)}
	if sink.write != nil {
		algorithms.write = func(chunk goja.Value) *promise {
			return callForPromise(r, sink.write, sink.this, forScript(r, chunk), c.object())
		}
	}
	if sink.close != nil {
		algorithms.close = func(goja.Value) *promise { return callForPromise(r, sink.close, sink.this) }
	}
	if sink.abort != nil {
		algorithms.abort = func(reason goja.Value) *promise { return callForPromise(r, sink.abort, sink.this, undefinedOr(reason)) }
	}
	setUpWritableStreamDefaultController(s, c, start, algorithms, hwm, size)
}

// writableStreamDefaultControllerAdvanceQueueIfNeeded is
// https://streams.spec.whatwg.org/#writable-stream-default-controller-advance-queue-if-needed.
func writableStreamDefaultControllerAdvanceQueueIfNeeded(c *writableController) {
	s := c.stream
	if !c.started || s.inFlightWriteRequest != nil {
		return
	}
	if s.state == erroring {
		writableStreamFinishErroring(s)
		return
	}
	if c.queue.len() == 0 {
		return
	}
	if chunk := c.queue.front().value; chunk == nil {
		writableStreamDefaultControllerProcessClose(c)
	} else {
		writableStreamDefaultControllerProcessWrite(c, chunk)
	}
}

func writableStreamDefaultControllerClearAlgorithms(c *writableController) {
	c.sink, c.strategySizeAlgorithm = sinkAlgorithms{}, nil
}

func writableStreamDefaultControllerClose(c *writableController) {
	enqueueValueWithSize(c.r, &c.queue, nil, 0)
	writableStreamDefaultControllerAdvanceQueueIfNeeded(c)
}

func writableStreamDefaultControllerError(c *writableController, e goja.Value) {
	writableStreamDefaultControllerClearAlgorithms(c)
	writableStreamStartErroring(c.stream, e)
}

func writableStreamDefaultControllerErrorIfNeeded(c *writableController, e goja.Value) {
	if c.stream.state == open {
		writableStreamDefaultControllerError(c, e)
	}
}

func writableStreamDefaultControllerGetBackpressure(c *writableController) bool {
	return writableStreamDefaultControllerGetDesiredSize(c) <= 0
}

// writableStreamDefaultControllerGetChunkSize is https://streams.spec.whatwg.org/#writable-stream-default-controller-get-chunk-size.
func writableStreamDefaultControllerGetChunkSize(c *writableController, chunk goja.Value) float64 {
	if c.strategySizeAlgorithm == nil {
		return 1
	}
	size, thrown := c.strategySizeAlgorithm(chunk)
	if thrown != nil {
		writableStreamDefaultControllerErrorIfNeeded(c, thrown)
		return 1
	}
	return size
}

func writableStreamDefaultControllerGetDesiredSize(c *writableController) float64 {
	return c.strategyHWM - c.queue.total
}

// writableStreamDefaultControllerProcessClose is https://streams.spec.whatwg.org/#writable-stream-default-controller-process-close.
func writableStreamDefaultControllerProcessClose(c *writableController) {
	s := c.stream
	writableStreamMarkCloseRequestInFlight(s)
	dequeueValue(&c.queue)
	result := c.sink.close(nil)
	writableStreamDefaultControllerClearAlgorithms(c)
	result.then(func(goja.Value) { writableStreamFinishInFlightClose(s) },
		func(e goja.Value) { writableStreamFinishInFlightCloseWithError(s, e) })
}

// writableStreamDefaultControllerProcessWrite is https://streams.spec.whatwg.org/#writable-stream-default-controller-process-write.
func writableStreamDefaultControllerProcessWrite(c *writableController, chunk goja.Value) {
	s := c.stream
	writableStreamMarkFirstWriteRequestInFlight(s)
	c.sink.write(chunk).then(func(goja.Value) {
		writableStreamFinishInFlightWrite(s)
		dequeueValue(&c.queue)
		if !writableStreamCloseQueuedOrInFlight(s) && s.state == open {
			writableStreamUpdateBackpressure(s, writableStreamDefaultControllerGetBackpressure(c))
		}
		writableStreamDefaultControllerAdvanceQueueIfNeeded(c)
	}, func(e goja.Value) {
		if s.state == open {
			writableStreamDefaultControllerClearAlgorithms(c)
		}
		writableStreamFinishInFlightWriteWithError(s, e)
	})
}

// writableStreamDefaultControllerWrite is https://streams.spec.whatwg.org/#writable-stream-default-controller-write.
func writableStreamDefaultControllerWrite(c *writableController, chunk goja.Value, size float64) {
	if e := enqueueValueWithSize(c.r, &c.queue, chunk, size); e != nil {
		writableStreamDefaultControllerErrorIfNeeded(c, e)
		return
	}
	s := c.stream
	if !writableStreamCloseQueuedOrInFlight(s) && s.state == open {
		writableStreamUpdateBackpressure(s, writableStreamDefaultControllerGetBackpressure(c))
	}
	writableStreamDefaultControllerAdvanceQueueIfNeeded(c)
}
