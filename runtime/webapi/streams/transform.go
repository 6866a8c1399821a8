package streams

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// TransformStream is https://streams.spec.whatwg.org/#ts-class. All methods must be called on the strand.
type TransformStream struct {
	r                         *webidl.Realm
	readable                  *ReadableStream
	writable                  *WritableStream
	controller                *TransformController
	backpressure              bool
	backpressureChangePromise *promise
}

// TransformController is https://streams.spec.whatwg.org/#ts-default-controller-class. All methods must be called on the strand.
type TransformController struct {
	r             *webidl.Realm
	obj           *goja.Object
	stream        *TransformStream
	transform     algorithm
	flush, cancel algorithm
	finishPromise *promise
}

// The classes of transform streams.
var (
	TransformStreamClass     = webidl.NewClass[*TransformStream]("TransformStream")
	transformControllerClass = webidl.NewClass[*TransformController]("TransformStreamDefaultController")
)

// Readable is the readable side as script sees it.
func (t *TransformStream) Readable() *goja.Object { return t.readable.Object() }

// Writable is the writable side as script sees it.
func (t *TransformStream) Writable() *goja.Object { return t.writable.Object() }

// Bind keeps the object that stands for the controller.
func (c *TransformController) Bind(_ *webidl.Realm, obj *goja.Object) { c.obj = obj }

func (c *TransformController) object() *goja.Object {
	if c.obj == nil {
		transformControllerClass.New(c.r, c)
	}
	return c.obj
}

// Enqueue gives a chunk to the readable side. It throws when that is closed or in error.
func (c *TransformController) Enqueue(chunk goja.Value) {
	transformStreamDefaultControllerEnqueue(c, chunk)
}

// EnqueueBytes is Enqueue for a Uint8Array of b, which is the stream's own from now on.
func (c *TransformController) EnqueueBytes(b []byte) {
	transformStreamDefaultControllerEnqueue(c, &byteChunk{b: b, owned: true})
}

// Error puts both sides in error.
func (c *TransformController) Error(reason goja.Value) { transformStreamError(c.stream, reason) }

// Terminate closes the readable side and puts the writable side in error.
func (c *TransformController) Terminate() { transformStreamDefaultControllerTerminate(c) }

// NewTransform makes a transform stream of Go functions, with the high-water marks of `new TransformStream()`. Each function may be nil; it
// may throw (panic with a value of script), and return a promise that the stream waits for, or nil. Without transform, chunks
// pass through as they are. A chunk that Go made is given to transform as a Uint8Array that nobody else has.
func NewTransform(r *webidl.Realm, start func(c *TransformController) goja.Value, transform func(c *TransformController, chunk goja.Value) goja.Value, flush func(c *TransformController) goja.Value) *TransformStream {
	t := &TransformStream{r: r}
	started := newPromise(r)
	initializeTransformStream(t, started, 1, nil, 0, nil)
	c := &TransformController{r: r, flush: nothing(r), cancel: nothing(r)}
	c.transform = c.passThrough
	if transform != nil {
		c.transform = func(chunk goja.Value) *promise {
			return goForPromise(r, func() goja.Value { return transform(c, forScript(r, chunk)) })
		}
	}
	if flush != nil {
		c.flush = func(goja.Value) *promise { return goForPromise(r, func() goja.Value { return flush(c) }) }
	}
	setUpTransformStreamDefaultController(t, c)
	if start == nil {
		started.resolveUndefined()
	} else {
		started.resolveWith(undefinedOr(start(c)))
	}
	return t
}

// goForPromise is callForPromise for a function in Go.
func goForPromise(r *webidl.Realm, fn func() goja.Value) *promise {
	var v goja.Value
	if thrown := r.Try(func() { r.Framed(func() { v = fn() }) }); thrown != nil {
		return rejectedPromise(r, thrown)
	}
	return promiseOf(r, v)
}

