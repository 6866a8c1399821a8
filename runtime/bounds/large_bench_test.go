package bounds_test

import (
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/builtins"
)

// large are what ordinary programs do with large lists and texts, each made by its setup as x, of numbers, or t, of text.
var large = []struct{ name, setup, body string }{
	{"Array fill", ``, `Array(1e6).fill(1)`},
	{"Array fill 1e5", ``, `Array(1e5).fill(1)`},
	{"fill map", ``, `new Array(1e5).fill().map((_, i) => i)`},
	{"fill of a filled one", `const x = Array.from({ length: 1e6 }, (_, i) => i)`, `x.fill(1)`},
	{"from length 10", ``, `for (let i = 0; i < 1e3; i++) Array.from({ length: 10 }, (_, i) => i)`},
	{"from length", ``, `Array.from({ length: 1e5 }, (_, i) => i)`},
	{"from length 1e6", ``, `Array.from({ length: 1e6 })`},
	{"from keys", ``, `Array.from(Array(1e5).keys())`},
	{"from Array", ``, `Array.from(Array(1e5), (_, i) => i)`},
	{"from Set", `const x = new Set(Array.from({ length: 1e5 }, (_, i) => i))`, `Array.from(x)`},
	{"spread keys", ``, `[...Array(1e5).keys()]`},
	{"spread holes", ``, `[...Array(1e5)]`},
	{"spread", `const x = Array.from({ length: 1e5 }, (_, i) => i)`, `[...x, ...x]`},
	{"split characters", `const t = "x".repeat(1e5)`, `t.split("")`},
	{"split lines", `const t = "some words in a line\n".repeat(250000)`, `t.split("\n")`},
	{"split lines by pattern", `const t = "some words in a line\n".repeat(25000)`, `t.split(/\r?\n/)`},
	{"concat", `const x = Array.from({ length: 1e5 }, (_, i) => i)`, `x.concat(x)`},
	{"concat 1e6", `const x = Array.from({ length: 1e6 }, (_, i) => i)`, `x.concat([1], 2)`},
	{"slice", `const x = Array.from({ length: 1e6 }, (_, i) => i)`, `x.slice(5)`},
	{"splice", `const x = Array.from({ length: 1e5 }, (_, i) => i)`, `x.splice(50, 1000); x.splice(50, 0, ...x.slice(0, 1000))`},
	{"splice one", `const x = Array.from({ length: 1e5 }, (_, i) => i)`, `for (let i = 0; i < 10; i++) { x.splice(50, 1); x.splice(50, 0, 1) }`},
	{"shift push", `const x = Array.from({ length: 1e5 }, (_, i) => i)`, `for (let i = 0; i < 10; i++) x.push(x.shift())`},
	{"reverse", `const x = Array.from({ length: 1e5 }, (_, i) => i)`, `x.reverse()`},
	{"map", `const x = Array.from({ length: 1e5 }, (_, i) => i)`, `x.map((n) => n + 1)`},
	{"filter", `const x = Array.from({ length: 1e5 }, (_, i) => i)`, `x.filter((n) => n & 1)`},
	{"reduce", `const x = Array.from({ length: 1e5 }, (_, i) => i)`, `x.reduce((n, m) => n + m, 0)`},
	{"indexOf", `const x = Array.from({ length: 1e6 }, (_, i) => i)`, `x.indexOf(-1)`},
	{"flat", `const x = Array.from({ length: 1e4 }, (_, i) => [i, i, i, i, i, i, i, i])`, `x.flat()`},
	{"flat few", `const x = [[1], [2, 3], 4]`, `for (let i = 0; i < 1e3; i++) x.flat(2)`},
	{"flatMap", `const x = Array.from({ length: 1e5 }, (_, i) => i)`, `x.flatMap((n) => [n, n])`},
	{"sort numbers", `const x = Array.from({ length: 1e5 }, (_, i) => (i * 7919) % 100003)`, `x.slice().sort((a, b) => a - b)`},
	{"sort texts", `const x = Array.from({ length: 3e4 }, (_, i) => "key " + (i * 7919) % 100003)`, `x.slice().sort()`},
	{"sort numbers as texts", `const x = Array.from({ length: 3e4 }, (_, i) => (i * 7919) % 100003)`, `x.slice().sort()`},
	{"toSorted", `const x = Array.from({ length: 3e4 }, (_, i) => (i * 7919) % 100003)`, `x.toSorted((a, b) => a - b)`},
	{"join", `const x = Array.from({ length: 1e6 }, (_, i) => "text")`, `x.join("\n")`},
	{"join 1e5", `const x = Array.from({ length: 1e5 }, (_, i) => "text" + i)`, `x.join()`},
	{"join numbers", `const x = Array.from({ length: 1e6 }, (_, i) => i)`, `x.join()`},
	{"join holes", ``, `Array(1e5).join("x")`},
	{"join objects", `const x = Array.from({ length: 1e3 }, (_, i) => [i, i])`, `x.join()`},
	{"toString", `const x = Array.from({ length: 1e5 }, (_, i) => i)`, `String(x)`},
	{"replaceAll", `const t = "a-b-c-d ".repeat(1e5)`, `t.replaceAll("-", "+")`},
	{"replace pattern", `const t = "a-b-c-d ".repeat(1e4)`, `t.replace(/-/g, "+")`},
	{"replace pattern with $", `const t = "a-b-c-d ".repeat(1e4)`, `t.replace(/(\w)-/g, "$1+")`},
	{"replace with function", `const t = "a-b-c-d ".repeat(1e4)`, `t.replace(/-/g, (m) => "+")`},
	{"match", `const t = "a-b-c-d ".repeat(1e4)`, `t.match(/\w/g)`},
	{"matchAll", `const t = "a-b-c-d ".repeat(1e4)`, `[...t.matchAll(/\w/g)]`},
	{"test", `const t = "a-b-c-d ".repeat(1e5)`, `/e/.test(t)`},
	{"repeat", ``, `"ab".repeat(1e6)`},
	{"encodeURIComponent", `const t = "a-b c/d ".repeat(1e5)`, `encodeURIComponent(t)`},
	{"toUpperCase", `const t = "a-b c/d ".repeat(1e5)`, `t.toUpperCase()`},
	{"JSON.parse", `const t = JSON.stringify(Array.from({ length: 5e4 }, (_, i) => ({ id: i, name: "name " + i, tags: ["a", "b"], on: true })))`, `JSON.parse(t)`},
	{"JSON.stringify", `const x = Array.from({ length: 5e4 }, (_, i) => ({ id: i, name: "name " + i, tags: ["a", "b"], on: true }))`, `JSON.stringify(x)`},
	{"Object.entries", `const x = Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => ["k" + i, i]))`, `Object.entries(x)`},
	{"Object.fromEntries", `const x = Array.from({ length: 1e5 }, (_, i) => ["k" + i, i])`, `Object.fromEntries(x)`},
	{"Object.assign", `const x = Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => ["k" + i, i]))`, `Object.assign({}, x)`},
	{"new Set", `const x = Array.from({ length: 1e5 }, (_, i) => i)`, `new Set(x)`},
	{"new Map", `const x = Array.from({ length: 1e5 }, (_, i) => [i, i])`, `new Map(x)`},
	{"Uint8Array from list", `const x = Array.from({ length: 1e6 }, (_, i) => i & 255)`, `new Uint8Array(x)`},
	{"Uint8Array.from", `const x = Array.from({ length: 1e5 }, (_, i) => i & 255)`, `Uint8Array.from(x, (n) => n + 1)`},
	{"typed sort", `const x = new Float64Array(1e5).map((_, i) => (i * 7919) % 100003)`, `x.slice().sort()`},
	{"typed join", `const x = new Uint8Array(1e5)`, `x.join()`},
	{"typed map", `const x = new Uint8Array(1e5)`, `x.map((n) => n + 1)`},
	{"apply", `const x = Array.from({ length: 1e4 }, (_, i) => i)`, `Math.max.apply(null, x)`},
	{"fromCharCode", `const x = Array.from({ length: 1e4 }, (_, i) => 65 + i % 26)`, `String.fromCharCode(...x)`},
	{"for of", `const x = Array.from({ length: 1e5 }, (_, i) => i)`, `for (const n of x);`},
	{"for of entries", `const x = Array.from({ length: 1e5 }, (_, i) => i)`, `for (const [i, n] of x.entries());`},
}

// What the bounds cost with much data: the same in a realm, and in goja with the newer built-ins only.
func BenchmarkLarge(b *testing.B) {
	for _, c := range large {
		run := func(b *testing.B, rt *goja.Runtime) {
			v, err := rt.RunString(c.setup + "; () => { " + c.body + " }")
			if err != nil {
				b.Fatal(err)
			}
			f, _ := goja.AssertFunction(v)
			b.ResetTimer()
			for range b.N {
				if _, err := f(goja.Undefined()); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.Run(c.name+"/plain", func(b *testing.B) {
			rt := goja.New()
			builtins.Install(rt)
			run(b, rt)
		})
		b.Run(c.name+"/bounded", func(b *testing.B) { run(b, newRealm(b).VM) })
	}
}
