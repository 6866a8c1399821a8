package webidl

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// pairIterator walks a pair iterable by index, seeing changes as they come (https://webidl.spec.whatwg.org/#es-iterable).
type pairIterator struct {
	at   func(i int) (key, value goja.Value, ok bool)
	kind int // 0 keys, 1 values, 2 entries
	next int
	done bool
}

// Iterable declares iterable<K, V>: entries, keys, values, forEach and @@iterator. at gives pair i as it is now.
func (c *Class[T]) Iterable(at func(this T, r *Realm, i int) (key, value goja.Value, ok bool)) *Class[T] {
	class := NewClass[*pairIterator](c.Name + " Iterator").Hide()
	class.protoParent = func(r *Realm) *goja.Object { return engine.IteratorPrototype(r.VM) }
	class.noConstructor = true
	class.Method("next", 0, func(it *pairIterator, call Call) goja.Value {
		v, done := goja.Undefined(), true
		if !it.done {
			if key, value, ok := it.at(it.next); ok {
				it.next++
				done = false
				switch it.kind {
				case 0:
					v = key
				case 1:
					v = value
				default:
					v = call.Array(key, value)
				}
			} else {
				it.done = true
			}
		}
		return call.IteratorResult(v, done)
	})
	for kind, name := range []string{"keys", "values", "entries"} {
		c.Method(name, 0, func(this T, call Call) goja.Value {
			r := call.Realm
			return class.New(r, &pairIterator{kind: kind, at: func(i int) (goja.Value, goja.Value, bool) { return at(this, r, i) }})
		})
	}
	c.Alias("", goja.SymIterator, "entries")
	return c.Method("forEach", 1, func(this T, call Call) goja.Value {
		fn := call.Callback(call.Arg(0), "Failed to execute '"+call.Name+"': parameter 1")
		thisArg := call.Arg(1)
		for i := 0; ; i++ {
			key, value, ok := at(this, call.Realm, i)
			if !ok {
				return goja.Undefined()
			}
			call.Invoke(fn, thisArg, value, key, call.This)
		}
	})
}