// passThrough is the transform algorithm where script gives none.
func (c *TransformController) passThrough(chunk goja.Value) *promise {
	var thrown goja.Value
	if rc := c.readable(); rc.strategySizeAlgorithm == nil && readableStreamDefaultControllerCanCloseOrEnqueue(rc) { // nothing throws then
		transformStreamDefaultControllerEnqueue(c, chunk)
	} else {
		thrown = c.r.Try(func() { transformStreamDefaultControllerEnqueue(c, chunk) })
	}
	if thrown != nil {
		return rejectedPromise(c.r, thrown)
	}
	return resolvedUndefined(c.r)
}

// constructTransform is https://streams.spec.whatwg.org/#ts-constructor.
func constructTransform(c webidl.Call) *TransformStream {
	obj := optionalObject(c, 0)
	writableStrategy, readableStrategy := toStrategy(c, c.Arg(1)), toStrategy(c, c.Arg(2))
	r := c.Realm
	var start, transform, flush, cancel goja.Callable
	this := goja.Undefined()
	if obj != nil {
		this = obj
		d := c.Dictionary(obj)
		cancel = member(c, d, "cancel")
		flush = member(c, d, "flush")
		_, readableType := d.Get("readableType")
		start = member(c, d, "start")
		transform = member(c, d, "transform")
		_, writableType := d.Get("writableType")
		if readableType || writableType {
			panic(c.RangeError("Invalid readableType or writableType specified"))
		}
	}
	readableHWM := extractHighWaterMark(r, readableStrategy, 0)
	writableHWM := extractHighWaterMark(r, writableStrategy, 1)
	t, started := &TransformStream{r: r}, newPromise(r)
	initializeTransformStream(t, started, writableHWM, writableStrategy.size, readableHWM, readableStrategy.size)
	controller := &TransformController{r: r, flush: nothing(r), cancel: nothing(r)}
	controller.transform = controller.passThrough
	if transform != nil {
		controller.transform = func(chunk goja.Value) *promise {
			return callForPromise(r, transform, this, forScript(r, chunk), controller.object())
		}
	}
	if flush != nil {
		controller.flush = func(goja.Value) *promise { return callForPromise(r, flush, this, controller.object()) }
	}
	if cancel != nil {
		controller.cancel = func(reason goja.Value) *promise { return callForPromise(r, cancel, this, undefinedOr(reason)) }
	}
	setUpTransformStreamDefaultController(t, controller)
	if start == nil {
		started.resolveUndefined()
	} else {
		started.resolveWith(r.Invoke(start, this, controller.object()))
	}
	return t
}

func init() {
	TransformStreamClass.Constructor(0, constructTransform).
		Getter("readable", func(t *TransformStream, _ *webidl.Realm) goja.Value { return t.Readable() }).
		Getter("writable", func(t *TransformStream, _ *webidl.Realm) goja.Value { return t.Writable() })
	transformControllerClass.
		Getter("desiredSize", func(c *TransformController, r *webidl.Realm) goja.Value {
			rc := c.readable()
			return desiredSize(r, rc.stream.state, rc.strategyHWM-rc.queue.total)
		}).
		Method("enqueue", 0, func(c *TransformController, call webidl.Call) goja.Value {
			c.Enqueue(call.Arg(0))
			return goja.Undefined()
		}).
		Method("error", 0, func(c *TransformController, call webidl.Call) goja.Value {
			c.Error(call.Arg(0))
			return goja.Undefined()
		}).
		Method("terminate", 0, func(c *TransformController, _ webidl.Call) goja.Value {
			c.Terminate()
			return goja.Undefined()
		})
}

func (c *TransformController) readable() *defaultController {
	return c.stream.readable.controller.(*defaultController)
}

