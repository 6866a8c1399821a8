package streams

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// pipeOptions is https://streams.spec.whatwg.org/#dictdef-streampipeoptions.
type pipeOptions struct {
	preventAbort, preventCancel, preventClose bool
	signal                                    Signal
}

func toPipeOptions(c webidl.Call, v goja.Value) (o pipeOptions) {
	d := c.Dictionary(v)
	o.preventAbort = d.Bool("preventAbort", false)
	o.preventCancel = d.Bool("preventCancel", false)
	o.preventClose = d.Bool("preventClose", false)
	if v, ok := d.Get("signal"); ok {
		if AbortSignalOf != nil {
			o.signal, ok = AbortSignalOf(v)
		}
		if !ok || o.signal == nil {
			panic(c.TypeError("Failed to execute '%s': the signal is not of type 'AbortSignal'.", c.Name))
		}
	}
	return o
}

// pipeTo is https://streams.spec.whatwg.org/#rs-pipe-to.
func pipeTo(s *ReadableStream, c webidl.Call) goja.Value {
	dest, ok := WritableStreamClass.From(c.Arg(0))
	if !ok {
		panic(c.TypeError("Failed to execute '%s': parameter 1 is not of type 'WritableStream'.", c.Name))
	}
	options := toPipeOptions(c, c.Arg(1))
	if isReadableStreamLocked(s) {
		panic(c.TypeError("This ReadableStream is currently locked to a reader."))
	}
	if isWritableStreamLocked(dest) {
		panic(c.TypeError("This WritableStream is currently locked to a writer."))
	}
	return readableStreamPipeTo(s, dest, options).Value()
}

// pipeThrough is https://streams.spec.whatwg.org/#rs-pipe-through.
func pipeThrough(s *ReadableStream, c webidl.Call) goja.Value {
	pair, ok := c.Arg(0).(*goja.Object)
	if !ok {
		panic(c.TypeError("Failed to execute '%s': parameter 1 is not of type 'ReadableWritablePair'.", c.Name))
	}
	d := c.Dictionary(pair)
	v, _ := d.Get("readable")
	readable, ok := Of(v)
	if !ok {
		panic(c.TypeError("Failed to execute '%s': the pair's readable is not of type 'ReadableStream'.", c.Name))
	}
	v, _ = d.Get("writable")
	writable, ok := WritableStreamClass.From(v)
	if !ok {
		panic(c.TypeError("Failed to execute '%s': the pair's writable is not of type 'WritableStream'.", c.Name))
	}
	options := toPipeOptions(c, c.Arg(1))
	if isReadableStreamLocked(s) {
		panic(c.TypeError("This ReadableStream is currently locked to a reader."))
	}
	if isWritableStreamLocked(writable) {
		panic(c.TypeError("This WritableStream is currently locked to a writer."))
	}
	readableStreamPipeTo(s, writable, options).markHandled()
	return readable.Object()
}

// pipe is a pipeTo under way, and its read request.
type pipe struct {
	r            *webidl.Realm
	source       *ReadableStream
	dest         *WritableStream
	reader       *defaultReader
	writer       *writer
	options      pipeOptions
	promise      *promise
	currentWrite *promise // settled when all that was read has been written; nil before the first chunk
	shuttingDown bool
	inRead       bool // the read request may be answered before the read returns
	removeAbort  func()
}

// readableStreamPipeTo is https://streams.spec.whatwg.org/#readable-stream-pipe-to.
func readableStreamPipeTo(source *ReadableStream, dest *WritableStream, options pipeOptions) *promise {
	r := source.r
	p := &pipe{r: r, source: source, dest: dest, options: options, promise: newPromise(r)}
	p.reader = acquireReadableStreamDefaultReader(source)
	p.writer = acquireWritableStreamDefaultWriter(dest)
	source.disturbed = true
	if s := options.signal; s != nil {
		if s.Aborted() {
			p.abort()
			return p.promise
		}
		p.removeAbort = s.OnAbort(func() { r.Framed(p.abort) })
	}
	p.watch()
	p.step()
	return p.promise
}

// abort is the abortAlgorithm.
func (p *pipe) abort() {
	e := p.options.signal.Reason()
	p.shutdownWithAction(func() *promise {
		var actions []*promise
		if !p.options.preventAbort {
			if p.dest.state == open {
				actions = append(actions, writableStreamAbort(p.dest, e))
			} else {
				actions = append(actions, resolvedUndefined(p.r))
			}
		}
		if !p.options.preventCancel {
			if p.source.state == open {
				actions = append(actions, readableStreamCancel(p.source, e))
			} else {
				actions = append(actions, resolvedUndefined(p.r))
			}
		}
		return waitForAll(p.r, actions)
	}, e)
}

