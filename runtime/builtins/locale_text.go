package builtins

import (
	"slices"
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/builtins/intl"
)

// collator is the slots of an Intl.Collator.
type collator struct {
	locale, usage, sensitivity string
	numeric                    bool
	compare                    *intl.Collator
	bound                      *goja.Object
}

// newCollator reads the arguments of Intl.Collator, https://tc39.es/ecma402/#sec-intl.collator.
func newCollator(rt *goja.Runtime, locales, v goja.Value) *collator {
	list := localeList(rt, locales)
	p := optionsOf(rt, v)
	c := &collator{locale: intl.Negotiate(list, intl.Supported)}
	c.usage = p.text("usage", "sort search", "sort")
	numeric, given := p.flag("numeric")
	c.numeric = numeric
	if !given && len(list) > 0 {
		c.numeric = strings.Contains(list[0], "-u-kn") && !strings.Contains(list[0], "-kn-false")
	}
	p.refuse("caseFirst", "false", "lower")
	p.refuse("ignorePunctuation", "false")
	c.sensitivity = p.text("sensitivity", "base accent case variant", "variant")
	c.compare = intl.NewCollator(c.locale, c.sensitivity, c.numeric)
	return c
}

func collatorClass(rt *goja.Runtime) *goja.Object {
	var c class
	c = newCallableClass(rt, "Collator", 0, nil, func(call goja.ConstructorCall) *goja.Object {
		this := c.instance(call)
		attach(rt, this, newCollator(rt, call.Argument(0), call.Argument(1)))
		return this
	})
	c.getter("compare", func(call goja.FunctionCall) goja.Value {
		f := slots[*collator](rt, call.This, "Intl.Collator.prototype.compare")
		if f.bound == nil {
			f.bound = newFunction(rt, "", 2, func(call goja.FunctionCall) goja.Value {
				return rt.ToValue(f.compare.Compare(toString(rt, call.Argument(0)).String(), toString(rt, call.Argument(1)).String()))
			})
		}
		return f.bound
	})
	c.method("resolvedOptions", 0, func(call goja.FunctionCall) goja.Value {
		f := slots[*collator](rt, call.This, "Intl.Collator.prototype.resolvedOptions")
		return resolved(rt, "locale", f.locale, "usage", f.usage, "sensitivity", f.sensitivity, "ignorePunctuation", false,
			"collation", "default", "numeric", f.numeric, "caseFirst", "false")
	})
	supportedLocalesOf(c, intl.Supported)
	c.tag("Intl.Collator")
	return c.constructor
}

// localeCompare is goja's own unless it is given a locale or options, which goja's would ignore.
func localeCompare(rt *goja.Runtime, replaced goja.Value) goja.Value {
	own := callable(rt, replaced, "localeCompare")
	return newFunction(rt, "localeCompare", 1, func(call goja.FunctionCall) goja.Value {
		if goja.IsUndefined(call.Argument(1)) && goja.IsUndefined(call.Argument(2)) {
			return invoke(own, call.This, call.Argument(0))
		}
		s := thisString(rt, call, "localeCompare").String()
		that := toString(rt, call.Argument(0)).String()
		return rt.ToValue(newCollator(rt, call.Argument(1), call.Argument(2)).compare.Compare(s, that))
	})
}

// pluralRules is the slots of an Intl.PluralRules.
type pluralRules struct {
	ordinal bool
	o       *intl.NumberOptions
}

func (r *pluralRules) kind() string {
	if r.ordinal {
		return "ordinal"
	}
	return "cardinal"
}

// category is ResolvePlural.
func (r *pluralRules) category(rt *goja.Runtime, v goja.Value) string {
	text := numeric(rt, v.ToNumber())
	switch text {
	case "NaN", "Infinity", "-Infinity":
		return "other"
	}
	whole, fraction := r.o.PluralDigits(text)
	return intl.Plural(r.o.Locale, r.ordinal, whole, fraction)
}

// categories are those that the language has, found by trying numbers.
func (r *pluralRules) categories() []string {
	var found []string
	for _, whole := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "20", "21", "22", "23", "100", "1000000"} {
		for _, fraction := range []string{"", "5"} {
			if c := intl.Plural(r.o.Locale, r.ordinal, whole, fraction); !slices.Contains(found, c) {
				found = append(found, c)
			}
		}
	}
	order := []string{"few", "many", "one", "two", "zero", "other"}
	slices.SortFunc(found, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	return found
}

func pluralRulesClass(rt *goja.Runtime) *goja.Object {
	c := newClass(rt, "PluralRules", 0, func(call goja.ConstructorCall) {
		r := &pluralRules{o: &intl.NumberOptions{Locale: intl.Negotiate(localeList(rt, call.Argument(0)), intl.Supported)}}
		p := optionsOf(rt, call.Argument(1))
		r.ordinal = p.text("type", "cardinal ordinal", "cardinal") == "ordinal"
		p.refuse("notation", "standard")
		digitOptions(p, r.o, 0, 3)
		attach(rt, call.This, r)
	})
	c.method("select", 1, func(call goja.FunctionCall) goja.Value {
		return newString(slots[*pluralRules](rt, call.This, "Intl.PluralRules.prototype.select").category(rt, call.Argument(0)))
	})
	c.method("resolvedOptions", 0, func(call goja.FunctionCall) goja.Value {
		r := slots[*pluralRules](rt, call.This, "Intl.PluralRules.prototype.resolvedOptions")
		o := resolved(rt, "locale", r.o.Locale, "type", r.kind(), "minimumIntegerDigits", r.o.MinimumInteger,
			"minimumFractionDigits", r.o.MinimumFraction, "maximumFractionDigits", r.o.MaximumFraction)
		must(o.DefineDataProperty("pluralCategories", stringArray(rt, r.categories()), yes, yes, yes))
		return o
	})
	supportedLocalesOf(c, intl.Supported)
	c.tag("Intl.PluralRules")
	return c.constructor
}
