package builtins

import (
	"math"
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/builtins/intl"
)

// numberOptions reads the arguments of Intl.NumberFormat, https://tc39.es/ecma402/#sec-intl.numberformat.
func numberOptions(rt *goja.Runtime, locales, v goja.Value) *intl.NumberOptions {
	o := &intl.NumberOptions{Locale: intl.Negotiate(localeList(rt, locales), intl.Supported)}
	p := optionsOf(rt, v)
	p.refuse("numberingSystem", "latn")
	o.Style = p.text("style", "decimal percent currency unit", "decimal")
	p.refuse("style", "decimal", "percent", "currency")
	o.CurrencyDisplay = p.text("currencyDisplay", "code symbol narrowSymbol name", "symbol")
	p.refuse("currencySign", "standard")
	digits := 0
	if code := p.text("currency", "", ""); code != "" || o.Style == "currency" {
		if code == "" {
			panic(rt.NewTypeError("Currency code is required with currency style."))
		}
		var ok bool
		if digits, ok = intl.CurrencyDigits(code); !ok {
			throwRange(rt, "Invalid currency code : "+code)
		}
		o.Currency = strings.ToUpper(code)
	}
	if o.Style == "currency" {
		p.refuse("currencyDisplay", "code", "symbol", "narrowSymbol")
	}
	o.Compact = p.text("notation", "standard scientific engineering compact", "standard") == "compact"
	p.refuse("notation", "standard", "compact")
	p.refuse("compactDisplay", "short")
	least, most := 0, 3
	switch {
	case o.Style == "currency" && !o.Compact:
		least, most = digits, digits
	case o.Style == "percent" || o.Compact:
		most = 0
	}
	digitOptions(p, o, least, most)
	o.GroupingMin2, o.Grouping = o.Compact, true
	readGrouping(p, o)
	o.SignDisplay = p.text("signDisplay", "auto never always exceptZero negative", "auto")
	if err := o.Check(); err != nil {
		throwRange(rt, err.Error())
	}
	return o
}

// digitOptions is SetNumberFormatDigitOptions; least and most are the default fraction digits.
func digitOptions(p options, o *intl.NumberOptions, least, most int) {
	o.MinimumInteger = p.number("minimumIntegerDigits", 1, 21, 1)
	p.refuse("roundingIncrement", "1")
	p.refuse("roundingMode", "halfExpand")
	p.refuse("roundingPriority", "auto")
	o.TrailingZeroIfWhole = p.text("trailingZeroDisplay", "auto stripIfInteger", "auto") == "auto"
	if p.has("minimumSignificantDigits") || p.has("maximumSignificantDigits") {
		o.MinimumSignificant = p.number("minimumSignificantDigits", 1, 21, 1)
		o.MaximumSignificant = p.number("maximumSignificantDigits", o.MinimumSignificant, 21, 21)
		return
	}
	low, high := p.number("minimumFractionDigits", 0, 100, -1), p.number("maximumFractionDigits", 0, 100, -1)
	o.FractionGiven = low >= 0 || high >= 0
	switch {
	case low < 0 && high < 0:
		low, high = least, most
	case low < 0:
		low = min(least, high)
	case high < 0:
		high = max(most, low)
	case low > high:
		throwRange(p.rt, "maximumFractionDigits value is out of range.")
	}
	o.MinimumFraction, o.MaximumFraction = low, high
}

func readGrouping(p options, o *intl.NumberOptions) {
	v := p.get("useGrouping")
	if goja.IsUndefined(v) {
		return
	}
	if s, ok := v.(goja.String); ok {
		switch s.String() {
		case "min2":
			o.Grouping, o.GroupingMin2 = true, true
		case "auto", "true", "false":
		case "always":
			o.Grouping, o.GroupingMin2 = true, false
		default:
			throwRange(p.rt, "Value "+s.String()+" out of range for Intl options property useGrouping")
		}
		return
	}
	o.Grouping, o.GroupingMin2 = v.ToBoolean(), false
}

// numeric is a number or BigInt as the text that intl takes.
func numeric(rt *goja.Runtime, v goja.Value) string {
	if _, ok := v.(*goja.Symbol); ok {
		panic(rt.NewTypeError("Cannot convert a Symbol value to a number"))
	}
	if o, ok := v.(*goja.Object); ok && o.ExportType() == bigIntType {
		return o.String()
	}
	if goja.IsBigInt(v) {
		return v.String()
	}
	n := v.ToNumber()
	if f := n.ToFloat(); f == 0 && math.Signbit(f) {
		return "-0"
	}
	return n.String()
}

