package lower_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bundle/lower"
)

const appends = `(() => { let s = ""; const x = "fifteen letters"; for (let i = 0; i < 10000; i++) s += x; return s.length })`

// BenchmarkAppend measures 10,000 times s += x of 15 characters.
func BenchmarkAppend(b *testing.B) {
	rt := goja.New()
	plain, err := rt.RunString(appends)
	if err != nil {
		b.Fatal(err)
	}
	exports, err := load(rt, lower.Input{Name: "x.js", Code: []byte("export default " + appends)}, nil)
	if err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]goja.Value{"plain": plain, "lowered": exports.Get("default")} {
		call, _ := goja.AssertFunction(f)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if v, err := call(nil); err != nil || v.ToInteger() != 150000 {
					b.Fatal(v, err)
				}
			}
		})
	}
}

// BenchmarkNumbers measures what the rewriting costs sums of numbers.
func BenchmarkNumbers(b *testing.B) {
	const sum = `((a) => { let s; s = 0; for (let i = 0; i < 10000; i++) s += a; return s })`
	rt := goja.New()
	plain, err := rt.RunString(sum)
	if err != nil {
		b.Fatal(err)
	}
	exports, err := load(rt, lower.Input{Name: "x.js", Code: []byte("export default " + sum)}, nil)
	if err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]goja.Value{"plain": plain, "lowered": exports.Get("default")} {
		call, _ := goja.AssertFunction(f)
		one := rt.ToValue(1)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := call(nil, one); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// ordinary is code of an ordinary kind, of about size bytes.
func ordinary(size int) string {
	var out strings.Builder
	for i := 0; out.Len() < size; i++ {
		fmt.Fprintf(&out, `class Router%[1]d {
  routes = []; #cache = new Map();
  on(method, path, ...handlers) { this.routes.push({ method, pattern: new RegExp("^" + path.replace(/:(\w+)/g, "(?<$1>[^/]+)") + "$"), handlers }); return this; }
  async handle(request, env) {
    let trace = "";
    for (const { method, pattern, handlers } of this.routes) {
      if (method !== request.method) continue;
      const match = pattern.exec(request.path);
      if (match) { trace += method + " " + match.index + %[1]d; return (await handlers[0]({ ...request, params: match.groups ?? {} }, env)) ?? trace; }
    }
    return { status: 404, body: `+"`no route for ${request.path}`"+` };
  }
}
export const router%[1]d = new Router%[1]d().on("GET", "/users/:id", async ({ params: { id } }, env) => ({ status: 200, body: await env?.store?.get(id) }));
`, i)
	}
	return out.String()
}

func BenchmarkLower(b *testing.B) {
	source := ordinary(300 << 10)
	in := bundle(b, "src/index.ts", source)
	b.SetBytes(int64(len(in.Code)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := lower.Lower(in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCompile is what goja alone takes for the same code, without exports.
func BenchmarkCompile(b *testing.B) {
	source := strings.ReplaceAll(ordinary(300<<10), "export const", "const")
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := goja.Compile("x.js", source, true); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkInstantiate is the cost of an isolate's wrapper and helpers, next to that of an empty program.
func BenchmarkInstantiate(b *testing.B) {
	program, err := lower.Lower(lower.Input{Name: "x.js", Code: []byte(
		`import { a } from "m"; let s = ""; export default { fetch(r) { s += r; return a } }`)})
	if err != nil {
		b.Fatal(err)
	}
	rt := goja.New()
	namespace := rt.NewObject()
	if err := namespace.Set("a", 1); err != nil {
		b.Fatal(err)
	}
	importFn := rt.ToValue(func(goja.FunctionCall) goja.Value { return namespace })
	b.ReportAllocs()
	for b.Loop() {
		value, err := rt.RunProgram(program.Program)
		if err != nil {
			b.Fatal(err)
		}
		wrapper, _ := goja.AssertFunction(value)
		if _, err := wrapper(goja.Undefined(), append(program.Helpers(rt), importFn)...); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCalls measures what counting the depth, and bounding operators and spreads, costs code that does nothing else.
func BenchmarkCalls(b *testing.B) {
	for name, source := range map[string]string{
		"fib":      `const fib = (n) => n < 2 ? n : fib(n - 1) + fib(n - 2); return () => fib(18)`,
		"getter":   `const o = { i: 1, get x() { return this.i } }; return () => { for (let i = 0; i < 1000; i++) o.x }`,
		"callback": `const a = Array.from({ length: 1000 }, (_, i) => ({ i })); return () => a.map((x) => x.i)`,
		"method":   `class A { i = 0; m(k) { this.i = k; return this.n(k) } n(k) { return this.i + k } } const o = new A(); return () => { for (let i = 0; i < 1000; i++) o.m(i) }`,
		"product":  `const f = (a, b) => { let s = 0; for (let i = 0; i < 1000; i++) s = a * b; return s }; return () => f(3, 5)`,
		"compare":  `const a = [3, 1], b = ["b", "a"]; return () => { let n = 0; for (let i = 0; i < 1000; i++) { if (a[0] < a[1]) n++; if (b[0] == b[1]) n++ } return n }`,
		"sum":      `const a = ["b", "a"], n = [1, 2]; return () => { let t, k; for (let i = 0; i < 1000; i++) { t = a[0] + a[1]; k = n[0] + n[1] } return t }`,
		"iterate":  `const a = [1, 2]; return () => { let n = 0; for (let i = 0; i < 1000; i++) { const [x, y] = a; n = x } return n }`,
		"element":  `const a = [1, 2], b = new Float64Array(2); return () => { for (let i = 0; i < 1000; i++) { a[0] = i; b[1] = i } }`,
		"spread":   `const f = (a, b) => a; const l = [1, 2], o = { a: 1, b: 2 }; return () => { for (let i = 0; i < 1000; i++) { f(...l); ({ ...o, c: 1 }) } }`,
	} {
		rt := goja.New()
		plain, err := rt.RunString(`(() => { "use strict"; ` + source + `})()`)
		if err != nil {
			b.Fatal(err)
		}
		exports, err := load(rt, lower.Input{Name: "x.js", Code: []byte(`export default (() => {` + source + `})()`)}, nil)
		if err != nil {
			b.Fatal(err)
		}
		for kind, f := range map[string]goja.Value{"plain": plain, "lowered": exports.Get("default")} {
			call, _ := goja.AssertFunction(f)
			b.Run(name+"/"+kind, func(b *testing.B) {
				for b.Loop() {
					if _, err := call(nil); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
