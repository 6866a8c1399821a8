package streams

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// pullInto is https://streams.spec.whatwg.org/#pull-into-descriptor. Its buffer's byte length never changes.
type pullInto struct {
	buffer                                           buffer
	byteOffset, byteLength, bytesFilled, minimumFill int
	elementSize                                      int
	class                                            string // of the view to make
	readerType                                       readerType
}

type readerType uint8

const (
	readerNone readerType = iota // its reader was released
	readerDefault
	readerBYOB
)

// byobRequest is https://streams.spec.whatwg.org/#rs-byob-request-class.
type byobRequest struct {
	object     *goja.Object
	controller *byteController // nil once invalidated
	view       *goja.Object    // nil likewise
	buffer     *goja.Object    // of the view
}

var byobRequestClass = webidl.NewClass[*byobRequest]("ReadableStreamBYOBRequest")

func init() {
	byobRequestClass.
		Getter("view", func(q *byobRequest, _ *webidl.Realm) goja.Value {
			if q.view == nil {
				return goja.Null()
			}
			return q.view
		}).
		Method("respond", 1, func(q *byobRequest, c webidl.Call) goja.Value {
			n := c.EnforceRange(c.Arg(0), 0, 1<<53-1)
			if q.controller == nil {
				panic(c.TypeError("This BYOB request has been invalidated"))
			}
			if isDetachedBuffer(q.buffer) {
				panic(c.TypeError("The BYOB request's buffer has been detached and so cannot be used as a response"))
			}
			readableByteStreamControllerRespond(q.controller, n)
			return goja.Undefined()
		}).
		Method("respondWithNewView", 1, func(q *byobRequest, c webidl.Call) goja.Value {
			v := viewOf(c, c.Arg(0))
			if q.controller == nil {
				panic(c.TypeError("This BYOB request has been invalidated"))
			}
			if isDetachedBuffer(v.buffer) {
				panic(c.TypeError("The given view's buffer has been detached and so cannot be used as a response"))
			}
			readableByteStreamControllerRespondWithNewView(q.controller, v)
			return goja.Undefined()
		})
}

// readableByteStreamControllerGetBYOBRequest is https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollergetbyobrequest.
func readableByteStreamControllerGetBYOBRequest(c *byteController) *byobRequest {
	if c.byobRequest == nil && c.pendingPullIntos.len() > 0 {
		first := *c.pendingPullIntos.front()
		buf := first.buffer.arrayBuffer(c.r)
		q := &byobRequest{controller: c, buffer: buf}
		q.view = newView(c.r, "Uint8Array", buf, first.byteOffset+first.bytesFilled, first.byteLength-first.bytesFilled)
		q.object = byobRequestClass.New(c.r, q)
		c.byobRequest = q
	}
	return c.byobRequest
}

func readableByteStreamControllerInvalidateBYOBRequest(c *byteController) {
	if q := c.byobRequest; q != nil {
		q.controller, q.view = nil, nil
		c.byobRequest = nil
	}
}

// readableByteStreamControllerCommitPullIntoDescriptor is
// https://streams.spec.whatwg.org/#readable-byte-stream-controller-commit-pull-into-descriptor.
func readableByteStreamControllerCommitPullIntoDescriptor(s *ReadableStream, p *pullInto) {
	done := s.state == closed
	filled := readableByteStreamControllerConvertPullIntoDescriptor(s.r, p)
	if p.readerType == readerDefault {
		readableStreamFulfillReadRequest(s, filled, done)
	} else {
		readableStreamFulfillReadIntoRequest(s, filled, done)
	}
}

// readableByteStreamControllerConvertPullIntoDescriptor is
// https://streams.spec.whatwg.org/#readable-byte-stream-controller-convert-pull-into-descriptor.
func readableByteStreamControllerConvertPullIntoDescriptor(r *webidl.Realm, p *pullInto) *goja.Object {
	p.buffer.transfer()
	return newView(r, p.class, p.buffer.arrayBuffer(r), p.byteOffset, p.bytesFilled/p.elementSize)
}

