package url_test

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

func BenchmarkCall(b *testing.B) { bench(b, `() => 0`) } // what the others cost besides

func BenchmarkPathname(b *testing.B) {
	bench(b, `() => new URL("https://example.com/a/b?c=d#e").pathname`)
}

func BenchmarkRelative(b *testing.B) {
	bench(b, `() => new URL("/a/b?c=d", "https://example.com/x").href`)
}

func BenchmarkSearchParamsGet(b *testing.B) {
	bench(b, `const p = new URL("https://example.com/a/b?a=b&c=d#e").searchParams; () => p.get("c")`)
}

func BenchmarkNewURLSearchParamsGet(b *testing.B) {
	bench(b, `() => new URL("https://example.com/a/b?a=b&c=d#e").searchParams.get("c")`)
}

func BenchmarkSearchParamsAppend(b *testing.B) {
	bench(b, `() => { const p = new URLSearchParams(); p.append("a", 1); p.append("b", 2); return p.toString() }`)
}
