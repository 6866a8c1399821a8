package structuredclone

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// deserializer is one run of https://html.spec.whatwg.org/#structureddeserialize.
type deserializer struct {
	r       *webidl.Realm
	objects []goja.Value // by node.id
}

// Deserialize makes the value in r, on its strand. It runs no script of r. A tree is read once: its buffers become the value's.
func (t *Tree) Deserialize(r *webidl.Realm) goja.Value {
	if t.root.node == nil {
		return t.root.primitive
	}
	d := &deserializer{r: r, objects: make([]goja.Value, t.nodes)}
	return d.value(t.root)
}

func (d *deserializer) value(v value) goja.Value {
	if v.node == nil {
		return v.primitive
	}
	return d.object(v.node)
}

func (d *deserializer) object(n *node) goja.Value {
	if obj := d.objects[n.id]; obj != nil {
		return obj
	}
	r := d.r
	if n.external != nil {
		obj := n.external.Decode(r)
		d.objects[n.id] = obj
		return obj
	}
	var obj *goja.Object
	switch n.kind {
	case webidl.KindBoolean, webidl.KindNumber, webidl.KindString, webidl.KindBigInt:
		obj = d.make("Object", n.primitive)
	case webidl.KindDate:
		obj = d.make("Date", r.ToValue(n.time))
	case webidl.KindRegExp:
		obj = d.make("RegExp", r.Str(n.source), r.Str(n.class))
	case webidl.KindArrayBuffer:
		obj = r.ArrayBuffer(n.bytes)
		n.bytes = nil
	case webidl.KindTypedArray, webidl.KindDataView:
		obj = d.make(n.class, d.object(n.buffer), r.ToValue(n.offset), r.ToValue(n.length))
	case webidl.KindMap:
		obj = d.collection(n, "Map", "set")
	case webidl.KindSet:
		obj = d.collection(n, "Set", "add")
	case webidl.KindError:
		obj = d.error(n)
	case webidl.KindArray:
		return d.array(n)
	default:
		obj = r.VM.NewObject()
		d.objects[n.id] = obj
		d.properties(n, obj)
	}
	d.objects[n.id] = obj
	return obj
}

// make constructs an object of a class of ECMAScript.
func (d *deserializer) make(class string, args ...goja.Value) *goja.Object {
	obj, err := d.r.VM.New(d.r.Global(class), args...)
	if err != nil {
		panic(err)
	}
	return obj
}

func (d *deserializer) collection(n *node, class, add string) *goja.Object {
	obj := d.make(class)
	d.objects[n.id] = obj
	put := d.r.Intrinsic(class + ".prototype." + add)
	for _, p := range n.pairs {
		if n.kind == webidl.KindSet {
			d.r.Invoke(put, obj, d.value(p[0]))
			continue
		}
		key := d.value(p[0])
		d.r.Invoke(put, obj, key, d.value(p[1]))
	}
	return obj
}

func (d *deserializer) array(n *node) goja.Value {
	if n.dense && !n.cyclic {
		items := make([]any, len(n.entries))
		for i, p := range n.entries {
			items[i] = d.value(p.value)
		}
		obj := d.r.VM.NewArray(items...)
		d.objects[n.id] = obj
		return obj
	}
	obj := d.r.VM.NewArray()
	d.objects[n.id] = obj
	if err := obj.Set("length", n.length); err != nil {
		panic(err)
	}
	d.properties(n, obj)
	return obj
}

func (d *deserializer) properties(n *node, obj *goja.Object) {
	for _, p := range n.entries {
		define(obj, p.key, d.value(p.value), true)
	}
}

// define is CreateDataProperty: it runs no setter, not even that of __proto__.
func define(obj *goja.Object, key string, v goja.Value, enumerable bool) {
	if err := obj.DefineDataProperty(key, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.ToFlag(enumerable)); err != nil {
		panic(err)
	}
}

func (d *deserializer) error(n *node) *goja.Object {
	var obj *goja.Object
	if n.class == "AggregateError" {
		obj = d.make(n.class, d.r.Array())
	} else {
		obj = d.make(n.class)
	}
	d.objects[n.id] = obj
	e := n.err
	for _, p := range []struct {
		name  string
		value goja.String
	}{{"stack", e.stack}, {"name", e.name}, {"message", e.message}} {
		if p.value != nil {
			define(obj, p.name, p.value, false)
		}
	}
	if e.cause != nil {
		define(obj, "cause", d.value(*e.cause), false)
	}
	if e.errors != nil {
		define(obj, "errors", d.value(*e.errors), false)
	}
	d.properties(n, obj)
	return obj
}
