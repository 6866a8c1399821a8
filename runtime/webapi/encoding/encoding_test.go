package encoding_test

import (
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/encoding"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) { runtimetest.Main(m, encoding.API, streams.API) }

func TestTextEncoder(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `new TextEncoder().encoding`, Want: "utf-8"},
		{Src: `const b = new TextEncoder().encode("aü€😀"); [b instanceof Uint8Array, b.length, b.buffer.byteLength, [...b]].join()`, Want: "true,10,10,97,195,188,226,130,172,240,159,152,128"},
		{Src: `[...new TextEncoder().encode("\uD83Da\uDE00")].join()`, Want: "239,191,189,97,239,191,189"},
		{Src: `[new TextEncoder().encode().length, new TextEncoder().encode(undefined).length, new TextEncoder().encode("").length].join()`, Want: "0,0,0"},
		{Src: `[...new TextEncoder().encode(null)].join()`, Want: "110,117,108,108"},
		{Src: `[...new TextEncoder().encode({ toString() { return "x" } })].join()`, Want: "120"},
		{Src: `new TextEncoder().encode(Symbol())`, Want: "throws TypeError: Cannot convert a Symbol value to a string"},
		{Src: `const s = "a".repeat(40), b = new TextEncoder().encode(s); b[0] = 98; s[0] + new TextEncoder().encode(s)[0]`, Want: "a97"},
		{Src: `TextEncoder.prototype.encode.call({})`, Want: "throws TypeError: Illegal invocation"},
		{Src: `Object.keys(TextEncoder.prototype).join() + TextEncoder.length`, Want: "encoding,encode,encodeInto0"},
	})
}

func TestEncodeInto(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `new TextEncoder().encodeInto("abc", new Uint8Array(2))`, Want: `{"read":2,"written":2}`},
		{Src: `const b = new Uint8Array(9), r = new TextEncoder().encodeInto("aü€😀", b); [r.read, r.written, [...b]].join()`, Want: "3,6,97,195,188,226,130,172,0,0,0"},
		{Src: `const b = new Uint8Array(10); new TextEncoder().encodeInto("aü€😀", b)`, Want: `{"read":5,"written":10}`},
		{Src: `const b = new Uint8Array(5), r = new TextEncoder().encodeInto("x\uD800\uDC00", b.subarray(1, 5)); [r.read, r.written, [...b]].join()`, Want: "1,1,0,120,0,0,0"},
		{Src: `const b = new Uint8Array(4), r = new TextEncoder().encodeInto("\uDC00y", b); [r.read, r.written, [...b]].join()`, Want: "2,4,239,191,189,121"},
		{Src: `new TextEncoder().encodeInto("", new Uint8Array(0))`, Want: `{"read":0,"written":0}`},
		{Src: `new TextEncoder().encodeInto("x", new (class extends Uint8Array {})(1)).read`, Want: "1"},
		{Src: `new TextEncoder().encodeInto("x", new Uint8ClampedArray(1))`, Want: "throws TypeError: Failed to execute 'TextEncoder.encodeInto': parameter 2 is not of type 'Uint8Array'."},
		{Src: `new TextEncoder().encodeInto("x", new (class extends Uint8ClampedArray {})(1))`, Want: "throws TypeError"},
		{Src: `new TextEncoder().encodeInto("x", new ArrayBuffer(1))`, Want: "throws TypeError"},
		{Src: `new TextEncoder().encodeInto("x", new DataView(new ArrayBuffer(1)))`, Want: "throws TypeError"},
		{Src: `new TextEncoder().encodeInto("x", new Int8Array(1))`, Want: "throws TypeError"},
		{Src: `new TextEncoder().encodeInto("x", [1])`, Want: "throws TypeError"},
		{Src: `new TextEncoder().encodeInto("x", new Proxy(new Uint8Array(1), {}))`, Want: "throws TypeError"},
		{Src: `new TextEncoder().encodeInto("x")`, Want: "throws TypeError: Failed to execute 'TextEncoder.encodeInto': 2 arguments required, but only 1 present."},
	})
}

