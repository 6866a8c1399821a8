package encoding_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/encoding/codec"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// call runs a function in JavaScript and gives its result as text.
func call(t *testing.T, fn string, args func(r *webidl.Realm) []goja.Value) (result string) {
	t.Helper()
	runtimetest.New(t).Do(func(r *webidl.Realm) {
		v, err := r.VM.RunString("(" + fn + ")")
		if err != nil {
			t.Error(err)
			return
		}
		f, _ := goja.AssertFunction(v)
		got, err := f(goja.Undefined(), args(r)...)
		if err != nil {
			t.Error(err)
			return
		}
		result = got.String()
	})
	return result
}

// FuzzLabel holds that a label makes a decoder of the encoding that it names, or is refused.
func FuzzLabel(f *testing.F) {
	for _, seed := range []string{"utf-8", " Latin1\n", "replacement", "\u212a", "x-user-defined\x00", "UTF8\u00a0", "", "%s", "\xFF"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, label string) {
		label = strings.ToValidUTF8(label, "\uFFFD")
		want := "RangeError: \"" + label + "\" is not a valid encoding."
		if e := codec.Lookup(label); e != nil && e.Name() != "replacement" {
			want = strings.ToLower(e.Name())
		}
		got := call(t, `(label) => { try { return new TextDecoder(label).encoding } catch (e) { return String(e) } }`,
			func(r *webidl.Realm) []goja.Value { return []goja.Value{r.Str(label)} })
		if got != want {
			t.Errorf("%q: %s, want %s", label, got, want)
		}
	})
}

// FuzzDecode holds that bytes decode to well-formed text, in one go as in two, that a fatal decoder refuses what is no UTF-8, and that the text
// encodes to the bytes again where they were UTF-8.
func FuzzDecode(f *testing.F) {
	for i, seed := range []string{
		"plain text", "grüße 😀", "\xFF\xFE\xFD", "\xEF\xBB\xBFa", "\xF0\x9F\x98", "\xED\xA0\x80", "\x00\xD8\x00\xDE", "\xC0\x80", "\xEF\xBB\xBF\xEF\xBB\xBF", "",
	} {
		f.Add([]byte(seed), i)
	}
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		if cut < 0 || cut > len(in) {
			cut = len(in)
		}
		got := call(t, `(bytes, cut, valid) => {
			const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), decoder = new TextDecoder();
			encodeURIComponent(text); // throws for a lone surrogate
			const parts = decoder.decode(bytes.subarray(0, cut), { stream: true }) + decoder.decode(bytes.subarray(cut));
			if (parts !== text.replace(/^\uFEFF/, "")) return "in parts: " + parts;
			let refused = false;
			try { new TextDecoder("utf-8", { fatal: true }).decode(bytes) } catch (e) { refused = String(e) === "TypeError: Failed to decode input." }
			if (refused === valid) return "fatal: " + refused;
			const again = new TextEncoder().encode(text), into = new Uint8Array(again.length + 3), { read, written } = new TextEncoder().encodeInto(text, into);
			if (read !== text.length || written !== again.length || again.join() !== into.subarray(0, written).join()) return "encodeInto differs";
			return valid && again.join() !== bytes.join() ? "encodes to " + again : "";
		}`, func(r *webidl.Realm) []goja.Value {
			return []goja.Value{r.Uint8Array(in), r.ToValue(cut), r.ToValue(utf8.Valid(in))}
		})
		if got != "" {
			t.Errorf("%q cut at %d: %s", in, cut, got)
		}
	})
}
