package streams

import (
	"bytes"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// readableStreamTee is https://streams.spec.whatwg.org/#readable-stream-tee.
func readableStreamTee(s *ReadableStream) (a, b *ReadableStream) {
	if src, ok := s.takeNative(); ok {
		return src.tee(s.r)
	}
	if _, ok := s.controller.(*byteController); ok {
		return readableByteStreamTee(s)
	}
	return readableStreamDefaultTee(s)
}

// teeState is what both algorithms keep.
type teeState struct {
	r        *webidl.Realm
	source   *ReadableStream
	canceled [2]bool
	reasons  [2]goja.Value
	branches [2]*ReadableStream
	promise  *promise // cancelPromise
}

// cancelAlgorithm is cancel1Algorithm and cancel2Algorithm.
func (t *teeState) cancelAlgorithm(branch int) algorithm {
	return func(reason goja.Value) *promise {
		t.canceled[branch], t.reasons[branch] = true, undefinedOr(reason)
		if t.canceled[1-branch] {
			t.promise.follow(readableStreamCancel(t.source, t.r.Array(t.reasons[0], t.reasons[1])))
		}
		return t.promise
	}
}

func (t *teeState) finish() {
	if !t.canceled[0] || !t.canceled[1] {
		t.promise.resolveUndefined()
	}
}

// defaultTee is the state of readableStreamDefaultTee, and its read request.
type defaultTee struct {
	teeState
	reader             *defaultReader
	reading, readAgain bool
}

// readableStreamDefaultTee is https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaulttee.
func readableStreamDefaultTee(s *ReadableStream) (a, b *ReadableStream) {
	t := &defaultTee{teeState: teeState{r: s.r, source: s, promise: newPromise(s.r)}}
	t.reader = acquireReadableStreamDefaultReader(s)
	for i := range t.branches {
		t.branches[i] = createReadableStream(s.r, resolvedUndefined(s.r), t.pull, t.cancelAlgorithm(i), 1, nil)
	}
	t.reader.closed.then(nil, func(e goja.Value) {
		for _, branch := range t.branches {
			readableStreamDefaultControllerError(branch.controller.(*defaultController), e)
		}
		t.finish()
	})
	return t.branches[0], t.branches[1]
}

func (t *defaultTee) pull(goja.Value) *promise {
	if t.reading {
		t.readAgain = true
	} else {
		t.reading = true
		readableStreamDefaultReaderRead(t.reader, t)
	}
	return resolvedUndefined(t.r)
}

func (t *defaultTee) chunkSteps(chunk goja.Value) {
	// The pull algorithm may be running, and must have returned before a branch asks for more.
	resolvedUndefined(t.r).then(func(goja.Value) {
		t.readAgain = false
		for i, branch := range t.branches {
			if !t.canceled[i] {
				// What the size function throws has put the branch in error already; these branches have none.
				readableStreamDefaultControllerEnqueue(branch.controller.(*defaultController), chunk)
			}
		}
		t.reading = false
		if t.readAgain {
			t.pull(nil)
		}
	}, nil)
}

func (t *defaultTee) closeSteps() {
	t.reading = false
	for i, branch := range t.branches {
		if !t.canceled[i] {
			readableStreamDefaultControllerClose(branch.controller.(*defaultController))
		}
	}
	t.finish()
}

func (t *defaultTee) errorSteps(goja.Value) { t.reading = false }

// byteTee is the state of readableByteStreamTee.
type byteTee struct {
	teeState
	reader    reader
	reading   bool
	readAgain [2]bool
}

// readableByteStreamTee is https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamtee.
func readableByteStreamTee(s *ReadableStream) (a, b *ReadableStream) {
	t := &byteTee{teeState: teeState{r: s.r, source: s, promise: newPromise(s.r)}}
	t.reader = acquireReadableStreamDefaultReader(s)
	for i := range t.branches {
		t.branches[i] = createReadableByteStream(s.r, resolvedUndefined(s.r), t.pullAlgorithm(i), t.cancelAlgorithm(i))
	}
	t.forwardReaderError()
	return t.branches[0], t.branches[1]
}

func (t *byteTee) controller(branch int) *byteController {
	return t.branches[branch].controller.(*byteController)
}

func (t *byteTee) forwardReaderError() {
	reader := t.reader
	reader.generic().closed.then(nil, func(e goja.Value) {
		if t.reader != reader {
			return
		}
		readableByteStreamControllerError(t.controller(0), e)
		readableByteStreamControllerError(t.controller(1), e)
		t.finish()
	})
}

// pullAlgorithm is pull1Algorithm and pull2Algorithm.
func (t *byteTee) pullAlgorithm(branch int) algorithm {
	return func(goja.Value) *promise {
		if t.reading {
			t.readAgain[branch] = true
			return resolvedUndefined(t.r)
		}
		t.reading = true
		if req := readableByteStreamControllerGetBYOBRequest(t.controller(branch)); req != nil {
			t.pullWithBYOBReader(req, branch)
		} else {
			t.pullWithDefaultReader()
		}
		return resolvedUndefined(t.r)
	}
}

func (t *byteTee) pullWithDefaultReader() {
	if reader, ok := t.reader.(*byobReader); ok {
		readableStreamBYOBReaderRelease(reader)
		t.reader = acquireReadableStreamDefaultReader(t.source)
		t.forwardReaderError()
	}
	readableStreamDefaultReaderRead(t.reader.(*defaultReader), (*byteTeeRead)(t))
}

func (t *byteTee) pullWithBYOBReader(req *byobRequest, branch int) {
	if reader, ok := t.reader.(*defaultReader); ok {
		readableStreamDefaultReaderRelease(reader)
		t.reader = acquireReadableStreamBYOBReader(t.source)
		t.forwardReaderError()
	}
	v := ownView(t.r, req.view)
	readableStreamBYOBReaderRead(t.reader.(*byobReader), v, 1, &byteTeeReadInto{t, branch})
}

// pullAgain goes on once a chunk has been handed out.
func (t *byteTee) pullAgain() {
	t.reading = false
	for i, again := range t.readAgain {
		if again {
			t.pullAlgorithm(i)(nil)
			return
		}
	}
}

// byteTeeRead is the read request of pullWithDefaultReader.
type byteTeeRead byteTee

func (q *byteTeeRead) chunkSteps(chunk goja.Value) {
	t := (*byteTee)(q)
	resolvedUndefined(t.r).then(func(goja.Value) {
		t.readAgain = [2]bool{}
		first, second := t.split(chunk)
		if !t.canceled[0] {
			t.controller(0).enqueueEntry(first)
		}
		if !t.canceled[1] {
			t.controller(1).enqueueEntry(second)
		}
		t.pullAgain()
	}, nil)
}

// split gives what each branch gets of a chunk: the chunk itself and, unless one branch is cancelled or nobody may change it, a clone.
func (t *byteTee) split(chunk goja.Value) (first, second byteEntry) {
	if c, ok := chunk.(*byteChunk); ok {
		first = byteEntry{c.b, 0, len(c.b), !c.owned}
	} else {
		v := ownView(t.r, chunk)
		buf, _ := transferArrayBuffer(v.buffer)
		first = byteEntry{buf.b, v.offset, v.byteLength, false}
	}
	second = first
	if !first.shared && !t.canceled[0] && !t.canceled[1] {
		second = byteEntry{bytes.Clone(first.b[first.offset : first.offset+first.length]), 0, first.length, false}
	}
	return first, second
}

func (q *byteTeeRead) closeSteps() {
	t := (*byteTee)(q)
	t.reading = false
	for i := range t.branches {
		if !t.canceled[i] {
			t.controller(i).tryClose()
		}
	}
	for i := range t.branches {
		if t.controller(i).pendingPullIntos.len() > 0 {
			readableByteStreamControllerRespond(t.controller(i), 0)
		}
	}
	t.finish()
}

func (q *byteTeeRead) errorSteps(goja.Value) { q.reading = false }

// byteTeeReadInto is the read-into request of pullWithBYOBReader.
type byteTeeReadInto struct {
	*byteTee
	branch int
}

func (q *byteTeeReadInto) chunkSteps(chunk goja.Value) {
	t := q.byteTee
	resolvedUndefined(t.r).then(func(goja.Value) {
		t.readAgain = [2]bool{}
		other := 1 - q.branch
		if !t.canceled[other] {
			b, _ := t.r.BufferBytes(chunk)
			clone := bytes.Clone(b)
			q.respond(chunk)
			t.controller(other).enqueueBytes(clone, false)
		} else {
			q.respond(chunk)
		}
		t.pullAgain()
	}, nil)
}

// respond answers the branch whose view was filled. Its read is gone where closing has put the branch in error, with half an element read.
func (q *byteTeeReadInto) respond(chunk goja.Value) {
	if c := q.controller(q.branch); !q.canceled[q.branch] && c.pendingPullIntos.len() > 0 {
		readableByteStreamControllerRespondWithNewView(c, ownView(q.r, chunk))
	}
}

func (q *byteTeeReadInto) closeSteps(chunk goja.Value) {
	t, other := q.byteTee, 1-q.branch
	t.reading = false
	for _, i := range []int{q.branch, other} {
		if !t.canceled[i] {
			t.controller(i).tryClose()
		}
	}
	if chunk != nil {
		q.respond(chunk)
		if !t.canceled[other] && t.controller(other).pendingPullIntos.len() > 0 {
			readableByteStreamControllerRespond(t.controller(other), 0)
		}
	}
	t.finish()
}

func (q *byteTeeReadInto) errorSteps(goja.Value) { q.reading = false }
