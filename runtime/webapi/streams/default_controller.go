package streams

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// defaultController is https://streams.spec.whatwg.org/#rs-default-controller-class.
type defaultController struct {
	pulling
	r                     *webidl.Realm
	obj                   *goja.Object
	stream                *ReadableStream
	strategySizeAlgorithm sizeAlgorithm
	strategyHWM           float64
	queue                 sizedQueue
}

var defaultControllerClass = webidl.NewClass[*defaultController]("ReadableStreamDefaultController")

// Bind keeps the object that stands for the controller.
func (c *defaultController) Bind(_ *webidl.Realm, obj *goja.Object) { c.obj = obj }

func (c *defaultController) object() *goja.Object {
	if c.obj == nil {
		defaultControllerClass.New(c.r, c)
	}
	return c.obj
}

func init() {
	defaultControllerClass.
		Getter("desiredSize", func(c *defaultController, r *webidl.Realm) goja.Value {
			return desiredSize(r, c.stream.state, c.strategyHWM-c.queue.total)
		}).
		Method("close", 0, func(c *defaultController, call webidl.Call) goja.Value {
			if !readableStreamDefaultControllerCanCloseOrEnqueue(c) {
				panic(call.TypeError("Invalid state: the stream can't be closed: it %s", c.trouble()))
			}
			readableStreamDefaultControllerClose(c)
			return goja.Undefined()
		}).
		Method("enqueue", 0, func(c *defaultController, call webidl.Call) goja.Value {
			if !readableStreamDefaultControllerCanCloseOrEnqueue(c) {
				panic(call.TypeError("Invalid state: nothing can be enqueued: the stream %s", c.trouble()))
			}
			readableStreamDefaultControllerEnqueue(c, call.Arg(0))
			return goja.Undefined()
		}).
		Method("error", 0, func(c *defaultController, call webidl.Call) goja.Value {
			readableStreamDefaultControllerError(c, call.Arg(0))
			return goja.Undefined()
		})
}

// desiredSize is the desiredSize of a readable stream's controller.
func desiredSize(r *webidl.Realm, state streamState, size float64) goja.Value {
	switch state {
	case errored:
		return goja.Null()
	case closed:
		return r.ToValue(0)
	}
	return r.ToValue(size)
}

func (c *defaultController) trouble() string { return trouble(c.stream.state, c.closeRequested) }

func trouble(state streamState, closeRequested bool) string {
	switch {
	case state == errored:
		return "is errored"
	case state == closed:
		return "is closed"
	case closeRequested:
		return "is closing"
	}
	return "is open"
}

// cancelSteps is https://streams.spec.whatwg.org/#rs-default-controller-private-cancel.
func (c *defaultController) cancelSteps(reason goja.Value) *promise {
	resetQueue(&c.queue)
	result := c.cancelAlgorithm(reason)
	readableStreamDefaultControllerClearAlgorithms(c)
	return result
}

// pullSteps is https://streams.spec.whatwg.org/#rs-default-controller-private-pull.
func (c *defaultController) pullSteps(req readRequest) {
	if c.queue.len() == 0 {
		readableStreamAddReadRequest(c.stream, req)
		callPullIfNeeded(c)
		return
	}
	chunk := dequeueValue(&c.queue)
	if c.closeRequested && c.queue.len() == 0 {
		readableStreamDefaultControllerClearAlgorithms(c)
		readableStreamClose(c.stream)
	} else {
		callPullIfNeeded(c)
	}
	req.chunkSteps(chunk)
}

func (c *defaultController) releaseSteps() {}

// shouldCallPull is https://streams.spec.whatwg.org/#readable-stream-default-controller-should-call-pull.
func (c *defaultController) shouldCallPull() bool {
	if !readableStreamDefaultControllerCanCloseOrEnqueue(c) || !c.started {
		return false
	}
	return readableStreamGetNumReadRequests(c.stream) > 0 || c.strategyHWM-c.queue.total > 0
}

func (c *defaultController) fail(e goja.Value) { readableStreamDefaultControllerError(c, e) }

func readableStreamDefaultControllerClearAlgorithms(c *defaultController) {
	c.pullAlgorithm, c.cancelAlgorithm, c.strategySizeAlgorithm = nil, nil, nil
}