// readableByteStreamControllerFillPullIntoDescriptorFromQueue is
// https://streams.spec.whatwg.org/#readable-byte-stream-controller-fill-pull-into-descriptor-from-queue. It reports whether the descriptor
// is filled as far as its read wants.
func readableByteStreamControllerFillPullIntoDescriptorFromQueue(c *byteController, p *pullInto) (ready bool) {
	n := min(c.queueTotalSize, p.byteLength-p.bytesFilled)
	if aligned := (p.bytesFilled + n) / p.elementSize * p.elementSize; aligned >= p.minimumFill {
		n = aligned - p.bytesFilled
		ready = true
	}
	for n > 0 {
		head := c.queue.front()
		start := p.byteOffset + p.bytesFilled
		copied := copy(p.buffer.b[start:start+n], head.b[head.offset:head.offset+head.length])
		if copied == head.length {
			c.queue.shift()
		} else {
			head.offset += copied
			head.length -= copied
		}
		c.queueTotalSize -= copied
		p.bytesFilled += copied
		n -= copied
	}
	return ready
}

// readableByteStreamControllerProcessPullIntoDescriptorsUsingQueue is
// https://streams.spec.whatwg.org/#readable-byte-stream-controller-process-pull-into-descriptors-using-queue.
func readableByteStreamControllerProcessPullIntoDescriptorsUsingQueue(c *byteController) (filled []*pullInto) {
	before := c.queueTotalSize
	for c.pendingPullIntos.len() > 0 && c.queueTotalSize > 0 {
		first := *c.pendingPullIntos.front()
		if readableByteStreamControllerFillPullIntoDescriptorFromQueue(c, first) {
			readableByteStreamControllerShiftPendingPullInto(c)
			filled = append(filled, first)
		}
	}
	if before > 0 && c.queueTotalSize == 0 && c.drained != nil {
		c.drained()
	}
	return filled
}

func readableByteStreamControllerShiftPendingPullInto(c *byteController) *pullInto {
	return c.pendingPullIntos.shift()
}

// readableByteStreamControllerPullInto is https://streams.spec.whatwg.org/#readable-byte-stream-controller-pull-into.
func readableByteStreamControllerPullInto(c *byteController, v view, minimum int, req readIntoRequest) {
	transferred, ok := transferArrayBuffer(v.buffer)
	if !ok {
		req.errorSteps(c.r.TypeError("The view's buffer has been detached"))
		return
	}
	p := &pullInto{
		buffer: transferred, byteOffset: v.offset, byteLength: v.byteLength, minimumFill: minimum * v.elementSize,
		elementSize: v.elementSize, class: v.class, readerType: readerBYOB,
	}
	s := c.stream
	if c.pendingPullIntos.len() > 0 {
		c.pendingPullIntos.push(p)
		readableStreamAddReadIntoRequest(s, req)
		return
	}
	if s.state == closed {
		req.closeSteps(newView(c.r, p.class, p.buffer.arrayBuffer(c.r), p.byteOffset, 0))
		return
	}
	if c.queueTotalSize > 0 {
		if readableByteStreamControllerFillPullIntoDescriptorFromQueue(c, p) {
			filled := readableByteStreamControllerConvertPullIntoDescriptor(c.r, p)
			readableByteStreamControllerHandleQueueDrain(c)
			req.chunkSteps(filled)
			return
		}
		if c.closeRequested {
			e := c.r.TypeError("Insufficient bytes to fill elements in the given buffer")
			readableByteStreamControllerError(c, e)
			req.errorSteps(e)
			return
		}
	}
	c.pendingPullIntos.push(p)
	readableStreamAddReadIntoRequest(s, req)
	callPullIfNeeded(c)
}

// readableByteStreamControllerRespond is https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond.
func readableByteStreamControllerRespond(c *byteController, bytesWritten int64) {
	first := *c.pendingPullIntos.front()
	if c.stream.state == closed {
		if bytesWritten != 0 {
			panic(c.r.TypeError("bytesWritten must be 0 when calling respond() on a closed stream"))
		}
	} else {
		if bytesWritten == 0 {
			panic(c.r.TypeError("bytesWritten must be greater than 0 when calling respond() on a readable stream"))
		}
		if bytesWritten > int64(first.byteLength-first.bytesFilled) {
			panic(c.r.RangeError("bytesWritten out of range"))
		}
	}
	first.buffer.transfer()
	readableByteStreamControllerRespondInternal(c, int(bytesWritten))
}