func TestTextDecoder(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `const d = new TextDecoder(); [d.encoding, d.fatal, d.ignoreBOM].join()`, Want: "utf-8,false,false"},
		{Src: `const d = new TextDecoder(" Latin1\n", { fatal: 1, ignoreBOM: "x" }); [d.encoding, d.fatal, d.ignoreBOM].join()`, Want: "windows-1252,true,true"},
		{Src: `new TextDecoder(undefined, null).encoding`, Want: "utf-8"},
		{Src: `new TextDecoder("nothing")`, Want: `throws RangeError: "nothing" is not a valid encoding.`},
		{Src: `new TextDecoder("")`, Want: `throws RangeError: "" is not a valid encoding.`},
		{Src: `new TextDecoder("utf-8\0")`, Want: "throws RangeError"},
		{Src: `new TextDecoder("\uD800")`, Want: "throws RangeError"},
		{Src: `new TextDecoder(null)`, Want: `throws RangeError: "null" is not a valid encoding.`},
		{Src: `new TextDecoder("utf-8", 1)`, Want: "throws TypeError"},
		{Src: `new TextDecoder().decode(new Uint8Array([97, 195, 188, 226, 130, 172, 240, 159, 152, 128]))`, Want: "aü€😀"},
		{Src: `new TextDecoder().decode() + new TextDecoder().decode(undefined) + new TextDecoder().decode(new ArrayBuffer(0))`, Want: ""},
		{Src: `new TextDecoder().decode(new Uint8Array([1, 97, 98]).subarray(1))`, Want: "ab"},
		{Src: `new TextDecoder().decode(new DataView(new Uint8Array([97, 98, 99]).buffer, 1, 1))`, Want: "b"},
		{Src: `new TextDecoder().decode(new Uint16Array([0x6261]))`, Want: "ab"},
		{Src: `new TextDecoder().decode(null)`, Want: "throws TypeError: Failed to execute 'TextDecoder.decode': parameter 1"},
		{Src: `new TextDecoder().decode("a")`, Want: "throws TypeError"},
		{Src: `new TextDecoder().decode([97])`, Want: "throws TypeError"},
		{Src: `new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([97, 255]))`, Want: "throws TypeError: Failed to decode input."},
		{Src: `const d = new TextDecoder("utf-8", { fatal: true }); try { d.decode(new Uint8Array([97, 255])) } catch {} d.decode(new Uint8Array([98]))`, Want: "b"},
		{Src: `new TextDecoder().decode(new Uint8Array([0xEF, 0xBB, 0xBF, 97])).length`, Want: "1"},
		{Src: `new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array([0xEF, 0xBB, 0xBF, 97])).length`, Want: "2"},
		{Src: `const d = new TextDecoder(), out = []; for (const b of [0xF0, 0x9F, 0x98, 0x80]) out.push(d.decode(new Uint8Array([b]), { stream: true })); out.join("|") + d.decode()`, Want: "|||😀"},
		{Src: `const d = new TextDecoder(); d.decode(new Uint8Array([0xE2, 0x82]), { stream: true }) + d.decode() + d.decode(new Uint8Array([97]))`, Want: "\uFFFDa"},
		{Src: `new TextDecoder("utf-16").decode(new Uint16Array([0xD83D, 0xDE00, 0xD83D])) `, Want: "😀\uFFFD"},
		{Src: `new TextDecoder("shift_jis").decode(new Uint8Array([0x93, 0xFA]))`, Want: "日"},
		{Src: `const b = new Uint8Array([97]); new TextDecoder().decode(b, { get stream() { b[0] = 98; return false } })`, Want: "b"},
		{Src: `const b = new Uint8Array(20).fill(97), s = new TextDecoder().decode(b); b[0] = 98; s[0]`, Want: "a"},
		{Src: `TextDecoder.prototype.decode.call(new TextEncoder)`, Want: "throws TypeError: Illegal invocation"},
		{Src: `Object.keys(TextDecoder.prototype).join() + TextDecoder.length`, Want: "encoding,fatal,ignoreBOM,decode0"},
	})
}

// A view of a buffer that was taken away has no bytes; the memory it once had must not be touched.
func TestDetached(t *testing.T) {
	for _, view := range []string{
		"new Uint8Array(b)", "new Uint8Array(b, 65536)", "new Uint16Array(b, 65536)", "new DataView(b, 65536)", "new Uint8ClampedArray(b, 9)", "b",
	} {
		rt := runtimetest.New(t)
		rt.Do(func(r *webidl.Realm) {
			if _, err := r.VM.RunString("var b = new ArrayBuffer(100000), v = " + view); err != nil {
				t.Error(err)
				return
			}
			r.VM.Get("b").Export().(goja.ArrayBuffer).Detach()
		})
		rt.Run(`new TextDecoder().decode(v).length`).Want("0")
		if strings.HasPrefix(view, "new Uint8Array") {
			rt.Run(`new TextEncoder().encodeInto("abc", v)`).Want(`{"read":0,"written":0}`)
		}
	}
}
