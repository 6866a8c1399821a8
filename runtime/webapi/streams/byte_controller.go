package streams

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// byteController is https://streams.spec.whatwg.org/#rbs-controller-class.
type byteController struct {
	pulling
	r                     *webidl.Realm
	obj                   *goja.Object
	stream                *ReadableStream
	autoAllocateChunkSize int // 0: undefined
	strategyHWM           float64
	queue                 fifo[byteEntry]
	queueTotalSize        int
	byobRequest           *byobRequest
	pendingPullIntos      fifo[*pullInto]
	drained               func() // where set, called when the queue has been read empty
}

// byteEntry is https://streams.spec.whatwg.org/#readable-byte-stream-queue-entry. shared says that others see the bytes, so that script
// must not.
type byteEntry struct {
	b              []byte
	offset, length int
	shared         bool
}

var byteControllerClass = webidl.NewClass[*byteController]("ReadableByteStreamController")

// Bind keeps the object that stands for the controller.
func (c *byteController) Bind(_ *webidl.Realm, obj *goja.Object) { c.obj = obj }

func (c *byteController) object() *goja.Object {
	if c.obj == nil {
		byteControllerClass.New(c.r, c)
	}
	return c.obj
}

func init() {
	byteControllerClass.
		Getter("byobRequest", func(c *byteController, r *webidl.Realm) goja.Value {
			if req := readableByteStreamControllerGetBYOBRequest(c); req != nil {
				return req.object
			}
			return goja.Null()
		}).
		Getter("desiredSize", func(c *byteController, r *webidl.Realm) goja.Value {
			return desiredSize(r, c.stream.state, c.strategyHWM-float64(c.queueTotalSize))
		}).
		Method("close", 0, func(c *byteController, call webidl.Call) goja.Value {
			if c.closeRequested || c.stream.state != open {
				panic(call.TypeError("Invalid state: the stream can't be closed: it %s", trouble(c.stream.state, c.closeRequested)))
			}
			readableByteStreamControllerClose(c)
			return goja.Undefined()
		}).
		Method("enqueue", 1, func(c *byteController, call webidl.Call) goja.Value {
			v := viewOf(call, call.Arg(0))
			switch {
			case v.byteLength == 0 && isDetachedBuffer(v.buffer):
				panic(call.TypeError("Failed to execute '%s': the chunk's buffer has been detached.", call.Name))
			case v.byteLength == 0:
				panic(call.TypeError("Failed to execute '%s': the chunk must not be empty.", call.Name))
			case c.closeRequested || c.stream.state != open:
				panic(call.TypeError("Invalid state: nothing can be enqueued: the stream %s", trouble(c.stream.state, c.closeRequested)))
			}
			readableByteStreamControllerEnqueue(c, v)
			return goja.Undefined()
		}).
		Method("error", 0, func(c *byteController, call webidl.Call) goja.Value {
			readableByteStreamControllerError(c, call.Arg(0))
			return goja.Undefined()
		})
}

// cancelSteps is https://streams.spec.whatwg.org/#rbs-controller-private-cancel.
func (c *byteController) cancelSteps(reason goja.Value) *promise {
	readableByteStreamControllerClearPendingPullIntos(c)
	c.resetQueue()
	result := c.cancelAlgorithm(reason)
	readableByteStreamControllerClearAlgorithms(c)
	return result
}

func (c *byteController) resetQueue() { c.queue, c.queueTotalSize = fifo[byteEntry]{}, 0 }

// pullSteps is https://streams.spec.whatwg.org/#rbs-controller-private-pull.
func (c *byteController) pullSteps(req readRequest) {
	if c.queueTotalSize > 0 {
		readableByteStreamControllerFillReadRequestFromQueue(c, req)
		return
	}
	if n := c.autoAllocateChunkSize; n > 0 {
		if n > maxAutoAllocate {
			req.errorSteps(c.r.RangeError("Array buffer allocation failed"))
			return
		}
		c.pendingPullIntos.push(&pullInto{
			buffer: buffer{b: make([]byte, n)}, byteLength: n, minimumFill: 1, elementSize: 1,
			class: "Uint8Array", readerType: readerDefault,
		})
	}
	readableStreamAddReadRequest(c.stream, req)
	callPullIfNeeded(c)
}

// maxAutoAllocate bounds what one read allocates, as an engine bounds its ArrayBuffers.
const maxAutoAllocate = 1 << 30

// releaseSteps is https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontroller-releasesteps.
func (c *byteController) releaseSteps() {
	if c.pendingPullIntos.len() > 0 {
		first := *c.pendingPullIntos.front()
		first.readerType = readerNone
		c.pendingPullIntos = fifo[*pullInto]{items: []*pullInto{first}}
	}
}

