package structuredclone

import (
	"slices"
	"strconv"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// maxDepth is how deep objects may lie in each other: both walks are recursive.
const maxDepth = 5000

// pollEvery is how many values are copied between looks at whether script must end. A power of two.
const pollEvery = 1 << 12

// serializer is one run of https://html.spec.whatwg.org/#structuredserializeinternal.
type serializer struct {
	r      *webidl.Realm
	o      Options
	tree   *Tree
	memory map[*goja.Object]*node
	depth  int
	values int // met so far
}

// Serialize makes a tree of v, on the strand. It panics with a DataCloneError for what cannot be cloned, and with what getters throw. When
// it does, nothing has been detached.
func Serialize(r *webidl.Realm, v goja.Value, o Options) *Tree {
	s := &serializer{r: r, o: o, tree: &Tree{}}
	transferred := s.transferables()
	s.tree.root = s.value(v)
	for _, t := range transferred {
		buffer := t.object.Export().(goja.ArrayBuffer)
		if buffer.Detached() {
			panic(dataCloneError(r, "An ArrayBuffer is detached and could not be cloned."))
		}
		t.node.bytes = buffer.Bytes()
	}
	for _, t := range transferred {
		t.object.Export().(goja.ArrayBuffer).Detach()
	}
	return s.tree
}

type transferred struct {
	object *goja.Object
	node   *node
}

// transferables gives the buffers to transfer a place in memory before anything is walked.
func (s *serializer) transferables() (list []transferred) {
	for i, v := range s.o.Transfer {
		obj, ok := v.(*goja.Object)
		if !ok || !webidl.IsArrayBuffer(obj) {
			panic(dataCloneError(s.r, "Value at index %d does not have a transferable type.", i))
		}
		if s.memory[obj] != nil {
			panic(dataCloneError(s.r, "ArrayBuffer at index %d is a duplicate of an earlier ArrayBuffer.", i))
		}
		n := s.add(obj, webidl.KindArrayBuffer)
		list = append(list, transferred{obj, n})
	}
	return list
}

func (s *serializer) add(obj *goja.Object, kind webidl.Kind) *node {
	if s.memory == nil {
		s.memory = make(map[*goja.Object]*node)
	}
	n := &node{id: s.tree.nodes, kind: kind}
	s.tree.nodes++
	s.memory[obj] = n
	s.tree.size += sizeOfNode
	return n
}

func (s *serializer) value(v goja.Value) value {
	if s.values++; s.values&(pollEvery-1) == 0 {
		bounds.Check(s.r)
		bounds.Charge(s.r, pollEvery*sizeOfNode)
	}
	switch v := v.(type) {
	case nil:
		return value{primitive: goja.Undefined()}
	case *goja.Object:
		return value{node: s.object(v)}
	case *goja.Symbol:
		panic(dataCloneError(s.r, "Symbol(%s) could not be cloned.", v.String()))
	default:
		s.tree.size += sizeOf(v)
		return value{primitive: v}
	}
}

func (s *serializer) object(obj *goja.Object) *node {
	if n := s.memory[obj]; n != nil {
		n.cyclic = n.cyclic || n.open
		return n
	}
	s.depth++
	if s.depth > maxDepth {
		panic(s.r.RangeError("Maximum call stack size exceeded: the value to clone is nested more than %d objects deep", maxDepth))
	}
	defer func() { s.depth-- }()

	kind := s.r.KindOf(obj)
	if n := s.hooked(obj, kind); n != nil {
		return n
	}
	n := s.add(obj, kind)
	n.open = true
	s.fill(n, obj)
	n.open = false
	return n
}

// fill reads what is particular to an object of n.kind.
func (s *serializer) fill(n *node, obj *goja.Object) {
	r := s.r
	switch n.kind {
	case webidl.KindBoolean, webidl.KindNumber, webidl.KindString, webidl.KindBigInt:
		n.primitive = r.Unbox(obj)
		s.tree.size += sizeOf(n.primitive)
	case webidl.KindDate:
		n.time = r.DateTime(obj)
	case webidl.KindRegExp:
		n.source, n.class = r.RegExp(obj)
		s.tree.size += len(n.source)
	case webidl.KindArrayBuffer:
		b := obj.Export().(goja.ArrayBuffer)
		if b.Detached() {
			panic(dataCloneError(r, "An ArrayBuffer is detached and could not be cloned."))
		}
		bounds.Charge(r, int64(len(b.Bytes())))
		n.bytes = append(make([]byte, 0, len(b.Bytes())), b.Bytes()...)
		s.tree.size += len(n.bytes)
	case webidl.KindTypedArray, webidl.KindDataView:
		s.view(n, obj)
	case webidl.KindMap, webidl.KindSet:
		for _, e := range r.Entries(obj) { // all entries as they are now, before getters run
			pair := [2]value{s.value(e[0])}
			if n.kind == webidl.KindMap {
				pair[1] = s.value(e[1])
			}
			n.pairs = append(n.pairs, pair)
		}
	case webidl.KindError:
		s.error(n, obj)
	case webidl.KindArray:
		n.length = int(obj.Get("length").ToInteger())
		s.properties(n, obj)
		n.dense = len(n.entries) == n.length && (n.length == 0 || n.entries[n.length-1].key == strconv.Itoa(n.length-1))
	default:
		s.properties(n, obj)
	}
}

func (s *serializer) view(n *node, obj *goja.Object) {
	var buffer *goja.Object
	n.class, buffer, n.offset, n.length = s.r.View(obj)
	if s.memory[buffer] == nil && buffer.Export().(goja.ArrayBuffer).Detached() {
		panic(dataCloneError(s.r, "An ArrayBuffer is detached and could not be cloned."))
	}
	n.buffer = s.object(buffer)
}

// properties reads the own enumerable properties that are called by strings, getters too.
func (s *serializer) properties(n *node, obj *goja.Object) {
	keys := obj.Keys()
	n.entries = slices.Grow(n.entries, len(keys))
	for _, key := range keys {
		v := obj.Get(key)
		if v == nil {
			continue // a getter before it has deleted it
		}
		s.tree.size += len(key)
		n.entries = append(n.entries, property{key, s.value(v)})
	}
}

// hooked gives the node of an object that is not copied by the standard's way; nil if it is.
func (s *serializer) hooked(obj *goja.Object, kind webidl.Kind) *node {
	switch kind {
	case webidl.KindPlatform, webidl.KindFunction, webidl.KindProxy, webidl.KindPromise, webidl.KindSymbol:
	case webidl.KindOrdinary, webidl.KindArguments:
		proto := obj.Prototype()
		if proto != nil && proto == engine.ObjectPrototype(s.r.VM) {
			return nil
		}
	default:
		return nil
	}
	external := s.encode(obj, kind)
	if external == nil {
		if kind != webidl.KindOrdinary && kind != webidl.KindArguments || s.hasState(obj) {
			panic(s.refusal(obj, kind))
		}
		return nil
	}
	n := s.add(obj, kind)
	n.external = external
	return n
}

func (s *serializer) encode(obj *goja.Object, kind webidl.Kind) External {
	if s.o.Encode != nil {
		if e := s.o.Encode(s.r, obj, kind); e != nil {
			return e
		}
	}
	if d, ok := webidl.DOMExceptionClass.From(obj); ok {
		e := &domException{DOMException: *d}
		if stack := obj.Get("stack"); !s.o.OmitStacks && stack != nil {
			e.stack, _ = stack.(goja.String)
		}
		return e
	}
	return nil
}

// stateful are classes of ECMAScript whose objects have state that no property shows, and that are not cloned.
var stateful = []string{"WeakMap", "WeakSet", "WeakRef", "FinalizationRegistry", "DisposableStack", "AsyncDisposableStack"}

// hasState reports whether an object that looks ordinary is one of these, or an iterator or generator.
func (s *serializer) hasState(obj *goja.Object) bool {
	for _, class := range stateful {
		c := s.r.Global(class)
		if c == nil {
			continue
		}
		if proto, ok := c.Get("prototype").(*goja.Object); ok && webidl.Inherits(obj, proto) {
			return true
		}
	}
	return webidl.Inherits(obj, engine.IteratorPrototype(s.r.VM))
}

// refusal words the error for an object that cannot be cloned as V8 and workerd do.
func (s *serializer) refusal(obj *goja.Object, kind webidl.Kind) goja.Value {
	r := s.r
	if kind == webidl.KindPlatform {
		return dataCloneError(r, "Could not serialize object of type \"%s\". This type does not support serialization.", s.className(obj))
	}
	what := ""
	switch kind {
	case webidl.KindFunction:
		what = r.Invoke(r.Intrinsic("Function.prototype.toString"), obj).String()
		if cut := []rune(what); len(cut) > 100 {
			what = string(cut[:100]) + "..."
		}
	case webidl.KindSymbol:
		what = "[object Symbol]"
	case webidl.KindProxy:
		what = "#<Object>"
	case webidl.KindOrdinary: // an iterator has no constructor of its own
		what = "#<" + s.className(obj) + ">"
		if tag := s.tag(obj); webidl.Inherits(obj, engine.IteratorPrototype(r.VM)) && tag != "" {
			what = "[object " + tag + "]"
		}
	default:
		what = "#<" + s.className(obj) + ">"
	}
	return dataCloneError(r, "%s could not be cloned.", what)
}

// className is the name of the object's constructor, as far as it can be had.
func (s *serializer) className(obj *goja.Object) string {
	name := "Object"
	_ = s.r.Try(func() {
		if c, ok := obj.Get("constructor").(*goja.Object); ok {
			if text, ok := c.Get("name").(goja.String); ok && text.Length() > 0 {
				name = text.String()
				return
			}
		}
		if tag := s.tag(obj); tag != "" {
			name = tag
		}
	})
	return name
}

// tag is the object's Symbol.toStringTag, "" if it has none.
func (s *serializer) tag(obj *goja.Object) (tag string) {
	_ = s.r.Try(func() {
		if v, ok := obj.GetSymbol(goja.SymToStringTag).(goja.String); ok {
			tag = v.String()
		}
	})
	return tag
}
