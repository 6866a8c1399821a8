package encoding_test

import (
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// bench runs setup once, which gives a function, then that function.
func bench(b *testing.B, setup string) {
	runtimetest.New(b).Do(func(r *webidl.Realm) {
		v, err := r.VM.RunString(setup)
		if err != nil {
			b.Error(err)
			return
		}
		fn, _ := goja.AssertFunction(v)
		b.ReportAllocs()
		for b.Loop() {
			r.Invoke(fn, goja.Undefined())
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	b.Run("ascii", func(b *testing.B) {
		bench(b, `const e = new TextEncoder(), s = "0123456789abcdef".repeat(64); () => e.encode(s)`)
	})
	b.Run("text", func(b *testing.B) {
		bench(b, `const e = new TextEncoder(), s = "grüße 世界".repeat(64); () => e.encode(s)`)
	})
}

func BenchmarkEncodeInto(b *testing.B) {
	bench(b, `const e = new TextEncoder(), s = "0123456789abcdef".repeat(64), out = new Uint8Array(2000); () => e.encodeInto(s, out)`)
}

func BenchmarkDecode(b *testing.B) {
	b.Run("ascii", func(b *testing.B) {
		bench(b, `const d = new TextDecoder(), s = new TextEncoder().encode("0123456789abcdef".repeat(64)); () => d.decode(s)`)
	})
	b.Run("text", func(b *testing.B) {
		bench(b, `const d = new TextDecoder(), s = new TextEncoder().encode("grüße 世界".repeat(64)); () => d.decode(s)`)
	})
}

func BenchmarkNewTextEncoder(b *testing.B) { bench(b, `() => new TextEncoder()`) }