// shouldCallPull is https://streams.spec.whatwg.org/#readable-byte-stream-controller-should-call-pull.
func (c *byteController) shouldCallPull() bool {
	if c.stream.state != open || c.closeRequested || !c.started {
		return false
	}
	return readableStreamGetNumReadRequests(c.stream) > 0 || readableStreamGetNumReadIntoRequests(c.stream) > 0 ||
		c.strategyHWM-float64(c.queueTotalSize) > 0
}

func (c *byteController) fail(e goja.Value) { readableByteStreamControllerError(c, e) }

func readableByteStreamControllerClearAlgorithms(c *byteController) {
	c.pullAlgorithm, c.cancelAlgorithm, c.drained = nil, nil, nil
}

func readableByteStreamControllerClearPendingPullIntos(c *byteController) {
	readableByteStreamControllerInvalidateBYOBRequest(c)
	c.pendingPullIntos = fifo[*pullInto]{}
}

// readableByteStreamControllerClose is https://streams.spec.whatwg.org/#readable-byte-stream-controller-close. It throws when a read into a
// view of wider elements is left with half of one.
func readableByteStreamControllerClose(c *byteController) {
	if c.closeRequested || c.stream.state != open {
		return
	}
	if c.queueTotalSize > 0 {
		c.closeRequested = true
		return
	}
	if c.pendingPullIntos.len() > 0 {
		if first := *c.pendingPullIntos.front(); first.bytesFilled%first.elementSize != 0 {
			e := c.r.TypeError("Insufficient bytes to fill elements in the given buffer")
			readableByteStreamControllerError(c, e)
			panic(e)
		}
	}
	readableByteStreamControllerClearAlgorithms(c)
	readableStreamClose(c.stream)
}

// tryClose is readableByteStreamControllerClose where nobody is there to throw to: the stream is in error then.
func (c *byteController) tryClose() {
	_ = c.r.Try(func() { readableByteStreamControllerClose(c) })
}

// end closes the stream, and answers reads into views that wait for more.
func (c *byteController) end() {
	c.tryClose()
	if c.pendingPullIntos.len() > 0 {
		readableByteStreamControllerRespond(c, 0)
	}
}

// readableByteStreamControllerEnqueue is https://streams.spec.whatwg.org/#readable-byte-stream-controller-enqueue.
func readableByteStreamControllerEnqueue(c *byteController, v view) {
	if c.closeRequested || c.stream.state != open {
		return
	}
	transferred, ok := transferArrayBuffer(v.buffer)
	if !ok {
		panic(c.r.TypeError("The chunk's buffer has been detached and so cannot be enqueued"))
	}
	c.enqueueEntry(byteEntry{transferred.b, v.offset, v.byteLength, false})
}

// enqueueBytes is readableByteStreamControllerEnqueue for bytes from Go: immutable if shared, else script's own from now on.
func (c *byteController) enqueueBytes(b []byte, shared bool) {
	c.enqueueEntry(byteEntry{b, 0, len(b), shared})
}

// enqueueEntry is the rest of readableByteStreamControllerEnqueue.
func (c *byteController) enqueueEntry(e byteEntry) {
	if c.closeRequested || c.stream.state != open || e.length == 0 {
		return
	}
	if c.pendingPullIntos.len() > 0 {
		first := *c.pendingPullIntos.front()
		if first.buffer.detached() {
			panic(c.r.TypeError("The BYOB request's buffer has been detached and so cannot be filled with an enqueued chunk"))
		}
		readableByteStreamControllerInvalidateBYOBRequest(c)
		first.buffer.transfer()
		if first.readerType == readerNone {
			readableByteStreamControllerEnqueueDetachedPullIntoToQueue(c, first)
		}
	}
	switch {
	case readableStreamHasDefaultReader(c.stream):
		readableByteStreamControllerProcessReadRequestsUsingQueue(c)
		if readableStreamGetNumReadRequests(c.stream) == 0 {
			c.enqueueChunkToQueue(e)
		} else {
			if c.pendingPullIntos.len() > 0 {
				readableByteStreamControllerShiftPendingPullInto(c)
			}
			readableStreamFulfillReadRequest(c.stream, c.chunkOf(e), false)
		}
	case readableStreamHasBYOBReader(c.stream):
		c.enqueueChunkToQueue(e)
		for _, filled := range readableByteStreamControllerProcessPullIntoDescriptorsUsingQueue(c) {
			readableByteStreamControllerCommitPullIntoDescriptor(c.stream, filled)
		}
	default:
		c.enqueueChunkToQueue(e)
	}
	callPullIfNeeded(c)
}

