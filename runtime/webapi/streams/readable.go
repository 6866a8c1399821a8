package streams

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// streamState is [[state]] of both kinds of streams.
type streamState uint8

const (
	open     streamState = iota // "readable" or "writable"
	erroring                    // writable streams only
	closed
	errored
)

// ReadableStream is https://streams.spec.whatwg.org/#rs-class. All methods must be called on the strand.
type ReadableStream struct {
	r           *webidl.Realm
	object      *goja.Object
	state       streamState
	storedError goja.Value
	disturbed   bool
	reader      reader // nil while the stream is not locked
	controller  readableController
	native      *nativeSource // where FromSource made the stream
}

// reader is one of the two readers.
type reader interface{ generic() *genericReader }

// readableController is one of the two controllers, with its internal methods.
type readableController interface {
	cancelSteps(reason goja.Value) *promise
	pullSteps(req readRequest)
	releaseSteps()
	object() *goja.Object
}

// readRequest is https://streams.spec.whatwg.org/#read-request. One of its methods is called, once.
type readRequest interface {
	chunkSteps(chunk goja.Value)
	closeSteps()
	errorSteps(e goja.Value)
}

// readIntoRequest is https://streams.spec.whatwg.org/#read-into-request. The chunk of closeSteps may be nil: undefined.
type readIntoRequest interface {
	chunkSteps(chunk goja.Value)
	closeSteps(chunk goja.Value)
	errorSteps(e goja.Value)
}

// algorithm is a pull, cancel, write or abort algorithm.
type algorithm func(arg goja.Value) *promise

// ReadableStreamClass is the class ReadableStream.
var ReadableStreamClass = webidl.NewClass[*ReadableStream]("ReadableStream")

// Of gives the ReadableStream that a script value is.
func Of(v goja.Value) (*ReadableStream, bool) { return ReadableStreamClass.From(v) }

// Bind keeps the object that stands for the stream.
func (s *ReadableStream) Bind(r *webidl.Realm, obj *goja.Object) { s.r, s.object = r, obj }

// Object is the stream as script sees it.
func (s *ReadableStream) Object() *goja.Object {
	if s.object == nil {
		ReadableStreamClass.New(s.r, s) // Bind keeps the object
	}
	return s.object
}

// Locked reports whether somebody reads the stream.
func (s *ReadableStream) Locked() bool { return s.reader != nil }

// Disturbed reports whether the stream has ever been read from or cancelled.
func (s *ReadableStream) Disturbed() bool { return s.disturbed }

// MarkDisturbed makes the stream count as read from.
func (s *ReadableStream) MarkDisturbed() { s.disturbed = true }

// underlyingSource is https://streams.spec.whatwg.org/#dictdef-underlyingsource.
type underlyingSource struct {
	this                  goja.Value
	start, pull, cancel   goja.Callable
	bytes                 bool
	autoAllocateChunkSize int
}

func toUnderlyingSource(c webidl.Call, obj *goja.Object) (src underlyingSource) {
	src.this = goja.Undefined()
	if obj == nil {
		return src
	}
	src.this = obj
	d := c.Dictionary(obj)
	if v, ok := d.Get("autoAllocateChunkSize"); ok {
		src.autoAllocateChunkSize = int(c.EnforceRange(v, 0, 1<<53-1))
		if src.autoAllocateChunkSize == 0 {
			src.autoAllocateChunkSize = -1 // the TypeError comes where the standard throws it
		}
	}
	src.cancel = member(c, d, "cancel")
	src.pull = member(c, d, "pull")
	src.start = member(c, d, "start")
	if v, ok := d.Get("type"); ok {
		c.Enum(v, "ReadableStreamType", "bytes")
		src.bytes = true
	}
	return src
}

// member reads a callback of a dictionary, nil if it is missing.
func member(c webidl.Call, d webidl.Dictionary, name string) goja.Callable {
	if v, ok := d.Get(name); ok {
		return c.Callback(v, name)
	}
	return nil
}

// optionalObject converts argument i of type `optional object`.
func optionalObject(c webidl.Call, i int) *goja.Object {
	if !c.Has(i) {
		return nil
	}
	obj, ok := c.Arg(i).(*goja.Object)
	if !ok {
		panic(c.TypeError("Failed to construct '%s': parameter %d is not of type 'Object'.", constructed(c), i+1))
	}
	return obj
}

// constructed is the class that a constructor's call makes one of.
func constructed(c webidl.Call) string { return strings.TrimPrefix(c.Name, "new ") }

// constructReadable is https://streams.spec.whatwg.org/#rs-constructor.
func constructReadable(c webidl.Call) *ReadableStream {
	obj := optionalObject(c, 0)
	strategy := toStrategy(c, c.Arg(1))
	src := toUnderlyingSource(c, obj)
	s := &ReadableStream{r: c.Realm}
	if src.bytes {
		if strategy.size != nil {
			panic(c.RangeError("The strategy for a byte stream cannot have a size function"))
		}
		setUpReadableByteStreamControllerFromUnderlyingSource(s, src, extractHighWaterMark(c.Realm, strategy, 0))
		return s
	}
	setUpReadableStreamDefaultControllerFromUnderlyingSource(s, src, extractHighWaterMark(c.Realm, strategy, 1), strategy.size)
	return s
}

