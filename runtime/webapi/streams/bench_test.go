package streams_test

import (
	"fmt"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

const benchChunk = 32 << 10

// benchmark runs an async function with the number of chunks; one operation is one chunk of 32 KB.
func benchmark(b *testing.B, src string) {
	rt := runtimetest.New(b)
	rt.Run(src + "; 0").Want("0")
	b.SetBytes(benchChunk)
	b.ReportAllocs()
	b.ResetTimer()
	var got goja.Value
	rt.Do(func(r *webidl.Realm) {
		run, _ := goja.AssertFunction(r.VM.Get("run"))
		r.Then(r.Invoke(run, goja.Undefined(), r.ToValue(b.N)), func(v goja.Value) { got = v }, func(e goja.Value) { b.Error(r.Describe(e)) })
	})
	if want := fmt.Sprint(b.N * benchChunk); got == nil || got.String() != want {
		b.Errorf("got %v, want %s", got, want)
	}
}

func BenchmarkReadInScript(b *testing.B) {
	benchmark(b, `async function run(n) {
		const reader = source(n, 32768).getReader();
		let total = 0;
		for (;;) {
			const { value, done } = await reader.read();
			if (done) return total;
			total += value.length;
		}
	}`)
}

func BenchmarkTransformInScript(b *testing.B) {
	benchmark(b, `async function run(n) {
		const t = new TransformStream({ transform(chunk, c) { c.enqueue(chunk) } });
		return count(source(n, 32768).pipeThrough(t));
	}`)
}

func BenchmarkTransformIdentity(b *testing.B) {
	benchmark(b, `async function run(n) { return count(source(n, 32768).pipeThrough(new TransformStream())); }`)
}

func BenchmarkIdentityTransformStream(b *testing.B) {
	benchmark(b, `async function run(n) { return count(source(n, 32768).pipeThrough(new IdentityTransformStream())); }`)
}

func BenchmarkScriptSourceToGo(b *testing.B) {
	benchmark(b, `async function run(n) {
		const chunk = new Uint8Array(32768);
		return count(new ReadableStream({ pull(c) { if (n-- > 0) c.enqueue(chunk); else c.close(); } }));
	}`)
}
