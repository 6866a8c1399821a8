package streams

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/builtins"
	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// asyncIterator is what values() gives: https://webidl.spec.whatwg.org/#default-asynchronous-iterator-object with the steps of
// https://streams.spec.whatwg.org/#rs-asynciterator.
type asyncIterator struct {
	r             *webidl.Realm
	reader        *defaultReader
	preventCancel bool
	ongoing       *promise
	finished      bool
}

var asyncIteratorClass = webidl.NewClass[*asyncIterator]("ReadableStream AsyncIterator").Hide()

type asyncIteratorPrototypeKey struct{}

// asyncIteratorPrototype is %AsyncIteratorPrototype% as far as this engine has one, which knows no async generators.
func asyncIteratorPrototype(r *webidl.Realm) *goja.Object {
	if p, ok := r.Slot(asyncIteratorPrototypeKey{}).(*goja.Object); ok {
		return p
	}
	p := r.VM.NewObject()
	self := engine.NewFunction(r.VM, "[Symbol.asyncIterator]", 0, func(c goja.FunctionCall) goja.Value { return c.This })
	_ = p.DefineDataPropertySymbol(builtins.SymAsyncIterator, self, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	r.SetSlot(asyncIteratorPrototypeKey{}, p)
	return p
}

func declareAsyncIterable() {
	asyncIteratorClass.ExtendsObject(asyncIteratorPrototype).
		AsyncMethod("next", 0, func(it *asyncIterator, _ webidl.Call) goja.Value { return it.enqueue(it.nextSteps).Value() }).
		AsyncMethod("return", 0, func(it *asyncIterator, c webidl.Call) goja.Value {
			v := c.Arg(0)
			return it.enqueue(func() *promise { return it.returnSteps(v) }).react(func(_ goja.Value, out *promise) {
				out.resolve(iterResult(it.r, v, true))
			}, nil).Value()
		})
	ReadableStreamClass.Method("values", 0, func(s *ReadableStream, c webidl.Call) goja.Value {
		preventCancel := c.Dict(0).Bool("preventCancel", false)
		it := &asyncIterator{r: c.Realm, reader: acquireReadableStreamDefaultReader(s), preventCancel: preventCancel}
		return asyncIteratorClass.New(c.Realm, it)
	}).Alias("", builtins.SymAsyncIterator, "values")
}

// enqueue runs steps after those that are under way.
func (it *asyncIterator) enqueue(steps func() *promise) *promise {
	if it.ongoing == nil {
		it.ongoing = steps()
		return it.ongoing
	}
	after := func(_ goja.Value, out *promise) { out.follow(steps()) }
	it.ongoing = it.ongoing.react(after, after)
	return it.ongoing
}

// nextSteps gives a promise for the { value, done } of next().
func (it *asyncIterator) nextSteps() *promise {
	if it.finished {
		return resolvedPromise(it.r, iterResult(it.r, nil, true))
	}
	req := &iteratorRead{promise: promise{r: it.r}, it: it}
	readableStreamDefaultReaderRead(it.reader, req)
	return req.react(func(v goja.Value, out *promise) {
		it.ongoing = nil
		if v == nil {
			it.finished = true
			out.resolve(iterResult(it.r, nil, true))
			return
		}
		out.resolve(iterResult(it.r, forScript(it.r, v), false))
	}, func(e goja.Value, out *promise) {
		it.ongoing = nil
		it.finished = true
		out.reject(e)
	})
}

// returnSteps gives a promise for the end of the iteration.
func (it *asyncIterator) returnSteps(reason goja.Value) *promise {
	if it.finished {
		return resolvedUndefined(it.r)
	}
	it.finished = true
	if it.preventCancel {
		readableStreamDefaultReaderRelease(it.reader)
		return resolvedUndefined(it.r)
	}
	result := readableStreamReaderGenericCancel(&it.reader.genericReader, reason)
	readableStreamDefaultReaderRelease(it.reader)
	return result
}

// iteratorRead is fulfilled with the chunk, or with nil at the end.
type iteratorRead struct {
	promise
	it *asyncIterator
}

func (q *iteratorRead) chunkSteps(chunk goja.Value) { q.resolve(chunk) }

func (q *iteratorRead) closeSteps() {
	readableStreamDefaultReaderRelease(q.it.reader)
	q.resolve(nil)
}

func (q *iteratorRead) errorSteps(e goja.Value) {
	readableStreamDefaultReaderRelease(q.it.reader)
	q.reject(e)
}
