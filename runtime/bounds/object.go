package bounds

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

const (
	maxBound   = 250 // functions bound to each other
	maxProxies = 250 // proxies in the way of one look-up
)

// MaxPrototypes is how many prototypes an object may have, one behind the other: goja looks a property up by recursion, 130 bytes of stack for each, and
// a getter at the end may look up again.
const MaxPrototypes = 1000

func init() {
	for id, r := range map[string]rule{
		"Function.prototype.apply":         passesList(1),
		"Reflect.apply":                    passesList(2),
		"Reflect.construct":                passesList(1),
		"Function.prototype.bind":          bind,
		"Object.setPrototypeOf":            setPrototype,
		"Reflect.setPrototypeOf":           setPrototype,
		"Object.getPrototypeOf":            prototypeOf,
		"Reflect.getPrototypeOf":           prototypeOf,
		"Proxy.revocable":                  revocable,
		"Object.keys":                      listsKeys,
		"Object.values":                    listsKeys,
		"Object.entries":                   listsKeys,
		"Object.getOwnPropertyNames":       listsKeys,
		"Object.getOwnPropertyDescriptors": listsKeys,
		"Object.assign":                    listsKeys,
		"Object.freeze":                    listsKeys,
		"Object.seal":                      listsKeys,
		"Object.isFrozen":                  listsKeys,
		"Object.isSealed":                  listsKeys,
		"Object.defineProperties":          listsKeys,
		"Object.create":                    createObject,
		"Object.defineProperty":            definesPrototype(2),
		"Reflect.defineProperty":           definesPrototype(2),
		"Reflect.set":                      setsPrototype,
		"Object.prototype.toLocaleString":  callsToString,
		"Reflect.ownKeys":                  listsKeys,
		"Map.prototype.set":                grown,
		"Set.prototype.add":                grown,
		"WeakMap.prototype.set":            grown,
		"WeakSet.prototype.add":            grown,
	} {
		rules[id] = r
	}
	constructRules["Proxy"] = func(s *state, own construct) construct {
		return func(args []goja.Value, newTarget *goja.Object) *goja.Object {
			s.boundProxy(args)
			p := own(args, newTarget)
			inner.list(p)
			return p
		}
	}
}

// passesList bounds the list of arguments that is argument i.
func passesList(i int) rule {
	return func(s *state, own native) native {
		return func(c goja.FunctionCall) goja.Value {
			if len(c.Arguments) <= i {
				return own(c)
			}
			o, ok := c.Arguments[i].(*goja.Object)
			if !ok {
				return own(c)
			}
			n, _, ok := inner.elements(o)
			if !ok {
				if o.ExportType() == proxyType { // asked once
					o = s.call("list", goja.FunctionCall{Arguments: []goja.Value{o}}).(*goja.Object)
					set(&c, i, o)
				}
				n = lengthOf(o)
			}
			if n > MaxArguments {
				s.throwRange(textStack)
			}
			return own(c)
		}
	}
}

// bind bounds what is bound, as nothing else leads to some functions of goja's: `e.constructor` for an error of the engine's. And it bounds how many functions are bound to each other, and charges the name, which grows by each.
func bind(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		if o, ok := c.This.(*goja.Object); ok {
			if inner != nil {
				s.guard("", o)
			}
			n := 0
			for at := inner.wrapped(o); at != nil; at = inner.wrapped(at) {
				if n++; n >= maxBound {
					s.throwRange(textStack)
				}
			}
			if n > 0 || inner == nil {
				s.chargeSmall(bytesObject)
				if name, ok := o.Get("name").(goja.String); ok {
					s.chargeText(int64(name.Length()))
				}
			}
		}
		return own(c)
	}
}

// boundProxy refuses a proxy whose target, handler and their prototypes lead through too many others: goja looks a property up by
// recursion.
func (s *state) boundProxy(args []goja.Value) {
	for _, v := range args[:min(2, len(args))] {
		if o, ok := v.(*goja.Object); ok {
			s.follow(o, nil)
		}
	}
	s.chargeSmall(bytesObject)
}

// follow walks what a look-up on o may pass: prototypes, targets and handlers of proxies. It throws where that leads to end, or on too long.
// Without proxies there is nothing to walk but prototypes, which goja keeps free of circles.
func (s *state) follow(o, end *goja.Object) {
	steps, proxies := 0, 0
	seen := make(map[*goja.Object]bool, 4)
	pending := []*goja.Object{o}
	for len(pending) > 0 {
		at := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		for at != nil && !seen[at] {
			if at == end {
				panic(s.rt.NewTypeError("Cyclic __proto__ value"))
			}
			steps++
			if steps > MaxPrototypes || proxies > maxProxies {
				s.throwRange(textStack)
			}
			seen[at] = true
			if at.ExportType() != proxyType {
				at = at.Prototype()
				continue
			}
			proxies++
			p := at.Export().(goja.Proxy)
			if p.Target() == nil {
				break // revoked
			}
			if h := handler(p); h != nil {
				pending = append(pending, h)
			}
			at = p.Target()
		}
	}
}

// handler is a proxy's handler, nil if it is Go's.
func handler(p goja.Proxy) (h *goja.Object) {
	defer func() { _ = recover() }() // goja's handlers of Go have no object
	return p.Handler()
}

