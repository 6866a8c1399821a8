package bounds_test

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Hostile values, and what makes more of them: each is an expression.
var hostileValues = []string{
	"0", "-1", "1", "2**31", "2**32-1", "2**53-1", "2**53", "1e308", "NaN", "Infinity", "-Infinity", "-0", "undefined", "null", "true", "1n", "-(2n**70n)",
	`""`, `"a"`, `"é😀"`, `"a".repeat(1e4)`, `"a,".repeat(1e4)`, `"$&$'$1$<x>"`, `"("`, "[]", "[1,2,3]", "[,1,,2]", "Array(1e4).fill(1)", "Array(2**32-1)", "[[1],[2,[3]]]",
	"{ length: 2**53-1 }", "{ length: 1e5, 0: 1 }", "{ length: -1 }", "{ length: { valueOf: () => 2**40 } }", "{ [Symbol.isConcatSpreadable]: true, length: 1e6 }",
	"{ valueOf: () => { throw 1 } }", "{ toString: () => 'a'.repeat(100) }", "{ get length() { return 5e4 } }", "new Proxy([], {})", "new Proxy({ length: 2**40 }, {})", "new Proxy(() => {}, {})",
	"(x) => x", "(x, y) => y - x", "() => 2**32", "() => []", "() => Array(1e5)", "Math.max", "Object", "Array", "Boolean.bind()", "/a/g", "/(a)(?=,)/g", "/(?:)/gy", "Symbol.iterator",
	"new Uint8Array(1e4)", "new Float64Array(3)", "new ArrayBuffer(1e4)", "new Map([[1, 2]])", "new Set([1])", "new Date(0)", "new Error('x', { cause: 1 })", "(function* () { while (true) yield 1 })()",
	"globalThis.last", "[globalThis.last]", "{ x: globalThis.last }", "Object.create(globalThis.last instanceof Object ? globalThis.last : null)", "class extends Array {}", "{ __proto__: Array.prototype, length: 1e9 }",
}

// calls are how a built-in is called.
var hostileCalls = []string{
	"%[1]s.%[2]s(%[3]s)", "Reflect.apply(%[1]s.%[2]s, %[4]s, [%[3]s])", "%[1]s.%[2]s.call(%[4]s, %[3]s)", "new (%[1]s.%[2]s)(%[3]s)", "new %[1]s(%[3]s)", "[%[4]s].map(%[1]s.%[2]s)",
}

// built-ins and their names are found by script: the index picks one.
const pick = `
	const objects = [Object, Array, String, Number, BigInt, Date, Math, Reflect, JSON, RegExp, Promise, Map, Set, Symbol, ArrayBuffer, Uint8Array, Float64Array, DataView, Error, Function, Proxy, WeakMap,
		Object.getPrototypeOf(Uint8Array), [].values().__proto__, ""[Symbol.iterator]().__proto__];
	for (const o of objects.slice()) if (o.prototype) objects.push(o.prototype);
	globalThis.builtins = objects.flatMap((o) => Reflect.ownKeys(o).filter((k) => {
		const d = Object.getOwnPropertyDescriptor(o, k);
		return typeof d.value === "function" && k !== "constructor";
	}).map((k) => ({ f: o[k] })));
`

// A random built-in with random hostile arguments ends: with a value or an exception, soon after it is interrupted, without ending
// the process.
func FuzzBuiltins(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 1))
		value := func() string { return "(" + wrapLiteral(hostileValues[random.IntN(len(hostileValues))]) + ")" }
		r := newRealm(t)
		bounds.SetMeter(r, &bounds.Meter{Limit: 8 << 20})
		if _, err := r.VM.RunString(pick); err != nil {
			t.Fatal(err)
		}
		var program strings.Builder
		for range 12 {
			args := []string{value(), value(), value()}[:random.IntN(4)]
			call := fmt.Sprintf(hostileCalls[random.IntN(len(hostileCalls))],
				fmt.Sprintf("builtins[%d %% builtins.length]", random.IntN(1<<20)), "f", strings.Join(args, ", "), value())
			fmt.Fprintf(&program, "try { globalThis.last = %s } catch {}\n", call)
		}
		over := time.AfterFunc(200*time.Millisecond, func() {
			r.VM.Interrupt("over")
			bounds.MeterOf(r).Interrupt()
		})
		defer over.Stop()
		start := time.Now()
		run(t, r, program.String())
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("took %v:\n%s", took, program.String())
		}
	})
}

// run lets goja's own faults pass: it has some where a receiver isn't what it expects, and an isolate survives none.
func run(t *testing.T, r *webidl.Realm, program string) {
	defer func() {
		x := recover()
		if x == nil {
			return
		}
		_, stack, _ := strings.Cut(string(debug.Stack()), "panic(")
		for _, line := range strings.Split(stack, "\n") {
			if strings.HasPrefix(line, "github.com/dop251/goja.") && !strings.Contains(line, "handleThrow") && !strings.Contains(line, "func1(") {
				return
			}
			if strings.HasPrefix(line, "github.com/bindery/") {
				t.Errorf("%v in\n%s\n%s", x, program, stack)
				return
			}
		}
	}()
	_, _ = r.VM.RunString(program)
}

// wrapLiteral makes an object literal an expression.
func wrapLiteral(s string) string {
	if strings.HasPrefix(s, "{") || strings.HasPrefix(s, "function") || strings.HasPrefix(s, "class") {
		return "(" + s + ")"
	}
	return s
}
