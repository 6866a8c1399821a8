package streams

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// genericReader is https://streams.spec.whatwg.org/#readablestreamgenericreader.
type genericReader struct {
	stream *ReadableStream // nil once released
	closed *promise
}

func (g *genericReader) generic() *genericReader { return g }

// defaultReader is https://streams.spec.whatwg.org/#default-reader-class.
type defaultReader struct {
	genericReader
	requests fifo[readRequest]
}

// byobReader is https://streams.spec.whatwg.org/#byob-reader-class.
type byobReader struct {
	genericReader
	requests fifo[readIntoRequest]
}

var (
	defaultReaderClass = webidl.NewClass[*defaultReader]("ReadableStreamDefaultReader")
	byobReaderClass    = webidl.NewClass[*byobReader]("ReadableStreamBYOBReader")
)

func acquireReadableStreamDefaultReader(s *ReadableStream) *defaultReader {
	reader := &defaultReader{}
	setUpReadableStreamDefaultReader(reader, s)
	return reader
}

func acquireReadableStreamBYOBReader(s *ReadableStream) *byobReader {
	reader := &byobReader{}
	setUpReadableStreamBYOBReader(reader, s)
	return reader
}

func setUpReadableStreamDefaultReader(reader *defaultReader, s *ReadableStream) {
	if isReadableStreamLocked(s) {
		panic(s.r.TypeError("This ReadableStream is currently locked to a reader."))
	}
	readableStreamReaderGenericInitialize(&reader.genericReader, reader, s)
}

func setUpReadableStreamBYOBReader(reader *byobReader, s *ReadableStream) {
	if isReadableStreamLocked(s) {
		panic(s.r.TypeError("This ReadableStream is currently locked to a reader."))
	}
	if _, ok := s.controller.(*byteController); !ok {
		panic(s.r.TypeError("This ReadableStream does not support BYOB reads."))
	}
	readableStreamReaderGenericInitialize(&reader.genericReader, reader, s)
}

func readableStreamReaderGenericInitialize(g *genericReader, self reader, s *ReadableStream) {
	g.stream, s.reader = s, self
	switch s.state {
	case open:
		g.closed = newPromise(s.r)
	case closed:
		g.closed = resolvedUndefined(s.r)
	default:
		g.closed = rejectedPromise(s.r, s.storedError)
		g.closed.markHandled()
	}
}

func readableStreamReaderGenericCancel(g *genericReader, reason goja.Value) *promise {
	return readableStreamCancel(g.stream, reason)
}

// readableStreamReaderGenericRelease is https://streams.spec.whatwg.org/#readable-stream-reader-generic-release.
func readableStreamReaderGenericRelease(g *genericReader) {
	s := g.stream
	e := s.r.TypeError("This ReadableStream reader has been released.")
	if s.state == open {
		g.closed.markHandled()
		g.closed.reject(e)
	} else {
		g.closed = rejectedPromise(s.r, e)
		g.closed.markHandled()
	}
	s.controller.releaseSteps()
	s.reader, g.stream = nil, nil
}

// readableStreamDefaultReaderRead is https://streams.spec.whatwg.org/#readable-stream-default-reader-read.
func readableStreamDefaultReaderRead(reader *defaultReader, req readRequest) {
	s := reader.stream
	s.disturbed = true
	switch s.state {
	case closed:
		req.closeSteps()
	case errored:
		req.errorSteps(s.storedError)
	default:
		s.controller.pullSteps(req)
	}
}

// readableStreamDefaultReaderRelease is https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaultreaderrelease.
func readableStreamDefaultReaderRelease(reader *defaultReader) {
	r := reader.stream.r
	readableStreamReaderGenericRelease(&reader.genericReader)
	readableStreamDefaultReaderErrorReadRequests(reader, r.TypeError("This ReadableStream reader has been released."))
}

func readableStreamDefaultReaderErrorReadRequests(reader *defaultReader, e goja.Value) {
	for _, req := range reader.requests.take() {
		req.errorSteps(e)
	}
}

// readableStreamBYOBReaderRead is https://streams.spec.whatwg.org/#readable-stream-byob-reader-read.
func readableStreamBYOBReaderRead(reader *byobReader, v view, minimum int, req readIntoRequest) {
	s := reader.stream
	s.disturbed = true
	if s.state == errored {
		req.errorSteps(s.storedError)
		return
	}
	readableByteStreamControllerPullInto(s.controller.(*byteController), v, minimum, req)
}

// readableStreamBYOBReaderRelease is https://streams.spec.whatwg.org/#abstract-opdef-readablestreambyobreaderrelease.
func readableStreamBYOBReaderRelease(reader *byobReader) {
	r := reader.stream.r
	readableStreamReaderGenericRelease(&reader.genericReader)
	readableStreamBYOBReaderErrorReadIntoRequests(reader, r.TypeError("This ReadableStream reader has been released."))
}