// watch has errors and closings propagated, in the order of the standard.
func (p *pipe) watch() {
	onSourceError := func(e goja.Value) {
		if p.options.preventAbort {
			p.shutdown(e)
		} else {
			p.shutdownWithAction(func() *promise { return writableStreamAbort(p.dest, e) }, e)
		}
	}
	onDestError := func(e goja.Value) {
		if p.options.preventCancel {
			p.shutdown(e)
		} else {
			p.shutdownWithAction(func() *promise { return readableStreamCancel(p.source, e) }, e)
		}
	}
	onSourceClose := func(goja.Value) {
		if p.options.preventClose {
			p.shutdown(nil)
		} else {
			p.shutdownWithAction(func() *promise { return writableStreamDefaultWriterCloseWithErrorPropagation(p.writer) }, nil)
		}
	}
	if p.source.state == errored {
		onSourceError(p.source.storedError)
	} else {
		p.reader.closed.then(nil, onSourceError)
	}
	if p.dest.state == errored {
		onDestError(p.dest.storedError)
	} else {
		p.writer.closed.then(nil, onDestError)
	}
	if p.source.state == closed {
		onSourceClose(nil)
	} else {
		p.reader.closed.then(onSourceClose, nil)
	}
	if writableStreamCloseQueuedOrInFlight(p.dest) || p.dest.state == closed {
		e := p.r.TypeError("The destination writable stream was closed before all of the data could be piped to it")
		if p.options.preventCancel {
			p.shutdown(e)
		} else {
			p.shutdownWithAction(func() *promise { return readableStreamCancel(p.source, e) }, e)
		}
	}
}

// step waits until dest wants a chunk, and reads one.
func (p *pipe) step() {
	if p.shuttingDown {
		return
	}
	p.writer.ready.then(func(goja.Value) {
		if p.shuttingDown {
			return
		}
		// The writer may have a new ready promise since; dest wants nothing then.
		if p.writer.ready.state == goja.PromiseStatePending {
			p.step()
			return
		}
		p.inRead = true
		readableStreamDefaultReaderRead(p.reader, p)
		p.inRead = false
	}, nil)
}

// chunkSteps writes what was read. Inside enqueue() of script no write algorithm runs: the chunk waits for a microtask then.
func (p *pipe) chunkSteps(chunk goja.Value) {
	if p.inRead {
		p.currentWrite = writableStreamDefaultWriterWrite(p.writer, chunk)
		p.currentWrite.markHandled()
		p.step()
		return
	}
	p.currentWrite = newPromise(p.r)
	written := p.currentWrite
	resolvedUndefined(p.r).then(func(goja.Value) {
		writableStreamDefaultWriterWrite(p.writer, chunk).then(written.resolve, written.reject)
		p.step()
	}, nil)
}

func (p *pipe) closeSteps()           {}
func (p *pipe) errorSteps(goja.Value) {}

// waitForWritesToFinish calls next once all that was read has been written or has failed.
func (p *pipe) waitForWritesToFinish(next func()) {
	current := p.currentWrite
	if current == nil {
		current = resolvedUndefined(p.r)
	}
	again := func(goja.Value) {
		if p.currentWrite != nil && p.currentWrite != current {
			p.waitForWritesToFinish(next)
			return
		}
		next()
	}
	current.then(again, again)
}

// shutdownWithAction is https://streams.spec.whatwg.org/#rs-pipeTo-shutdown-with-action. A nil e is no error.
func (p *pipe) shutdownWithAction(action func() *promise, e goja.Value) {
	p.shutdownThen(func() {
		action().then(func(goja.Value) { p.finalize(e) }, p.finalize)
	})
}

// shutdown is https://streams.spec.whatwg.org/#rs-pipeTo-shutdown.
func (p *pipe) shutdown(e goja.Value) { p.shutdownThen(func() { p.finalize(e) }) }

func (p *pipe) shutdownThen(next func()) {
	if p.shuttingDown {
		return
	}
	p.shuttingDown = true
	if p.dest.state == open && !writableStreamCloseQueuedOrInFlight(p.dest) {
		p.waitForWritesToFinish(next)
		return
	}
	next()
}

// finalize is https://streams.spec.whatwg.org/#rs-pipeTo-finalize.
func (p *pipe) finalize(e goja.Value) {
	writableStreamDefaultWriterRelease(p.writer)
	readableStreamDefaultReaderRelease(p.reader)
	if p.removeAbort != nil {
		p.removeAbort()
	}
	if e != nil {
		p.promise.reject(e)
	} else {
		p.promise.resolveUndefined()
	}
}