// initializeTransformStream is https://streams.spec.whatwg.org/#initialize-transform-stream.
func initializeTransformStream(t *TransformStream, started *promise, writableHWM float64, writableSize sizeAlgorithm, readableHWM float64, readableSize sizeAlgorithm) {
	t.writable = createWritableStream(t.r, started, sinkAlgorithms{
		write: func(chunk goja.Value) *promise { return transformStreamDefaultSinkWriteAlgorithm(t, chunk) },
		close: func(goja.Value) *promise { return transformStreamDefaultSinkCloseAlgorithm(t) },
		abort: func(reason goja.Value) *promise { return transformStreamDefaultSinkAbortAlgorithm(t, reason) },
	}, writableHWM, writableSize)
	t.readable = createReadableStream(t.r, started,
		func(goja.Value) *promise { return transformStreamDefaultSourcePullAlgorithm(t) },
		func(reason goja.Value) *promise { return transformStreamDefaultSourceCancelAlgorithm(t, reason) },
		readableHWM, readableSize)
	transformStreamSetBackpressure(t, true)
}

// transformStreamError is https://streams.spec.whatwg.org/#transform-stream-error.
func transformStreamError(t *TransformStream, e goja.Value) {
	readableStreamDefaultControllerError(t.readable.controller.(*defaultController), e)
	transformStreamErrorWritableAndUnblockWrite(t, e)
}

// transformStreamErrorWritableAndUnblockWrite is https://streams.spec.whatwg.org/#transform-stream-error-writable-and-unblock-write.
func transformStreamErrorWritableAndUnblockWrite(t *TransformStream, e goja.Value) {
	transformStreamDefaultControllerClearAlgorithms(t.controller)
	writableStreamDefaultControllerErrorIfNeeded(t.writable.controller, e)
	transformStreamUnblockWrite(t)
}

func transformStreamSetBackpressure(t *TransformStream, backpressure bool) {
	if t.backpressureChangePromise != nil {
		t.backpressureChangePromise.resolveUndefined()
	}
	t.backpressureChangePromise = newPromise(t.r)
	t.backpressure = backpressure
}

func transformStreamUnblockWrite(t *TransformStream) {
	if t.backpressure {
		transformStreamSetBackpressure(t, false)
	}
}

func setUpTransformStreamDefaultController(t *TransformStream, c *TransformController) {
	c.stream, t.controller = t, c
}

func transformStreamDefaultControllerClearAlgorithms(c *TransformController) {
	c.transform, c.flush, c.cancel = nil, nil, nil
}

// run performs an algorithm. One that was cleared does nothing: the readable side was cancelled while the writable side is still open, or
// cancelled after terminate().
func (c *TransformController) run(a algorithm, arg goja.Value) *promise {
	if a == nil {
		return resolvedUndefined(c.r)
	}
	return a(arg)
}

// transformStreamDefaultControllerEnqueue is https://streams.spec.whatwg.org/#transform-stream-default-controller-enqueue.
func transformStreamDefaultControllerEnqueue(c *TransformController, chunk goja.Value) {
	t, rc := c.stream, c.readable()
	if !readableStreamDefaultControllerCanCloseOrEnqueue(rc) {
		panic(c.r.TypeError("Invalid state: nothing can be enqueued: the readable side %s", rc.trouble()))
	}
	enqueue := func() { readableStreamDefaultControllerEnqueue(rc, chunk) }
	if rc.strategySizeAlgorithm == nil { // nothing throws then
		enqueue()
	} else if e := c.r.Try(enqueue); e != nil {
		transformStreamErrorWritableAndUnblockWrite(t, e)
		panic(t.readable.storedError)
	}
	if backpressure := readableStreamDefaultControllerHasBackpressure(rc); backpressure != t.backpressure {
		transformStreamSetBackpressure(t, true)
	}
}

// transformStreamDefaultControllerPerformTransform is
// https://streams.spec.whatwg.org/#transform-stream-default-controller-perform-transform.
func transformStreamDefaultControllerPerformTransform(c *TransformController, chunk goja.Value) *promise {
	return c.run(c.transform, chunk).react(nil, func(e goja.Value, out *promise) {
		transformStreamError(c.stream, e)
		out.reject(e)
	})
}