// throughProxy reports whether the prototypes of o lead to a proxy. It throws if they are too many: goja looks a property up by recursion.
func (s *state) throughProxy(o *goja.Object) bool {
	for n := 0; o != nil; o = o.Prototype() {
		if n++; n > MaxPrototypes {
			s.throwRange(textStack)
		}
		if o.ExportType() == proxyType {
			return true
		}
	}
	return false
}

func (s *state) boundPrototype(o, proto goja.Value) {
	object, ok := o.(*goja.Object)
	p, isObject := proto.(*goja.Object)
	if ok && isObject && s.throughProxy(p) {
		s.follow(p, object)
	}
}

func createObject(s *state, own native) native {
	own = listsKeys(s, own)
	return func(c goja.FunctionCall) goja.Value {
		if p, ok := c.Argument(0).(*goja.Object); ok {
			s.throughProxy(p)
		}
		return own(c)
	}
}

// setsPrototype is for what may give a function the prototype of what it makes, which syntax is bounded in too.
func setsPrototype(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		if name, ok := c.Argument(1).(goja.String); ok && name.Length() == 9 {
			if p, ok := c.Argument(2).(*goja.Object); ok && name.String() == "prototype" {
				s.throughProxy(p)
			}
		}
		return own(c)
	}
}

// definesPrototype is setsPrototype for a property descriptor, argument i.
func definesPrototype(i int) rule {
	return func(s *state, own native) native {
		return func(c goja.FunctionCall) goja.Value {
			if name, ok := c.Argument(i - 1).(goja.String); ok && name.Length() == 9 && name.String() == "prototype" {
				if d, ok := c.Argument(i).(*goja.Object); ok && d.ExportType() != proxyType {
					if p, ok := orUndefined(d.Get("value")).(*goja.Object); ok {
						s.throughProxy(p)
					}
				}
			}
			return own(c)
		}
	}
}

func setPrototype(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		s.boundPrototype(c.Argument(0), c.Argument(1))
		return own(c)
	}
}

// prototypeOf has script get no placeholder.
func prototypeOf(_ *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		v := own(c)
		if p, ok := v.(*goja.Object); ok {
			engine.Settle(p)
		}
		return v
	}
}

func revocable(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		s.boundProxy(c.Arguments)
		v := own(c)
		if o, ok := v.(*goja.Object); ok {
			if p, ok := o.Get("proxy").(*goja.Object); ok {
				inner.list(p)
			}
		}
		return v
	}
}

// protoAccessor is Object.prototype.__proto__, https://tc39.es/ecma262/#sec-object.prototype.__proto__.
func protoAccessor(rt *goja.Runtime) goja.Value {
	s := of(rt)
	get := engine.NewFunction(rt, "get __proto__", 0, func(c goja.FunctionCall) goja.Value {
		if p := c.This.ToObject(rt).Prototype(); p != nil {
			engine.Settle(p)
			return p
		}
		return goja.Null()
	})
	set := engine.NewFunction(rt, "set __proto__", 1, func(c goja.FunctionCall) goja.Value {
		if goja.IsUndefined(c.This) || goja.IsNull(c.This) {
			panic(rt.NewTypeError("Object.prototype.__proto__ called on null or undefined"))
		}
		o, ok := c.This.(*goja.Object)
		if !ok {
			return goja.Undefined()
		}
		p, isObject := c.Argument(0).(*goja.Object)
		if !isObject && !goja.IsNull(c.Argument(0)) {
			return goja.Undefined()
		}
		if s != nil {
			s.boundPrototype(o, c.Argument(0))
		}
		if err := o.SetPrototype(p); err != nil {
			panic(err)
		}
		return goja.Undefined()
	})
	if s != nil {
		s.guard("get __proto__", get)
		s.guard("set __proto__", set)
	}
	return engine.Accessor(get, set, false)
}

// listsKeys bounds what lists the properties of texts, arrays and typed arrays, which have them without having them in memory.
func listsKeys(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		for _, v := range c.Arguments {
			switch t := v.(type) {
			case goja.String:
				s.fits(int64(t.Length()), bytesKey, textArray)
			case *goja.Object:
				s.fits(indexed(t), bytesKey, textArray)
			}
		}
		return own(c)
	}
}

// indexed is how many properties named by numbers o has at least, where that is not what its memory holds.
func indexed(o *goja.Object) int64 {
	if _, values, ok := inner.elements(o); ok {
		return int64(len(values))
	}
	if o.ExportType() == proxyType {
		return 0
	}
	if list := elementsOf(o); list.IsValid() {
		return int64(list.Len())
	}
	if o.ClassName() == "String" {
		if n := o.Get("length"); n != nil {
			return n.ToInteger()
		}
	}
	return 0
}

// Entries is how many entries a Map or Set has; 0 for anything else, and where only goja's public API is used.
func Entries(o *goja.Object) int64 { return int64(max(0, inner.size(o))) }

// grown charges what a Map or Set has grown.
func grown(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		before := inner.size(c.This)
		v := own(c)
		if after := inner.size(c.This); after > before || after < 0 {
			s.chargeSmall(bytesEntry)
		}
		return v
	}
}

// callsToString is for Object.prototype.toLocaleString: goja's takes it that this is no null and has a method of that name.
func callsToString(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		if goja.IsUndefined(c.This) || goja.IsNull(c.This) {
			panic(s.rt.NewTypeError("Cannot convert undefined or null to object"))
		}
		if o, ok := c.This.(*goja.Object); ok {
			if _, ok := goja.AssertFunction(o.Get("toString")); !ok {
				panic(s.rt.NewTypeError("toString is not a function"))
			}
		}
		return own(c)
	}
}
