package builtins

import (
	"reflect"

	"github.com/dop251/goja"
)

// slotSymbol is the key of the property that stands for the internal slots of an object. Objects that scripts subclass
// and freeze must be ordinary ones, and goja's API has no other place on those. The property can't be changed; its value
// shows script nothing, and copied to another object it is worth nothing, as it names its owner.
var slotSymbol = goja.NewSymbol("internal slots")

type slot struct {
	owner *goja.Object
	data  any
}

// attach gives o its internal slots.
func attach(rt *goja.Runtime, o *goja.Object, data any) {
	must(o.DefineDataPropertySymbol(slotSymbol, rt.ToValue(&slot{owner: o, data: data}), no, no, no))
}

var slotType = reflect.TypeFor[*slot]()

// slotOf gives what holder, which script may have made, keeps for o. An object of script must not be exported: a cyclic Map has no end.
func slotOf(holder, o *goja.Object) any {
	if holder.ExportType() != slotType {
		return nil
	}
	if s := holder.Export().(*slot); s.owner == o {
		return s.data
	}
	return nil
}

// slots is the brand check: the internal slots of v, or a TypeError.
func slots[T any](rt *goja.Runtime, v goja.Value, method string) T {
	if o, ok := v.(*goja.Object); ok && o.ExportType() != proxyType {
		if holder, ok := o.GetSymbol(slotSymbol).(*goja.Object); ok {
			if data, ok := slotOf(holder, o).(T); ok {
				return data
			}
		}
	}
	panic(rt.NewTypeError("Method %s called on incompatible receiver %s", method, describe(v, "object")))
}