// transformStreamDefaultControllerTerminate is https://streams.spec.whatwg.org/#transform-stream-default-controller-terminate.
func transformStreamDefaultControllerTerminate(c *TransformController) {
	readableStreamDefaultControllerClose(c.readable())
	transformStreamErrorWritableAndUnblockWrite(c.stream, c.r.TypeError("The transform stream has been terminated"))
}

// transformStreamDefaultSinkWriteAlgorithm is https://streams.spec.whatwg.org/#transform-stream-default-sink-write-algorithm.
func transformStreamDefaultSinkWriteAlgorithm(t *TransformStream, chunk goja.Value) *promise {
	if !t.backpressure {
		return transformStreamDefaultControllerPerformTransform(t.controller, chunk)
	}
	return t.backpressureChangePromise.react(func(_ goja.Value, out *promise) {
		if t.writable.state == erroring {
			out.reject(t.writable.storedError)
			return
		}
		out.follow(transformStreamDefaultControllerPerformTransform(t.controller, chunk))
	}, nil)
}

// finish runs the algorithm that ends the transform, for whichever of abort, close and cancel comes first: all three give one promise. failed
// gives the error of the side that did not ask for the end, nil for none; end and fail then end that side.
func (c *TransformController) finish(a algorithm, arg goja.Value, failed func() goja.Value, end func(), fail func(e goja.Value)) *promise {
	if c.finishPromise != nil {
		return c.finishPromise
	}
	finish := newPromise(c.r)
	c.finishPromise = finish
	result := c.run(a, arg)
	transformStreamDefaultControllerClearAlgorithms(c)
	result.then(func(goja.Value) {
		if e := failed(); e != nil {
			finish.reject(e)
			return
		}
		end()
		finish.resolveUndefined()
	}, func(e goja.Value) {
		fail(e)
		finish.reject(e)
	})
	return finish
}

// readableError gives the stored error of the readable side, nil where it is not errored; writableError that of the writable side.
func (t *TransformStream) readableError() goja.Value {
	if t.readable.state != errored {
		return nil
	}
	return undefinedOr(t.readable.storedError)
}

func (t *TransformStream) writableError() goja.Value {
	if t.writable.state != errored {
		return nil
	}
	return undefinedOr(t.writable.storedError)
}

// transformStreamDefaultSinkAbortAlgorithm is https://streams.spec.whatwg.org/#transform-stream-default-sink-abort-algorithm.
func transformStreamDefaultSinkAbortAlgorithm(t *TransformStream, reason goja.Value) *promise {
	c := t.controller
	fail := func(e goja.Value) { readableStreamDefaultControllerError(c.readable(), e) }
	return c.finish(c.cancel, reason, t.readableError, func() { fail(undefinedOr(reason)) }, fail)
}

// transformStreamDefaultSinkCloseAlgorithm is https://streams.spec.whatwg.org/#transform-stream-default-sink-close-algorithm.
func transformStreamDefaultSinkCloseAlgorithm(t *TransformStream) *promise {
	c := t.controller
	return c.finish(c.flush, nil, t.readableError,
		func() { readableStreamDefaultControllerClose(c.readable()) },
		func(e goja.Value) { readableStreamDefaultControllerError(c.readable(), e) })
}

// transformStreamDefaultSourceCancelAlgorithm is https://streams.spec.whatwg.org/#transform-stream-default-source-cancel.
func transformStreamDefaultSourceCancelAlgorithm(t *TransformStream, reason goja.Value) *promise {
	c := t.controller
	fail := func(e goja.Value) {
		writableStreamDefaultControllerErrorIfNeeded(t.writable.controller, e)
		transformStreamUnblockWrite(t)
	}
	return c.finish(c.cancel, reason, t.writableError, func() { fail(undefinedOr(reason)) }, fail)
}

// transformStreamDefaultSourcePullAlgorithm is https://streams.spec.whatwg.org/#transform-stream-default-source-pull.
func transformStreamDefaultSourcePullAlgorithm(t *TransformStream) *promise {
	transformStreamSetBackpressure(t, false)
	return t.backpressureChangePromise
}