func init() {
	ReadableStreamClass.Constructor(0, constructReadable).
		Static("from", 1, func(c webidl.Call) goja.Value { return readableStreamFromIterable(c).Object() }).
		Getter("locked", func(s *ReadableStream, r *webidl.Realm) goja.Value { return r.ToValue(s.Locked()) }).
		AsyncMethod("cancel", 0, func(s *ReadableStream, c webidl.Call) goja.Value {
			if isReadableStreamLocked(s) {
				panic(c.TypeError("Cannot cancel a stream that already has a reader"))
			}
			return readableStreamCancel(s, c.Arg(0)).Value()
		}).
		Method("getReader", 0, func(s *ReadableStream, c webidl.Call) goja.Value {
			if mode, ok := c.Dict(0).Get("mode"); ok {
				c.Enum(mode, "ReadableStreamReaderMode", "byob")
				return byobReaderClass.New(c.Realm, acquireReadableStreamBYOBReader(s))
			}
			return defaultReaderClass.New(c.Realm, acquireReadableStreamDefaultReader(s))
		}).
		Method("pipeThrough", 1, pipeThrough).
		AsyncMethod("pipeTo", 1, pipeTo).
		Method("tee", 0, func(s *ReadableStream, c webidl.Call) goja.Value {
			a, b := readableStreamTee(s)
			return c.Array(a.Object(), b.Object())
		})
	declareAsyncIterable()
}

// isReadableStreamLocked is https://streams.spec.whatwg.org/#is-readable-stream-locked.
func isReadableStreamLocked(s *ReadableStream) bool { return s.reader != nil }

// createReadableStream is https://streams.spec.whatwg.org/#create-readable-stream. started is the promise that the start algorithm gave.
func createReadableStream(r *webidl.Realm, started *promise, pull, cancel algorithm, hwm float64, size sizeAlgorithm) *ReadableStream {
	s := &ReadableStream{r: r}
	c := &defaultController{r: r}
	setUpReadableStreamDefaultController(s, c, func() *promise { return started }, pull, cancel, hwm, size)
	return s
}

// createReadableByteStream is https://streams.spec.whatwg.org/#abstract-opdef-createreadablebytestream.
func createReadableByteStream(r *webidl.Realm, started *promise, pull, cancel algorithm) *ReadableStream {
	s := &ReadableStream{r: r}
	setUpReadableByteStreamController(s, &byteController{r: r}, func() *promise { return started }, pull, cancel, 0, 0)
	return s
}

// readableStreamCancel is https://streams.spec.whatwg.org/#readable-stream-cancel.
func readableStreamCancel(s *ReadableStream, reason goja.Value) *promise {
	s.disturbed = true
	switch s.state {
	case closed:
		return resolvedUndefined(s.r)
	case errored:
		return rejectedPromise(s.r, s.storedError)
	}
	readableStreamClose(s)
	if reader, ok := s.reader.(*byobReader); ok {
		for _, req := range reader.requests.take() {
			req.closeSteps(nil)
		}
	}
	return s.controller.cancelSteps(reason).toUndefined()
}

// readableStreamClose is https://streams.spec.whatwg.org/#readable-stream-close.
func readableStreamClose(s *ReadableStream) {
	s.state = closed
	if s.reader == nil {
		return
	}
	s.reader.generic().closed.resolveUndefined()
	if reader, ok := s.reader.(*defaultReader); ok {
		for _, req := range reader.requests.take() {
			req.closeSteps()
		}
	}
}

// readableStreamError is https://streams.spec.whatwg.org/#readable-stream-error.
func readableStreamError(s *ReadableStream, e goja.Value) {
	s.state, s.storedError = errored, e
	if s.reader == nil {
		return
	}
	p := s.reader.generic().closed
	p.markHandled()
	p.reject(e)
	switch reader := s.reader.(type) {
	case *defaultReader:
		readableStreamDefaultReaderErrorReadRequests(reader, e)
	case *byobReader:
		readableStreamBYOBReaderErrorReadIntoRequests(reader, e)
	}
}

// readableStreamAddReadRequest and readableStreamAddReadIntoRequest wait for a chunk.
func readableStreamAddReadRequest(s *ReadableStream, req readRequest) {
	s.reader.(*defaultReader).requests.push(req)
}

func readableStreamAddReadIntoRequest(s *ReadableStream, req readIntoRequest) {
	s.reader.(*byobReader).requests.push(req)
}

// readableStreamFulfillReadRequest is https://streams.spec.whatwg.org/#readable-stream-fulfill-read-request.
func readableStreamFulfillReadRequest(s *ReadableStream, chunk goja.Value, done bool) {
	req := s.reader.(*defaultReader).requests.shift()
	if done {
		req.closeSteps()
	} else {
		req.chunkSteps(chunk)
	}
}

// readableStreamFulfillReadIntoRequest is https://streams.spec.whatwg.org/#readable-stream-fulfill-read-into-request.
func readableStreamFulfillReadIntoRequest(s *ReadableStream, chunk goja.Value, done bool) {
	req := s.reader.(*byobReader).requests.shift()
	if done {
		req.closeSteps(chunk)
	} else {
		req.chunkSteps(chunk)
	}
}

func readableStreamGetNumReadRequests(s *ReadableStream) int {
	if reader, ok := s.reader.(*defaultReader); ok {
		return reader.requests.len()
	}
	return 0
}

func readableStreamGetNumReadIntoRequests(s *ReadableStream) int {
	if reader, ok := s.reader.(*byobReader); ok {
		return reader.requests.len()
	}
	return 0
}

func readableStreamHasDefaultReader(s *ReadableStream) bool {
	_, ok := s.reader.(*defaultReader)
	return ok
}

func readableStreamHasBYOBReader(s *ReadableStream) bool {
	_, ok := s.reader.(*byobReader)
	return ok
}
