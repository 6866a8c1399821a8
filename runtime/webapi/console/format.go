package console

import (
	"math"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// deepDepth is how deep %o and %O show objects.
const deepDepth = 4

// format words the arguments of console.log (https://console.spec.whatwg.org/#formatter).
func format(r *webidl.Realm, args []goja.Value) string {
	if len(args) == 0 {
		return ""
	}
	if s, ok := args[0].(goja.String); ok {
		return formatFrom(r, webidl.Clip(s, maxText), args[1:])
	}
	return spread(r, "", args)
}

// spread adds arguments to text, strings as they are, with spaces between.
func spread(r *webidl.Realm, text string, args []goja.Value) string {
	var b strings.Builder
	b.WriteString(text)
	for i, v := range args {
		if i > 0 || text != "" {
			b.WriteByte(' ')
		}
		if b.Len() > maxText {
			break
		}
		if s, ok := v.(goja.String); ok {
			b.WriteString(webidl.Clip(s, maxText))
		} else {
			b.WriteString(Inspect(r, v))
		}
	}
	return b.String()
}

// formatFrom replaces the specifiers in pattern by arguments; those left over follow.
func formatFrom(r *webidl.Realm, pattern string, args []goja.Value) string {
	if len(args) == 0 || !strings.Contains(pattern, "%") {
		if len(args) > 0 && pattern == "" {
			return " " + spread(r, "", args)
		}
		return spread(r, pattern, args)
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' || i+1 == len(pattern) {
			b.WriteByte(pattern[i])
			continue
		}
		i++
		switch verb := pattern[i]; {
		case verb == '%':
			b.WriteByte('%')
		case len(args) > 0 && strings.IndexByte("sdifjoOc", verb) >= 0:
			if b.Len() < maxText {
				b.WriteString(specifier(r, verb, args[0]))
			}
			args = args[1:]
		default:
			b.WriteString(pattern[i-1 : i+1])
		}
	}
	if len(args) == 0 {
		return b.String()
	}
	return spread(r, b.String(), args)
}

func specifier(r *webidl.Realm, verb byte, v goja.Value) string {
	if v == nil {
		v = goja.Undefined()
	}
	switch verb {
	case 's':
		return asString(r, v)
	case 'd':
		return asNumber(v, primitive)
	case 'i':
		return asNumber(v, func(v goja.Value) string {
			if goja.IsBigInt(v) {
				return primitive(v)
			}
			return numberText(math.Trunc(number(v)))
		})
	case 'f':
		return asNumber(v, func(v goja.Value) string { return numberText(number(v)) })
	case 'j':
		return asJSON(r, v)
	case 'c':
		return "" // style sheets mean nothing in a log
	}
	return newPrinter(r, deepDepth).value(v, 0)
}

// asString is %s. Objects are not asked for their toString: they are shown, with nothing of what is in them.
func asString(r *webidl.Realm, v goja.Value) string {
	switch v := v.(type) {
	case goja.String:
		return webidl.Clip(v, maxText)
	case *goja.Object:
		return newPrinter(r, 0).value(v, 0)
	}
	return Inspect(r, v)
}

// asNumber words a primitive as fn says; symbols and objects are not numbers.
func asNumber(v goja.Value, fn func(goja.Value) string) string {
	switch v.(type) {
	case *goja.Symbol, *goja.Object:
		return "NaN"
	case goja.String:
		return fn(v.ToNumber())
	}
	if goja.IsBigInt(v) || goja.IsNumber(v) {
		return fn(v)
	}
	return fn(v.ToNumber())
}

// number is the double of a Number or BigInt.
func number(v goja.Value) float64 {
	if goja.IsBigInt(v) {
		f, err := strconv.ParseFloat(v.String(), 64)
		if err != nil {
			return math.NaN()
		}
		return f
	}
	return v.ToFloat()
}

func numberText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case f == 0 && math.Signbit(f):
		return "-0"
	case math.IsInf(f, 0):
		return map[bool]string{true: "Infinity", false: "-Infinity"}[f > 0]
	case math.Abs(f) < 1e21:
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// asJSON is %j, which Node has: the one place where the console runs script of the value, toJSON and getters, because it was asked to.
func asJSON(r *webidl.Realm, v goja.Value) (text string) {
	thrown := r.Try(func() {
		out := r.Invoke(r.Intrinsic("JSON.stringify"), goja.Undefined(), v)
		text = out.String()
	})
	if thrown != nil {
		return "[" + r.Describe(thrown).Error() + "]"
	}
	return text
}
