package bounds_test

import (
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/builtins"
)

// What the bounds cost in ordinary use: the same loop in a realm, and in goja with the newer built-ins only.
func BenchmarkOrdinary(b *testing.B) {
	for _, c := range []struct{ name, body string }{
		{"empty", ``},
		{"floor", `Math.floor(1.5)`},
		{"repeat", `"ab".repeat(10)`},
		{"padStart", `"7".padStart(3, "0")`},
		{"join", `list.join()`},
		{"fill", `small.fill(0)`},
		{"indexOf", `list.indexOf(5)`},
		{"slice", `list.slice()`},
		{"map", `list.map(same)`},
		{"sort", `list.sort()`},
		{"from", `Array.from(list)`},
		{"concat", `list.concat(small)`},
		{"push", `stack.push(1); stack.pop()`},
		{"Map set", `map.set(i & 63, i)`},
		{"Map get", `map.get(i & 63)`},
		{"apply", `Math.max.apply(null, small)`},
		{"bind", `same.bind(null)`},
		{"spread", `Math.max(...small)`},
		{"for of", `for (const x of small);`},
		{"test", `pattern.test("a-b")`},
		{"lookahead", `ahead.test("axy")`},
		{"replace", `"a-b-c".replace(/-/g, "+")`},
		{"replace with function", `"a-b-c".replace(pattern, same)`},
		{"replaceAll", `"a-b-c".replaceAll("-", "+")`},
		{"split", `"a-b-c".split("-")`},
		{"Uint8Array", `new Uint8Array(16)`},
		{"Object.keys", `Object.keys(object)`},
		{"JSON.parse", `JSON.parse(text)`},
		{"JSON.stringify", `JSON.stringify(object)`},
		{"Promise", `Promise.resolve(1)`},
	} {
		source := `const list = Array.from({ length: 10 }, (_, i) => i), small = [1, 2, 3], stack = [], map = new Map(), same = (x) => x;
			const pattern = /-/, ahead = /x(?=y)/, object = Object.fromEntries(Array.from({ length: 30 }, (_, i) => ["key" + i, { value: "text " + i }]));
			const text = JSON.stringify(object);
			() => { for (let i = 0; i < 1000; i++) { ` + c.body + ` } }`
		run := func(b *testing.B, rt *goja.Runtime) {
			v, err := rt.RunString(source)
			if err != nil {
				b.Fatal(err)
			}
			f, _ := goja.AssertFunction(v)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f(goja.Undefined()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/call")
		}
		b.Run(c.name+"/plain", func(b *testing.B) {
			rt := goja.New()
			builtins.Install(rt)
			run(b, rt)
		})
		b.Run(c.name+"/bounded", func(b *testing.B) { run(b, newRealm(b).VM) })
	}
}

// What an isolate pays before script touches anything, and at the first touch of some built-ins.
func BenchmarkRealm(b *testing.B) {
	for _, c := range []struct{ name, source string }{{"untouched", ``}, {"touched", `[1].map(String).join(); Math.max(1); new Map(); "a".repeat(2)`}} {
		p := goja.MustCompile("", c.source, true)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := newRealm(b).VM.RunProgram(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What rewriting an operator would cost code that has numbers.
func BenchmarkOperator(b *testing.B) {
	for _, c := range []struct{ name, body string }{
		{"times", "a * b"}, {"mul", "mul(a, b)"}, {"mul if it may be a BigInt", `typeof a === "number" ? a * b : mul(a, b)`}, {"shift", "a << 3"}, {"shl", "shl(a, 3)"},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := newRealm(b)
			mul, _, shl := bounds.Operators(r)
			_ = r.VM.Set("mul", mul)
			_ = r.VM.Set("shl", shl)
			v, err := r.VM.RunString(`((mul, shl) => { let a = 3, b = 4, x; return () => { for (let i = 0; i < 1000; i++) { x = ` + c.body + ` } } })(mul, shl)`)
			if err != nil {
				b.Fatal(err)
			}
			f, _ := goja.AssertFunction(v)
			for b.Loop() {
				if _, err := f(goja.Undefined()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/operation")
		})
	}
}
