package builtins

import (
	"github.com/dop251/goja"
)

func groupProperties() []Property {
	return []Property{
		method("Object", "groupBy", 2, objectGroupBy),
		method("Map", "groupBy", 2, mapGroupBy),
	}
}

// eachGrouped is the common part of GroupBy, https://tc39.es/ecma262/#sec-groupby: it calls add with each value and what
// the callback gave for it.
func eachGrouped(rt *goja.Runtime, call goja.FunctionCall, add func(key, value goja.Value)) {
	items := call.Argument(0)
	if isNullish(items) {
		panic(rt.NewTypeError("%s is not iterable", items.String()))
	}
	callback := callable(rt, call.Argument(1), "callback")
	index := int64(0)
	forOf(rt, items, func(value goja.Value) {
		add(invoke(callback, goja.Undefined(), value, rt.ToValue(index)), value)
		index++
	})
}

// group is the values of one key, in order.
type group struct {
	key    goja.Value
	values []any
}

func objectGroupBy(rt *goja.Runtime) native {
	s := stateOf(rt)
	return func(call goja.FunctionCall) goja.Value {
		var groups []*group
		byKey := make(map[propertyKey]*group)
		eachGrouped(rt, call, func(key, value goja.Value) {
			k := toPropertyKey(rt, key)
			g := byKey[k]
			if g == nil {
				g = &group{key: k.value()}
				byKey[k] = g
				groups = append(groups, g)
			}
			g.values = append(g.values, value)
		})
		result := rt.CreateObject(nil)
		for _, g := range groups {
			toPropertyKey(rt, g.key).createOn(s, result, rt.NewArray(g.values...))
		}
		return result
	}
}

func mapGroupBy(rt *goja.Runtime) native {
	_, construct := intrinsicClass(rt, "Map")
	get, set := intrinsic(rt, "Map.prototype", "get"), intrinsic(rt, "Map.prototype", "set")
	return func(call goja.FunctionCall) goja.Value {
		// An index from key to group that compares as Map does; script never sees it.
		index, err := construct(nil)
		must(err)
		var groups []*group
		eachGrouped(rt, call, func(key, value goja.Value) {
			if at := invoke(get, index, key); !goja.IsUndefined(at) {
				g := groups[at.ToInteger()]
				g.values = append(g.values, value)
				return
			}
			invoke(set, index, key, rt.ToValue(len(groups)))
			groups = append(groups, &group{key: key, values: []any{value}})
		})
		result, err := construct(nil)
		must(err)
		for _, g := range groups {
			invoke(set, result, g.key, rt.NewArray(g.values...))
		}
		return result
	}
}
