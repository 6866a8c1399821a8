package builtins

import (
	"strconv"

	"github.com/dop251/goja"
)

func jsonProperties() []Property {
	return []Property{
		replace("JSON", "parse", 2, jsonParse),
		replace("JSON", "stringify", 3, jsonStringify),
	}
}

// maxJSONDepth bounds the nesting of JSON that is read or written: beyond it is a RangeError, as where V8's stack ends.
const maxJSONDepth = 7500

func jsonParse(rt *goja.Runtime) native {
	return func(call goja.FunctionCall) goja.Value {
		text := jsonText(toString(rt, call.Argument(0)))
		reviver, ok := goja.AssertFunction(call.Argument(1))
		if !ok {
			return ParseJSONText(rt, text)
		}
		p := jsonParser{rt: rt, text: text, record: true}
		root := rt.NewObject()
		must(root.DefineDataProperty("", p.document(), yes, yes, yes))
		r := reviving{rt: rt, s: stateOf(rt), reviver: reviver}
		return r.walk(root, propertyKey{}, p.node, 0)
	}
}

// reviving is InternalizeJSONProperty, https://tc39.es/ecma262/#sec-internalizejsonproperty.
type reviving struct {
	rt      *goja.Runtime
	s       *state
	reviver goja.Callable
}

// walk revives what is at key of holder. node is where it was read, nil where a reviver has put something else.
func (r *reviving) walk(holder *goja.Object, key propertyKey, node *jsonNode, depth int) goja.Value {
	if depth > maxJSONDepth {
		throwRange(r.rt, "Maximum call stack size exceeded")
	}
	value := key.get(r.s, holder)
	if node == nil || !value.SameAs(node.value) {
		node = &jsonNode{}
	}
	context := r.rt.NewObject()
	if o, ok := value.(*goja.Object); !ok {
		if node.source != "" {
			must(context.DefineDataProperty("source", newString(node.source), yes, yes, yes))
		}
	} else if isArray(r.rt, o) {
		for i := range toLength(getOr(o, "length")) {
			var element *jsonNode
			if i < int64(len(node.elements)) {
				element = node.elements[i]
			}
			r.element(o, propertyKey{text: strconv.FormatInt(i, 10)}, element, depth)
		}
	} else {
		for _, k := range ownKeys(r.s, o) {
			r.element(o, k, node.members[k], depth)
		}
	}
	return invoke(r.reviver, holder, key.value(), value, context)
}

// element revives one property of o. Where it can't be changed it stays, as the specification has it.
func (r *reviving) element(o *goja.Object, key propertyKey, node *jsonNode, depth int) {
	v := r.walk(o, key, node, depth+1)
	switch {
	case key.units != "":
		if !goja.IsUndefined(v) {
			invoke(r.s.function(assignSource), goja.Undefined(), o, key.value(), v)
		} else {
			invoke(r.s.function(deleteSource), goja.Undefined(), o, key.value())
		}
	case goja.IsUndefined(v):
		ignoreTypeError(o.Delete(key.text))
	default:
		ignoreTypeError(o.DefineDataProperty(key.text, v, yes, yes, yes))
	}
}

// ignoreTypeError drops goja's refusal to define or delete, which the API gives as a TypeError made by goja itself, and
// throws what an interrupt or a trap of a proxy gave.
func ignoreTypeError(err error) {
	if err == nil {
		return
	}
	if thrown, ok := err.(*goja.Exception); ok {
		if o, ok := thrown.Value().(*goja.Object); ok && o.ClassName() == "Error" {
			return
		}
	}
	panic(err)
}

// toLength is ToLength.
func toLength(v goja.Value) int64 {
	n := v.ToInteger()
	return max(0, min(n, 1<<53-1))
}

// isArray is IsArray: arrays, and proxies of arrays.
func isArray(rt *goja.Runtime, o *goja.Object) bool {
	for o.ExportType() == proxyType {
		target := o.Export().(goja.Proxy).Target()
		if target == nil {
			panic(rt.NewTypeError("Cannot perform 'IsArray' on a proxy that has been revoked"))
		}
		o = target
	}
	return o.ClassName() == "Array"
}
