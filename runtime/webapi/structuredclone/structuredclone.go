// Package structuredclone copies script values, within a realm or from one to another
// (https://html.spec.whatwg.org/#safe-passing-of-structured-data).
//
// Serialize turns a value into a Tree that belongs to no realm, Deserialize makes a value of it again. Strings and numbers go by reference,
// since goja's are immutable and know no runtime; so do the bytes of transferred buffers. RPC between Workers stands on the same two
// functions, with hooks for what crosses there and not here (stubs, streams, Requests).
package structuredclone

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// API is what this package adds to the global object.
var API = webidl.API{Globals: []engine.Member{webidl.Function("structuredClone", 1, "structuredClone", structuredClone)}}

func structuredClone(c webidl.Call) goja.Value {
	o := Options{}
	if list, ok := c.Dict(1).Get("transfer"); ok {
		o.Transfer = c.Sequence(list)
	}
	return Serialize(c.Realm, c.Arg(0), o).Deserialize(c.Realm)
}

// Options change what Serialize does. The zero value is structuredClone.
type Options struct {
	// Transfer lists the ArrayBuffers whose memory moves: they are detached.
	Transfer []goja.Value
	// Encode is asked about every object that the standard does not simply copy: platform objects, functions, Proxies, Promises and
	// objects whose prototype is not Object.prototype. It gives what stands for the object in the tree; or nil, and the standard's way is
	// taken; or it panics with what script gets thrown.
	Encode func(r *webidl.Realm, obj *goja.Object, kind webidl.Kind) External
	// ErrorProperties has errors keep their own enumerable properties and an own name, as errors that cross RPC do.
	ErrorProperties bool
	// OmitStacks leaves the stacks of errors behind.
	OmitStacks bool
}

// External stands for an object that a hook has encoded. It must not refer to a realm that it is not decoded in.
type External interface {
	// Decode makes the object in r, on its strand. It is called once.
	Decode(r *webidl.Realm) goja.Value
}

// Tree is a serialised value. It is immutable but for being read once: Deserialize hands its buffers over. It may move between goroutines.
type Tree struct {
	root  value
	nodes int
	size  int
}

// Size is about how many bytes the value takes: those of strings and buffers, and some for each value around them.
func (t *Tree) Size() int { return t.size }

// value is a primitive, or an object's node.
type value struct {
	primitive goja.Value
	node      *node
}

// node is an object. Which fields are used depends on kind.
type node struct {
	id     int
	kind   webidl.Kind
	cyclic bool // it is reached from within itself
	open   bool // while serialising: it is being walked

	primitive goja.Value // boxed
	time      float64    // Date
	class     string     // view, error; RegExp: its flags
	source    string     // RegExp
	bytes     []byte     // ArrayBuffer
	buffer    *node      // view
	offset    int        // view
	length    int        // array, view
	pairs     [][2]value // Map; Set (keys only)
	entries   []property // array, ordinary object, properties of an error
	dense     bool       // array: entries are 0, 1, 2, ... length-1
	external  External
	err       *errorNode
}

type property struct {
	key   string
	value value
}

// errorNode is what is particular to errors.
type errorNode struct {
	name, message, stack goja.String // nil where there is none
	cause, errors        *value
}

// sizeOfNode is what a value counts for beside its strings and bytes.
const sizeOfNode = 8

// sizeOf is what a primitive counts for.
func sizeOf(v goja.Value) int {
	if s, ok := v.(goja.String); ok {
		// Length also makes goja look into a string that came from Go: from then on it is immutable, and two realms may share it.
		return sizeOfNode + s.Length()
	}
	return sizeOfNode
}

// dataCloneError is what is thrown for what cannot be cloned.
func dataCloneError(r *webidl.Realm, format string, args ...any) goja.Value {
	return r.DOMException("DataCloneError", format, args...)
}
