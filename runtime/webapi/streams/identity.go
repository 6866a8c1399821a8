package streams

import (
	"math/big"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// identity is Cloudflare's IdentityTransformStream: bytes in, the same bytes out, where a write is done when its bytes have been read
// (https://developers.cloudflare.com/workers/runtime-apis/streams/transformstream/). FixedLengthStream is one with a limit.
type identity struct {
	r        *webidl.Realm
	readable *ReadableStream
	writable *WritableStream
	c        *byteController
	pull     *promise // settled when the readable side wants bytes
	limited  bool
	left     int64
	total    int64
}

var (
	identityClass    = webidl.NewClass[*identity]("IdentityTransformStream")
	fixedLengthClass = webidl.NewClass[*fixedLength]("FixedLengthStream")
)

type fixedLength struct{ identity }

func init() {
	identityClass.
		Getter("readable", func(t *identity, _ *webidl.Realm) goja.Value { return t.readable.Object() }).
		Getter("writable", func(t *identity, _ *webidl.Realm) goja.Value { return t.writable.Object() })
	identityClass.Constructor(0, func(c webidl.Call) *identity {
		t := &identity{}
		t.init(c.Realm, toStrategy(c, c.Arg(0)))
		return t
	})
	identityClass.Cast = func(v any) (*identity, bool) {
		switch v := v.(type) {
		case *identity:
			return v, true
		case *fixedLength:
			return &v.identity, true
		}
		return nil, false
	}
	fixedLengthClass.Extends(identityClass.Interface).Constructor(1, func(c webidl.Call) *fixedLength {
		n := fixedLengthOf(c)
		t := &fixedLength{identity{limited: true, left: n, total: n}}
		t.init(c.Realm, toStrategy(c, c.Arg(1)))
		return t
	})
}

// fixedLengthOf is the length argument: a number or BigInt.
func fixedLengthOf(c webidl.Call) int64 {
	if v := c.Arg(0); goja.IsBigInt(v) { // only then: exporting an object may never end
		n := v.Export().(*big.Int)
		if n.Sign() < 0 || n.BitLen() > 53 {
			panic(c.TypeError("The provided value %s is outside the range 0 to 2**53", n))
		}
		return n.Int64()
	}
	return c.EnforceRange(c.Arg(0), 0, 1<<53-1)
}

func (t *identity) init(r *webidl.Realm, strategy queuingStrategy) {
	t.r, t.pull = r, newPromise(r)
	t.readable = createReadableByteStream(r, resolvedUndefined(r), t.pullAlgorithm, t.cancelAlgorithm)
	t.c = t.readable.controller.(*byteController)
	size := func(chunk goja.Value) (float64, goja.Value) {
		if c, ok := chunk.(*byteChunk); ok {
			return float64(len(c.b)), nil
		}
		b, _ := r.BufferBytes(chunk)
		return float64(len(b)), nil
	}
	t.writable = createWritableStream(r, resolvedUndefined(r), sinkAlgorithms{write: t.write, close: t.close, abort: t.abort},
		extractHighWaterMark(r, strategy, 1), size)
	t.writable.controller.aborted = t.unblockWrite
}

// unblockWrite ends the write under way when either side gives up: else it would wait for a reader.
func (t *identity) unblockWrite() {
	t.pull.resolveUndefined()
	if t.c.drained != nil {
		t.c.drained()
	}
}

func (t *identity) pullAlgorithm(goja.Value) *promise {
	t.pull.resolveUndefined()
	return resolvedUndefined(t.r)
}

func (t *identity) cancelAlgorithm(reason goja.Value) *promise {
	writableStreamDefaultControllerErrorIfNeeded(t.writable.controller, undefinedOr(reason))
	t.unblockWrite()
	return resolvedUndefined(t.r)
}

// write waits for a reader, hands the bytes over, and waits until they have been read.
func (t *identity) write(chunk goja.Value) *promise {
	b, ok := chunkBytes(t.r, chunk)
	if !ok {
		if s, is := chunk.(goja.String); is {
			b, ok = []byte(s.String()), true
		}
	}
	if !ok {
		return t.fail("This TransformStream is being used as a byte stream, but received an object of " +
			"non-ArrayBuffer/ArrayBufferView type on its writable side.")
	}
	if t.limited {
		if t.left -= int64(len(b)); t.left < 0 {
			return t.fail("Attempt to write too many bytes through a FixedLengthStream.")
		}
	}
	if len(b) == 0 {
		return resolvedUndefined(t.r)
	}
	c, shared := chunk.(*byteChunk)
	shared = shared && !c.owned
	return t.pull.react(func(_ goja.Value, out *promise) {
		if t.writable.state != open && t.writable.state != closed {
			out.reject(t.writable.storedError)
			return
		}
		t.pull = newPromise(t.r)
		t.c.drained = func() {
			t.c.drained = nil
			out.resolveUndefined()
		}
		t.c.enqueueBytes(b, shared)
		if t.c.queueTotalSize == 0 && t.c.drained != nil { // a read was waiting for it
			t.c.drained()
		}
	}, nil)
}

func (t *identity) fail(text string) *promise {
	e := t.r.TypeError("%s", text)
	readableByteStreamControllerError(t.c, e)
	return rejectedPromise(t.r, e)
}

func (t *identity) close(goja.Value) *promise {
	if t.limited && t.left > 0 {
		return t.fail("FixedLengthStream did not see all expected bytes before close().")
	}
	t.c.end()
	return resolvedUndefined(t.r)
}

func (t *identity) abort(reason goja.Value) *promise {
	readableByteStreamControllerError(t.c, undefinedOr(reason))
	return resolvedUndefined(t.r)
}