func numberToLocaleString(rt *goja.Runtime) native {
	return func(call goja.FunctionCall) goja.Value {
		v := call.This
		if o, ok := v.(*goja.Object); ok && o.ClassName() == "Number" {
			v = rt.ToValue(o.Export())
		}
		if _, ok := v.(*goja.Object); ok || !goja.IsNumber(v) {
			panic(rt.NewTypeError("Number.prototype.toLocaleString requires that 'this' be a Number"))
		}
		o := numberOptions(rt, call.Argument(0), call.Argument(1))
		return newString(intl.Join(o.FormatNumber(numeric(rt, v))))
	}
}

func bigIntToLocaleString(rt *goja.Runtime) native {
	return func(call goja.FunctionCall) goja.Value {
		v := call.This
		if o, ok := v.(*goja.Object); ok && o.ExportType() == bigIntType {
			v = rt.ToValue(o.Export())
		}
		if v == nil || !goja.IsBigInt(v) {
			panic(rt.NewTypeError("BigInt.prototype.toLocaleString requires that 'this' be a BigInt"))
		}
		o := numberOptions(rt, call.Argument(0), call.Argument(1))
		return newString(intl.Join(o.FormatNumber(v.String())))
	}
}

// numberFormat is the slots of an Intl.NumberFormat.
type numberFormat struct {
	o     *intl.NumberOptions
	bound *goja.Object
}

func numberFormatClass(rt *goja.Runtime) *goja.Object {
	const name = "NumberFormat"
	var c class
	c = newCallableClass(rt, name, 0, nil, func(call goja.ConstructorCall) *goja.Object {
		this := c.instance(call)
		attach(rt, this, &numberFormat{o: numberOptions(rt, call.Argument(0), call.Argument(1))})
		return this
	})
	of := func(call goja.FunctionCall, method string) *numberFormat {
		return slots[*numberFormat](rt, call.This, "Intl.NumberFormat.prototype."+method)
	}
	c.getter("format", func(call goja.FunctionCall) goja.Value {
		f := of(call, "format")
		if f.bound == nil {
			f.bound = newFunction(rt, "", 1, func(call goja.FunctionCall) goja.Value {
				return newString(intl.Join(f.o.FormatNumber(numeric(rt, call.Argument(0)))))
			})
		}
		return f.bound
	})
	c.method("formatToParts", 1, func(call goja.FunctionCall) goja.Value {
		return partsArray(rt, of(call, "formatToParts").o.FormatNumber(numeric(rt, call.Argument(0))))
	})
	c.method("resolvedOptions", 0, func(call goja.FunctionCall) goja.Value {
		return resolvedNumberOptions(rt, of(call, "resolvedOptions").o)
	})
	supportedLocalesOf(c, intl.Supported)
	c.tag("Intl.NumberFormat")
	return c.constructor
}

func resolvedNumberOptions(rt *goja.Runtime, o *intl.NumberOptions) *goja.Object {
	notation, display, currencySign, compact := "standard", "", "", ""
	if o.Style == "currency" {
		display, currencySign = o.CurrencyDisplay, "standard"
	}
	if o.Compact {
		notation, compact = "compact", "short"
	}
	code := ""
	if o.Style == "currency" {
		code = o.Currency
	}
	pairs := []any{
		"locale", o.Locale, "numberingSystem", "latn", "style", o.Style, "currency", code, "currencyDisplay", display,
		"currencySign", currencySign, "minimumIntegerDigits", o.MinimumInteger,
	}
	if o.MaximumSignificant > 0 {
		pairs = append(pairs, "minimumSignificantDigits", o.MinimumSignificant, "maximumSignificantDigits", o.MaximumSignificant)
	} else {
		pairs = append(pairs, "minimumFractionDigits", o.MinimumFraction, "maximumFractionDigits", o.MaximumFraction)
	}
	var grouping any = "auto"
	switch {
	case !o.Grouping:
		grouping = false
	case o.GroupingMin2:
		grouping = "min2"
	}
	trailing := "auto"
	if !o.TrailingZeroIfWhole {
		trailing = "stripIfInteger"
	}
	return resolved(rt, append(pairs, "useGrouping", grouping, "notation", notation, "compactDisplay", compact,
		"signDisplay", o.SignDisplay, "roundingIncrement", 1, "roundingMode", "halfExpand", "roundingPriority", "auto",
		"trailingZeroDisplay", trailing)...)
}
