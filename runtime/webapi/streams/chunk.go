package streams

import (
	"bytes"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// byteChunk stands for a Uint8Array that script has not seen yet: bytes from Go on their way through queues. forScript makes the object;
// bytes that go from Go to Go never become one.
type byteChunk struct {
	goja.Value        // nil: nothing of the engine ever looks at a byteChunk
	b          []byte // immutable, unless owned
	owned      bool   // nobody else has b, so that script may have it without a copy
}

// forScript gives the value that script may see for a chunk.
func forScript(r *webidl.Realm, v goja.Value) goja.Value {
	c, ok := v.(*byteChunk)
	if !ok {
		return v
	}
	if c.owned {
		return r.Uint8Array(c.b)
	}
	return r.Uint8Array(bytes.Clone(c.b))
}

// chunkBytes gives the bytes of a chunk, immutable from now on, and reports whether it has any: an ArrayBuffer or view is copied, since
// script may change it.
func chunkBytes(r *webidl.Realm, v goja.Value) (b []byte, ok bool) {
	if c, is := v.(*byteChunk); is {
		return c.b, true
	}
	b, ok = r.BufferBytes(v)
	return bytes.Clone(b), ok
}

// iterResult is the { value, done } that read() and next() give.
func iterResult(r *webidl.Realm, v goja.Value, done bool) goja.Value {
	return r.IteratorResult(undefinedOr(v), done)
}

// buffer is an ArrayBuffer in the hands of a byte stream: nobody else can reach its bytes, unless object is set.
type buffer struct {
	b      []byte
	object *goja.Object // the ArrayBuffer that script was given of it, if any
}

// transferArrayBuffer takes the bytes of an ArrayBuffer and detaches it. It reports false for one that is detached already.
func transferArrayBuffer(obj *goja.Object) (buffer, bool) {
	ab, ok := obj.Export().(goja.ArrayBuffer)
	if !ok || ab.Detached() {
		return buffer{}, false
	}
	b := ab.Bytes()
	ab.Detach()
	return buffer{b: b}, true
}

// transfer takes the buffer back from script.
func (b *buffer) transfer() {
	if b.object != nil {
		b.object.Export().(goja.ArrayBuffer).Detach()
		b.object = nil
	}
}

// detached reports whether script has transferred the buffer elsewhere.
func (b *buffer) detached() bool { return b.object != nil && isDetachedBuffer(b.object) }

// arrayBuffer is the buffer as script sees it.
func (b *buffer) arrayBuffer(r *webidl.Realm) *goja.Object {
	if b.object == nil {
		if b.b == nil {
			b.b = []byte{}
		}
		b.object = r.ArrayBuffer(b.b)
	}
	return b.object
}

func isDetachedBuffer(obj *goja.Object) bool {
	ab, ok := obj.Export().(goja.ArrayBuffer)
	return ok && ab.Detached()
}

// newView is ! Construct(constructor, « buffer, offset, length »).
func newView(r *webidl.Realm, class string, buf *goja.Object, offset, length int) *goja.Object {
	obj, err := r.VM.New(r.Global(class), buf, r.ToValue(offset), r.ToValue(length))
	if err != nil {
		panic(err)
	}
	return obj
}

// view describes an ArrayBufferView of script.
type view struct {
	class              string
	buffer             *goja.Object
	offset, byteLength int
	elements           int
	elementSize        int
}

// viewOf describes v; anything but a typed array or a DataView is a TypeError. One whose buffer is detached has no bytes.
func viewOf(c webidl.Call, v goja.Value) view {
	obj, ok := v.(*goja.Object)
	if !ok || !c.IsView(obj) {
		panic(c.TypeError("Failed to execute '%s': parameter 1 is not of type 'ArrayBufferView'.", c.Name))
	}
	var w view
	if thrown := c.Try(func() { w.class, w.buffer, w.offset, w.elements = c.View(obj) }); thrown != nil {
		// goja throws for a DataView whose buffer is detached.
		panic(c.TypeError("Failed to execute '%s': the view's buffer has been detached.", c.Name))
	}
	w.elementSize = elementSize(w.class)
	w.byteLength = w.elements * w.elementSize
	return w
}

// ownView is viewOf for a view that this package made.
func ownView(r *webidl.Realm, v goja.Value) (w view) {
	r.Framed(func() { w = viewOf(webidl.Call{Realm: r}, v) })
	return w
}

func elementSize(class string) int {
	switch class {
	case "Int16Array", "Uint16Array", "Float16Array":
		return 2
	case "Int32Array", "Uint32Array", "Float32Array":
		return 4
	case "Float64Array", "BigInt64Array", "BigUint64Array":
		return 8
	}
	return 1
}