// readableByteStreamControllerRespondWithNewView is https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-with-new-view.
func readableByteStreamControllerRespondWithNewView(c *byteController, v view) {
	first := *c.pendingPullIntos.front()
	if c.stream.state == closed {
		if v.byteLength != 0 {
			panic(c.r.TypeError("The view's length must be 0 when calling respondWithNewView() on a closed stream"))
		}
	} else if v.byteLength == 0 {
		panic(c.r.TypeError("The view's length must be greater than 0 when calling respondWithNewView() on a readable stream"))
	}
	bytes, _ := c.r.BufferBytes(v.buffer)
	switch {
	case first.byteOffset+first.bytesFilled != v.offset:
		panic(c.r.RangeError("The region specified by view does not match byobRequest"))
	case len(first.buffer.b) != len(bytes):
		panic(c.r.RangeError("The buffer of view has different capacity than byobRequest"))
	case first.bytesFilled+v.byteLength > first.byteLength:
		panic(c.r.RangeError("The region specified by view is larger than byobRequest"))
	}
	transferred, ok := transferArrayBuffer(v.buffer)
	if !ok {
		panic(c.r.TypeError("The given view's buffer has been detached and so cannot be used as a response"))
	}
	first.buffer = transferred
	readableByteStreamControllerRespondInternal(c, v.byteLength)
}

// readableByteStreamControllerRespondInternal is https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-internal.
func readableByteStreamControllerRespondInternal(c *byteController, bytesWritten int) {
	first := *c.pendingPullIntos.front()
	readableByteStreamControllerInvalidateBYOBRequest(c)
	if c.stream.state == closed {
		readableByteStreamControllerRespondInClosedState(c, first)
	} else {
		readableByteStreamControllerRespondInReadableState(c, bytesWritten, first)
	}
	callPullIfNeeded(c)
}

// readableByteStreamControllerRespondInClosedState is https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-in-closed-state.
func readableByteStreamControllerRespondInClosedState(c *byteController, first *pullInto) {
	if first.readerType == readerNone {
		readableByteStreamControllerShiftPendingPullInto(c)
	}
	var filled []*pullInto
	for n := readableStreamGetNumReadIntoRequests(c.stream); len(filled) < n; {
		filled = append(filled, readableByteStreamControllerShiftPendingPullInto(c))
	}
	for _, p := range filled {
		readableByteStreamControllerCommitPullIntoDescriptor(c.stream, p)
	}
}

// readableByteStreamControllerRespondInReadableState is https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-in-readable-state.
func readableByteStreamControllerRespondInReadableState(c *byteController, bytesWritten int, p *pullInto) {
	p.bytesFilled += bytesWritten
	if p.readerType == readerNone {
		readableByteStreamControllerEnqueueDetachedPullIntoToQueue(c, p)
		for _, filled := range readableByteStreamControllerProcessPullIntoDescriptorsUsingQueue(c) {
			readableByteStreamControllerCommitPullIntoDescriptor(c.stream, filled)
		}
		return
	}
	if p.bytesFilled < p.minimumFill {
		return
	}
	readableByteStreamControllerShiftPendingPullInto(c)
	if remainder := p.bytesFilled % p.elementSize; remainder > 0 {
		end := p.byteOffset + p.bytesFilled
		readableByteStreamControllerEnqueueClonedChunkToQueue(c, p.buffer.b[end-remainder:end])
		p.bytesFilled -= remainder
	}
	filled := readableByteStreamControllerProcessPullIntoDescriptorsUsingQueue(c)
	readableByteStreamControllerCommitPullIntoDescriptor(c.stream, p)
	for _, f := range filled {
		readableByteStreamControllerCommitPullIntoDescriptor(c.stream, f)
	}
}
