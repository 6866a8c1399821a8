package url_test

import (
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// script makes a script string of any bytes: what is no UTF-8 becomes lone surrogates.
func script(s string) goja.Value {
	var units []uint16
	for i := 0; i < len(s); {
		c, size := utf8.DecodeRuneInString(s[i:])
		if c == utf8.RuneError && size == 1 {
			units = append(units, 0xD800|uint16(s[i])<<3)
		} else {
			units = utf16.AppendRune(units, c)
		}
		i += size
	}
	return goja.StringFromUTF16(units)
}

// hold runs a function in JavaScript that gives "" or what is wrong.
func hold(t *testing.T, fn string, args ...string) {
	t.Helper()
	runtimetest.New(t).Do(func(r *webidl.Realm) {
		v, err := r.VM.RunString("(" + fn + ")")
		if err != nil {
			t.Error(err)
			return
		}
		call, _ := goja.AssertFunction(v)
		values := make([]goja.Value, len(args))
		for i, arg := range args {
			values[i] = script(arg)
		}
		complaint, err := call(goja.Undefined(), values...)
		if err != nil || complaint.String() != "" {
			t.Errorf("%q: %v %v", args, complaint, err)
		}
	})
}

// FuzzURL holds that a URL is its own serialisation's URL, that parse, canParse and the constructor agree, that each attribute takes its own
// value, and that searchParams say what the query says.
func FuzzURL(f *testing.F) {
	for _, seed := range [][2]string{
		{"https://me:pw@example.com:8080/a/../b?c=d#e", "about:blank"},
		{"../x y?\xFF", "http://h/a/b/c"},
		{"//[::1]:80", "http://a"},
		{"file:C|/../d", "file:///x"},
		{"#\t", "mailto:x "},
		{"http://1.0x2/", "nothing"},
		{"http://bücher.example", "x:"},
		{"data:a ?b", ""},
		{"blob:https://x/y", ""},
		{"web+x:/.//a", ""},
		{"http://xn--a/", "http:"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, input, base string) {
		hold(t, `(input, base) => {
			const url = URL.parse(input, base);
			let built = null;
			try { built = new URL(input, base).href } catch (e) { if (String(e) !== "TypeError: Invalid URL string.") return String(e) }
			if (URL.canParse(input, base) !== !!url || built !== (url && url.href)) return "parse, canParse and the constructor differ";
			if (!url) return "";
			const { href, searchParams } = url;
			if (new URL(href).href !== href) return href + " becomes " + new URL(href).href;
			if (String(searchParams) !== String(new URLSearchParams(url.search))) return "searchParams are " + searchParams;
			for (const name of ["protocol", "username", "password", "host", "hostname", "port", "hash", "search"]) {
				const value = url[name];
				url[name] = value;
				if (url[name] !== value) return name + " was " + value + " and is " + url[name];
			}
			searchParams.append("added", "\uD83D");
			return url.href === new URL(url).href && url.searchParams.get("added") !== null && new URL(url).searchParams.has("added", "\uFFFD") ? "" : "append gives " + url;
		}`, input, base)
	})
}

// FuzzSearchParams holds that a list survives its serialisation, and that sort is a stable sort by code units.
func FuzzSearchParams(f *testing.F) {
	for _, seed := range []string{"?a=b&c", "a=%F0%9F%98%80&\xFF=+", "&&=&=", "%zz=%", "🌈&ﬃ&a", "a=1&a=2;b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		hold(t, `(input) => {
			const params = new URLSearchParams(input), text = JSON.stringify([...params]);
			for (const again of [new URLSearchParams(String(params)), new URLSearchParams([...params]), new URLSearchParams(params)]) {
				if (JSON.stringify([...again]) !== text) return text + " becomes " + JSON.stringify([...again]);
			}
			const sorted = [...params].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
			params.sort();
			if (JSON.stringify([...params]) !== JSON.stringify(sorted)) return "sort gives " + JSON.stringify([...params]);
			for (const [name] of sorted) {
				if (params.get(name) !== params.getAll(name)[0]) return "get " + name;
				params.set(name, "x");
				if (params.getAll(name).join() !== "x") return "set " + name;
			}
			return "";
		}`, input)
	})
}
