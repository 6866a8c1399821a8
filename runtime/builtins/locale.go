package builtins

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/builtins/intl"
)

func localeProperties() []Property {
	return []Property{
		replace("Number.prototype", "toLocaleString", 0, numberToLocaleString),
		replace("BigInt.prototype", "toLocaleString", 0, bigIntToLocaleString),
		replace("Date.prototype", "toLocaleString", 0, dateToLocale("any", "all")),
		replace("Date.prototype", "toLocaleDateString", 0, dateToLocale("date", "date")),
		replace("Date.prototype", "toLocaleTimeString", 0, dateToLocale("time", "time")),
		wrap(method("String.prototype", "localeCompare", 1, nil), localeCompare),
		{
			Name: "Intl", Kind: Data, Writable: true, Configurable: true,
			Make: func(rt *goja.Runtime) goja.Value { return newIntl(rt) },
		},
	}
}

// newIntl is the Intl object. What isn't there (Segmenter, ListFormat, RelativeTimeFormat, DisplayNames, Locale,
// DurationFormat) is absent, so that script can see that it is.
func newIntl(rt *goja.Runtime) *goja.Object {
	o := rt.NewObject()
	for name, class := range map[string]*goja.Object{
		"NumberFormat":   numberFormatClass(rt),
		"DateTimeFormat": dateTimeFormatClass(rt),
		"Collator":       collatorClass(rt),
		"PluralRules":    pluralRulesClass(rt),
	} {
		must(o.DefineDataProperty(name, class, yes, yes, no))
	}
	addMethod(rt, o, "getCanonicalLocales", 1, func(call goja.FunctionCall) goja.Value {
		return stringArray(rt, localeList(rt, call.Argument(0)))
	})
	addTag(rt, o, "Intl")
	return o
}

func stringArray(rt *goja.Runtime, list []string) *goja.Object {
	items := make([]any, len(list))
	for i, s := range list {
		items[i] = s
	}
	return rt.NewArray(items...)
}

// localeList is CanonicalizeLocaleList, https://tc39.es/ecma402/#sec-canonicalizelocalelist.
func localeList(rt *goja.Runtime, v goja.Value) []string {
	if goja.IsUndefined(v) {
		return nil
	}
	var list []string
	add := func(v goja.Value) {
		if _, ok := v.(goja.String); !ok {
			if _, ok := v.(*goja.Object); !ok {
				panic(rt.NewTypeError("Incorrect locale information provided"))
			}
		}
		tag, err := intl.Canonical(toString(rt, v).String())
		if err != nil {
			throwRange(rt, "Incorrect locale information provided")
		}
		if !slices.Contains(list, tag) {
			list = append(list, tag)
		}
	}
	if _, ok := v.(goja.String); ok {
		add(v)
		return list
	}
	if goja.IsNull(v) {
		panic(rt.NewTypeError("Cannot convert undefined or null to object"))
	}
	o := v.ToObject(rt)
	for i := range toLength(getOr(o, "length")) {
		if item := o.Get(strconv.FormatInt(i, 10)); item != nil {
			add(item)
		}
	}
	return list
}

// options reads an options object of ECMA-402.
type options struct {
	rt *goja.Runtime
	o  *goja.Object // nil: no options
}

// optionsOf is CoerceOptionsToObject.
func optionsOf(rt *goja.Runtime, v goja.Value) options {
	if goja.IsUndefined(v) {
		return options{rt: rt}
	}
	if goja.IsNull(v) {
		panic(rt.NewTypeError("Cannot convert undefined or null to object"))
	}
	return options{rt, v.ToObject(rt)}
}

func (p options) get(name string) goja.Value {
	if p.o == nil {
		return goja.Undefined()
	}
	return getOr(p.o, name)
}

func (p options) has(name string) bool { return !goja.IsUndefined(p.get(name)) }

// text is GetOption for strings; allowed is space-separated, "" for anything.
func (p options) text(name, allowed, fallback string) string {
	v := p.get(name)
	if goja.IsUndefined(v) {
		return fallback
	}
	s := toString(p.rt, v).String()
	if allowed != "" && !slices.Contains(strings.Fields(allowed), s) {
		throwRange(p.rt, fmt.Sprintf("Value %s out of range for Intl options property %s", s, name))
	}
	return s
}

// flag is GetOption for booleans.
func (p options) flag(name string) (value, given bool) {
	v := p.get(name)
	return v.ToBoolean(), !goja.IsUndefined(v)
}

// number is GetNumberOption.
func (p options) number(name string, least, most, fallback int) int {
	v := p.get(name)
	if goja.IsUndefined(v) {
		return fallback
	}
	f := v.ToNumber().ToFloat()
	if math.IsNaN(f) || f < float64(least) || f > float64(most) {
		throwRange(p.rt, name+" value is out of range.")
	}
	return int(f)
}

// refuse throws for a value that the specification knows and this implementation doesn't.
func (p options) refuse(name string, supported ...string) {
	if v := p.get(name); !goja.IsUndefined(v) {
		if s := v.String(); !slices.Contains(supported, s) {
			throwRange(p.rt, fmt.Sprintf("Intl option %s: %s is not supported by this runtime", name, s))
		}
	}
}

// supportedLocalesOf adds the static method of that name.
func supportedLocalesOf(c class, supported func(string) bool) {
	addMethod(c.rt, c.constructor, "supportedLocalesOf", 1, func(call goja.FunctionCall) goja.Value {
		var known []string
		for _, tag := range localeList(c.rt, call.Argument(0)) {
			if intl.Negotiate([]string{tag}, supported) != intl.DefaultLocale || strings.HasPrefix(tag, intl.DefaultLocale) {
				known = append(known, tag)
			}
		}
		return stringArray(c.rt, known)
	})
}

// instance gives the object for a constructor that may be called without new, also as a method of Intl.
func (c *class) instance(call goja.ConstructorCall) *goja.Object {
	if call.NewTarget == nil && (!c.prototype.SameAs(call.This.Prototype()) || hasOwnSymbol(call.This, slotSymbol)) {
		return c.rt.CreateObject(c.prototype)
	}
	return call.This
}

// partsArray is what formatToParts gives.
func partsArray(rt *goja.Runtime, parts []intl.Part) *goja.Object {
	items := make([]any, len(parts))
	for i, p := range parts {
		o := rt.NewObject()
		must(o.DefineDataProperty("type", newString(p.Type), yes, yes, yes))
		must(o.DefineDataProperty("value", newString(p.Value), yes, yes, yes))
		items[i] = o
	}
	return rt.NewArray(items...)
}

// resolved builds what resolvedOptions gives, leaving out what is "".
func resolved(rt *goja.Runtime, pairs ...any) *goja.Object {
	o := rt.NewObject()
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			must(o.DefineDataProperty(pairs[i].(string), rt.ToValue(pairs[i+1]), yes, yes, yes))
		}
	}
	return o
}