// enqueueChunkToQueue is https://streams.spec.whatwg.org/#readable-byte-stream-controller-enqueue-chunk-to-queue.
func (c *byteController) enqueueChunkToQueue(e byteEntry) {
	c.queue.push(e)
	c.queueTotalSize += e.length
}

// chunkOf is the view that stands for an entry.
func (c *byteController) chunkOf(e byteEntry) goja.Value {
	if e.offset == 0 && e.length == len(e.b) {
		return &byteChunk{b: e.b, owned: !e.shared}
	}
	if e.shared {
		return &byteChunk{b: e.b[e.offset : e.offset+e.length]}
	}
	return newView(c.r, "Uint8Array", c.r.ArrayBuffer(e.b), e.offset, e.length)
}

// readableByteStreamControllerEnqueueClonedChunkToQueue is
// https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerenqueueclonedchunktoqueue.
func readableByteStreamControllerEnqueueClonedChunkToQueue(c *byteController, b []byte) {
	c.enqueueChunkToQueue(byteEntry{append([]byte(nil), b...), 0, len(b), false})
}

// readableByteStreamControllerEnqueueDetachedPullIntoToQueue keeps what a read that its reader gave up had filled.
func readableByteStreamControllerEnqueueDetachedPullIntoToQueue(c *byteController, p *pullInto) {
	if p.bytesFilled > 0 {
		readableByteStreamControllerEnqueueClonedChunkToQueue(c, p.buffer.b[p.byteOffset:p.byteOffset+p.bytesFilled])
	}
	readableByteStreamControllerShiftPendingPullInto(c)
}

// readableByteStreamControllerError is https://streams.spec.whatwg.org/#readable-byte-stream-controller-error.
func readableByteStreamControllerError(c *byteController, e goja.Value) {
	if c.stream.state != open {
		return
	}
	readableByteStreamControllerClearPendingPullIntos(c)
	c.resetQueue()
	readableByteStreamControllerClearAlgorithms(c)
	readableStreamError(c.stream, e)
}

// readableByteStreamControllerFillReadRequestFromQueue is
// https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerfillreadrequestfromqueue.
func readableByteStreamControllerFillReadRequestFromQueue(c *byteController, req readRequest) {
	e := c.queue.shift()
	c.queueTotalSize -= e.length
	readableByteStreamControllerHandleQueueDrain(c)
	req.chunkSteps(c.chunkOf(e))
}

// readableByteStreamControllerHandleQueueDrain is https://streams.spec.whatwg.org/#readable-byte-stream-controller-handle-queue-drain.
func readableByteStreamControllerHandleQueueDrain(c *byteController) {
	if c.queueTotalSize == 0 && c.drained != nil {
		c.drained()
	}
	if c.queueTotalSize == 0 && c.closeRequested {
		readableByteStreamControllerClearAlgorithms(c)
		readableStreamClose(c.stream)
		return
	}
	callPullIfNeeded(c)
}

// readableByteStreamControllerProcessReadRequestsUsingQueue is
// https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerprocessreadrequestsusingqueue.
func readableByteStreamControllerProcessReadRequestsUsingQueue(c *byteController) {
	reader := c.stream.reader.(*defaultReader)
	for reader.requests.len() > 0 && c.queueTotalSize > 0 {
		readableByteStreamControllerFillReadRequestFromQueue(c, reader.requests.shift())
	}
}

// setUpReadableByteStreamController is https://streams.spec.whatwg.org/#set-up-readable-byte-stream-controller.
func setUpReadableByteStreamController(s *ReadableStream, c *byteController, start func() *promise, pull, cancel algorithm, hwm float64, autoAllocate int) {
	c.stream, c.strategyHWM, c.autoAllocateChunkSize = s, hwm, autoAllocate
	c.pullAlgorithm, c.cancelAlgorithm = pull, cancel
	s.controller = c
	begin(c, start)
}

// setUpReadableByteStreamControllerFromUnderlyingSource is
// https://streams.spec.whatwg.org/#set-up-readable-byte-stream-controller-from-underlying-source.
func setUpReadableByteStreamControllerFromUnderlyingSource(s *ReadableStream, src underlyingSource, hwm float64) {
	if src.autoAllocateChunkSize < 0 {
		panic(s.r.TypeError("autoAllocateChunkSize must be greater than 0"))
	}
	c := &byteController{r: s.r}
	setUpReadableByteStreamController(s, c, src.startAlgorithm(s.r, c), src.pullAlgorithm(s.r, c), src.cancelAlgorithm(s.r), hwm, src.autoAllocateChunkSize)
}