func readableStreamBYOBReaderErrorReadIntoRequests(reader *byobReader, e goja.Value) {
	for _, req := range reader.requests.take() {
		req.errorSteps(e)
	}
}

// scriptRead is the read request of read(): it settles a promise with { value, done }.
type scriptRead struct{ promise }

func (q *scriptRead) chunkSteps(chunk goja.Value) {
	q.resolve(iterResult(q.r, forScript(q.r, chunk), false))
}
func (q *scriptRead) closeSteps()             { q.resolve(iterResult(q.r, nil, true)) }
func (q *scriptRead) errorSteps(e goja.Value) { q.reject(e) }

// scriptReadInto is the read-into request of read(view).
type scriptReadInto struct{ promise }

func (q *scriptReadInto) chunkSteps(chunk goja.Value) { q.resolve(iterResult(q.r, chunk, false)) }
func (q *scriptReadInto) closeSteps(chunk goja.Value) { q.resolve(iterResult(q.r, chunk, true)) }
func (q *scriptReadInto) errorSteps(e goja.Value)     { q.reject(e) }

// readInto is https://streams.spec.whatwg.org/#byob-reader-read, and Cloudflare's readAtLeast.
func readInto(reader *byobReader, c webidl.Call, v view, minimum int64) goja.Value {
	switch {
	case isDetachedBuffer(v.buffer):
		panic(c.TypeError("Failed to execute '%s': the view's buffer has been detached.", c.Name))
	case v.byteLength == 0:
		panic(c.TypeError("You must call read() on a \"byob\" reader with a positive-sized TypedArray object."))
	case minimum == 0:
		panic(c.TypeError("Failed to execute '%s': min must be greater than 0.", c.Name))
	case minimum > int64(v.elements):
		panic(c.RangeError("Failed to execute '%s': min must not be greater than the view's length.", c.Name))
	case reader.stream == nil:
		panic(c.TypeError("This ReadableStream reader has been released."))
	}
	req := &scriptReadInto{promise{r: c.Realm}}
	readableStreamBYOBReaderRead(reader, v, int(minimum), req)
	return req.Value()
}

func init() {
	defaultReaderClass.Constructor(1, func(c webidl.Call) *defaultReader {
		return acquireReadableStreamDefaultReader(streamArgument(c))
	}).
		AsyncMethod("read", 0, func(reader *defaultReader, c webidl.Call) goja.Value {
			if reader.stream == nil {
				panic(c.TypeError("This ReadableStream reader has been released."))
			}
			req := &scriptRead{promise{r: c.Realm}}
			readableStreamDefaultReaderRead(reader, req)
			return req.Value()
		}).
		Method("releaseLock", 0, func(reader *defaultReader, _ webidl.Call) goja.Value {
			if reader.stream != nil {
				readableStreamDefaultReaderRelease(reader)
			}
			return goja.Undefined()
		})
	byobReaderClass.Constructor(1, func(c webidl.Call) *byobReader {
		return acquireReadableStreamBYOBReader(streamArgument(c))
	}).
		AsyncMethod("read", 1, func(reader *byobReader, c webidl.Call) goja.Value {
			v := viewOf(c, c.Arg(0))
			minimum := int64(1)
			if m, ok := c.Dict(1).Get("min"); ok {
				minimum = c.EnforceRange(m, 0, 1<<53-1)
			}
			return readInto(reader, c, v, minimum)
		}).
		AsyncMethod("readAtLeast", 2, func(reader *byobReader, c webidl.Call) goja.Value {
			minimum := c.EnforceRange(c.Arg(0), 0, 1<<53-1)
			return readInto(reader, c, viewOf(c, c.Arg(1)), minimum)
		}).
		Method("releaseLock", 0, func(reader *byobReader, _ webidl.Call) goja.Value {
			if reader.stream != nil {
				readableStreamBYOBReaderRelease(reader)
			}
			return goja.Undefined()
		})
	declareGenericReader(defaultReaderClass)
	declareGenericReader(byobReaderClass)
}

// declareGenericReader adds what both readers have.
func declareGenericReader[T reader](class *webidl.Class[T]) {
	class.AsyncGetter("closed", func(reader T, _ *webidl.Realm) goja.Value { return reader.generic().closed.Value() })
	class.AsyncMethod("cancel", 0, func(reader T, c webidl.Call) goja.Value {
		g := reader.generic()
		if g.stream == nil {
			panic(c.TypeError("This ReadableStream reader has been released."))
		}
		return readableStreamReaderGenericCancel(g, c.Arg(0)).Value()
	})
}

func streamArgument(c webidl.Call) *ReadableStream {
	s, ok := Of(c.Arg(0))
	if !ok {
		panic(c.TypeError("Failed to construct '%s': parameter 1 is not of type 'ReadableStream'.", constructed(c)))
	}
	return s
}
