package builtins

import (
	"github.com/dop251/goja"
)

// legacyProperties are what Annex B of ECMA-262 keeps for old code, besides the accessors of Object.prototype.
func legacyProperties() []Property {
	list := []Property{
		{
			// The same function as toUTCString, https://tc39.es/ecma262/#sec-date.prototype.togmtstring.
			On: "Date.prototype", Name: "toGMTString", Kind: Data, Writable: true, Configurable: true,
			Make: func(rt *goja.Runtime) goja.Value { return resolve(rt, "Date.prototype").Get("toUTCString") },
		},
		method("Date.prototype", "getYear", 0, dateGetYear),
		method("Date.prototype", "setYear", 1, dateSetYear),
	}
	for _, h := range []struct{ name, tag, attribute string }{
		{"anchor", "a", "name"},
		{"big", "big", ""},
		{"blink", "blink", ""},
		{"bold", "b", ""},
		{"fixed", "tt", ""},
		{"fontcolor", "font", "color"},
		{"fontsize", "font", "size"},
		{"italics", "i", ""},
		{"link", "a", "href"},
		{"small", "small", ""},
		{"strike", "strike", ""},
		{"sub", "sub", ""},
		{"sup", "sup", ""},
	} {
		length := 0
		if h.attribute != "" {
			length = 1
		}
		list = append(list, method("String.prototype", h.name, length, stringHTML(h.name, h.tag, h.attribute)))
	}
	return list
}

func dateGetYear(rt *goja.Runtime) native {
	getFullYear := intrinsic(rt, "Date.prototype", "getFullYear")
	return func(call goja.FunctionCall) goja.Value {
		year := invoke(getFullYear, call.This)
		if goja.IsNaN(year) {
			return year
		}
		return rt.ToValue(year.ToInteger() - 1900)
	}
}

// dateSetYear is https://tc39.es/ecma262/#sec-date.prototype.setyear.
func dateSetYear(rt *goja.Runtime) native {
	setFullYear := intrinsic(rt, "Date.prototype", "setFullYear")
	return func(call goja.FunctionCall) goja.Value {
		year := call.Argument(0).ToNumber()
		if !goja.IsNaN(year) {
			if y := year.ToInteger(); y >= 0 && y <= 99 {
				year = rt.ToValue(1900 + y)
			}
		}
		return invoke(setFullYear, call.This, year)
	}
}

// stringHTML is CreateHTML, https://tc39.es/ecma262/#sec-createhtml.
func stringHTML(name, tag, attribute string) func(rt *goja.Runtime) native {
	return func(rt *goja.Runtime) native {
		return func(call goja.FunctionCall) goja.Value {
			s := thisString(rt, call, name)
			var b goja.StringBuilder
			b.WriteUTF8String("<" + tag)
			if attribute != "" {
				b.WriteUTF8String(" " + attribute + `="`)
				v := toString(rt, call.Argument(0))
				from := 0
				for i := range v.Length() {
					if v.CharAt(i) == '"' {
						b.WriteSubstring(v, from, i)
						b.WriteUTF8String("&quot;")
						from = i + 1
					}
				}
				b.WriteSubstring(v, from, v.Length())
				b.WriteUTF8String(`"`)
			}
			b.WriteUTF8String(">")
			b.WriteString(s)
			b.WriteUTF8String("</" + tag + ">")
			return b.String()
		}
	}
}