// readableStreamDefaultControllerClose is https://streams.spec.whatwg.org/#readable-stream-default-controller-close.
func readableStreamDefaultControllerClose(c *defaultController) {
	if !readableStreamDefaultControllerCanCloseOrEnqueue(c) {
		return
	}
	c.closeRequested = true
	if c.queue.len() == 0 {
		readableStreamDefaultControllerClearAlgorithms(c)
		readableStreamClose(c.stream)
	}
}

// readableStreamDefaultControllerEnqueue is https://streams.spec.whatwg.org/#readable-stream-default-controller-enqueue. It throws what the
// strategy's size function throws.
func readableStreamDefaultControllerEnqueue(c *defaultController, chunk goja.Value) {
	if !readableStreamDefaultControllerCanCloseOrEnqueue(c) {
		return
	}
	if readableStreamGetNumReadRequests(c.stream) > 0 {
		readableStreamFulfillReadRequest(c.stream, chunk, false)
	} else {
		size, thrown := 1.0, goja.Value(nil)
		if c.strategySizeAlgorithm != nil {
			size, thrown = c.strategySizeAlgorithm(chunk)
		}
		if thrown == nil {
			if e := enqueueValueWithSize(c.r, &c.queue, chunk, size); e != nil {
				thrown = e
			}
		}
		if thrown != nil {
			readableStreamDefaultControllerError(c, thrown)
			panic(thrown)
		}
	}
	callPullIfNeeded(c)
}

// readableStreamDefaultControllerError is https://streams.spec.whatwg.org/#readable-stream-default-controller-error.
func readableStreamDefaultControllerError(c *defaultController, e goja.Value) {
	if c.stream.state != open {
		return
	}
	resetQueue(&c.queue)
	readableStreamDefaultControllerClearAlgorithms(c)
	readableStreamError(c.stream, e)
}

// readableStreamDefaultControllerHasBackpressure is https://streams.spec.whatwg.org/#rs-default-controller-has-backpressure.
func readableStreamDefaultControllerHasBackpressure(c *defaultController) bool {
	return !c.shouldCallPull()
}

func readableStreamDefaultControllerCanCloseOrEnqueue(c *defaultController) bool {
	return !c.closeRequested && c.stream.state == open
}

// setUpReadableStreamDefaultController is https://streams.spec.whatwg.org/#set-up-readable-stream-default-controller.
func setUpReadableStreamDefaultController(s *ReadableStream, c *defaultController, start func() *promise, pull, cancel algorithm, hwm float64, size sizeAlgorithm) {
	c.stream, c.strategySizeAlgorithm, c.strategyHWM = s, size, hwm
	c.pullAlgorithm, c.cancelAlgorithm = pull, cancel
	s.controller = c
	begin(c, start)
}

// setUpReadableStreamDefaultControllerFromUnderlyingSource is
// https://streams.spec.whatwg.org/#set-up-readable-stream-default-controller-from-underlying-source.
func setUpReadableStreamDefaultControllerFromUnderlyingSource(s *ReadableStream, src underlyingSource, hwm float64, size sizeAlgorithm) {
	c := &defaultController{r: s.r}
	setUpReadableStreamDefaultController(s, c, src.startAlgorithm(s.r, c), src.pullAlgorithm(s.r, c), src.cancelAlgorithm(s.r), hwm, size)
}

// startAlgorithm throws what start() throws.
func (src underlyingSource) startAlgorithm(r *webidl.Realm, c readableController) func() *promise {
	return func() *promise {
		if src.start == nil {
			return resolvedUndefined(r)
		}
		return promiseOf(r, r.Invoke(src.start, src.this, c.object()))
	}
}

func (src underlyingSource) pullAlgorithm(r *webidl.Realm, c readableController) algorithm {
	if src.pull == nil {
		return nothing(r)
	}
	return func(goja.Value) *promise { return callForPromise(r, src.pull, src.this, c.object()) }
}

func (src underlyingSource) cancelAlgorithm(r *webidl.Realm) algorithm {
	if src.cancel == nil {
		return nothing(r)
	}
	return func(reason goja.Value) *promise { return callForPromise(r, src.cancel, src.this, undefinedOr(reason)) }
}

// nothing is the algorithm that does nothing.
func nothing(r *webidl.Realm) algorithm {
	return func(goja.Value) *promise { return resolvedUndefined(r) }
}
