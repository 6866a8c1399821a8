package fetch_test

import (
	"runtime"
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
)

// Bodies that script can make larger than one allocation may be are refused before much is allocated for them.
func TestBodiesAreBounded(t *testing.T) {
	const tooLarge = "RangeError: Allocation failed: too large"
	for _, c := range []struct{ name, source, want string }{
		{"a form", `const f = new FormData(), s = "x".repeat(1e7); for (let i = 0; i < 100; i++) f.append("a", s); return (await new Response(f).text()).length`, tooLarge},
		{"a form's bytes", `const f = new FormData(), s = "x".repeat(1e7); for (let i = 0; i < 100; i++) f.append("a", s); return (await new Response(f).arrayBuffer()).byteLength`, tooLarge},
		{"a form as a request", `const f = new FormData(), s = "x".repeat(1e7); for (let i = 0; i < 100; i++) f.append("a", s); return new Request("http://a/", { method: "POST", body: f }).bodyUsed`, "false"},
		{"a form that fits", `const f = new FormData(), s = "x".repeat(1e6); f.append("a", s); f.append("b", s); return (await new Response(f).formData()).get("b") === s`, "true"},
		{"a stream that gives one chunk again", `const c = new Uint8Array(1e6); return (await new Response(new ReadableStream({ pull(t) { t.enqueue(c) } })).bytes()).length`, tooLarge},
		{"many names", `return (await new Response("&a".repeat(5e6), { headers: { "content-type": "application/x-www-form-urlencoded" } }).formData()).has("a")`, tooLarge},
		{"many lists of JSON", `return await new Response("[" + "[],".repeat(4e6) + "[]]").json()`, tooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt := runtimetest.New(t)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if result := rt.Async(c.source); c.want == tooLarge {
				result.WantError(c.want)
			} else {
				result.Want(c.want)
			}
			runtime.ReadMemStats(&after)
			if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 300 {
				t.Errorf("%d MB were allocated", mb)
			}
		})
	}
}
