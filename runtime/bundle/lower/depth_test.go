package lower_test

import (
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bundle/lower"
)

// TestRecursion holds that recursion of every kind ends in an error that script catches, and that the runtime goes on.
func TestRecursion(t *testing.T) {
	tests := []struct{ name, recurse string }{
		{"function", `function f(n) { return f(n + 1) } f(0)`},
		{"function expression", `const f = function g() { g() }; f()`},
		{"arrow with an expression", `const f = () => f(); f()`},
		{"arrow with a body", `const f = (n) => { return 1 + f(n) }; f()`},
		{"two functions", `const f = () => g(), g = () => f(); f()`},
		{"method", `({ m() { this.m() } }).m()`},
		{"class method", `class A { m() { return this.m() } static s() { return A.s() } } new A().m()`},
		{"private method", `class A { #m() { return this.#m() } m() { this.#m() } } new A().m()`},
		{"getter", `const o = { get x() { return this.x } }; o.x`},
		{"getter of a class", `class A { get x() { return this.x } } new A().x`},
		{"setter", `const o = { set x(v) { this.x = v } }; o.x = 1`},
		{"private getter", `class A { get #x() { return this.#x } x() { return this.#x } } new A().x()`},
		{"getter by name", `const o = {}; const get = function () { return o.x }; Object.defineProperty(o, "x", { get }); o.x`},
		{"global getter", `Object.defineProperty(globalThis, "gx", { get: () => gx, configurable: true }); gx`},
		{"for in", `const p = new Proxy({}, { ownKeys() { for (const k in p) return [k]; return [] } }); for (const k in p);`},
		{"heritage by getter", `const o = { get A() { return class extends o.A {} } }; o.A`},
		{"key by toString", `const k = { toString: () => ({ [k]: 1 }) }; ({ [k]: 1 })`},
		{"getter by descriptor", `const o = {}; Object.defineProperty(o, "x", { get: function () { return o.x } }); o.x`},
		{"static getter", `class A { static get x() { return A.x + 1 } } A.x`},
		{"constructor", `class A { constructor() { new A() } } new A()`},
		{"function constructor", `function A() { new A() } new A()`},
		{"derived constructor before super", `class B {} class A extends B { constructor() { new A(); super() } } new A()`},
		{"argument of super", `class B {} class A extends B { constructor() { super(new A()) } } new A()`},
		{"class field", `class A { x = new A() } new A()`},
		{"private class field", `class A { #x = new A(); y() { return this.#x } } new A()`},
		{"static field", `const f = () => class { static x = f() }; f()`},
		{"static block", `const f = () => class { static { f() } }; f()`},
		{"static block alone", `let f; class A { static { f = () => { class B { static { f() } } } } } f()`},
		{"computed key", `const f = () => ({ [f()]: 1 }); f()`},
		{"computed key of a class", `const f = () => class { [f()]() {} }; f()`},
		{"heritage", `const f = () => class extends f() {}; f()`},
		{"default parameter", `function f(a = f()) {} f()`},
		{"second default parameter", `function f(a = 1, b = f(1)) {} f(1)`},
		{"arrow's default parameter", `const f = (a = f()) => a; f()`},
		{"default in a pattern", `function f({ a = f({}) }) {} f({})`},
		{"default in a list", `function f([a = f([])]) {} f([])`},
		{"default of a pattern", `function f({ a } = f()) {} f()`},
		{"key in a pattern", `function f({ [f({})]: a }) {} f({})`},
		{"default of a rest", `function f(...[a = f()]) {} f()`},
		{"generator", `function* g() { yield* g() } [...g()]`},
		{"generator's next", `function* g() { yield g().next() } g().next()`},
		{"generators that wait", `function* g(inner) { yield; if (inner) yield inner.next() }
			let i; for (let n = 0; n < 2e4; n++) { i = g(i); i.next() } i.next()`},
		{"generators that wait in a try", `function* g(inner) { try { yield } finally { inner?.return() } }
			let i; for (let n = 0; n < 2e4; n++) { i = g(i); i.next() } i.return()`},
		{"async function", `async function f() { return f() } f()`},
		{"async function that awaits", `async function f() { return await f() } f()`},
		{"async arrow", `const f = async () => f(); f()`},
		{"async method", `const o = { async m() { await this.m() } }; o.m()`},
		{"async generator", `async function* g() { for await (const x of g()) yield x } g().next()`},
		{"tagged template", "const f = () => f``; f()"},
		{"optional call", `const f = () => f?.(); f()`},
		{"map", `const f = () => [1].map(() => f()); f()`},
		{"forEach with the function itself", `const f = () => [1].forEach(f); f()`},
		{"sort", `const f = () => [1, 2].sort(() => f()); f()`},
		{"replace", `const f = () => "a".replace(/a/, f); f()`},
		{"replace with a string", `const f = () => "a".replace("a", f); f()`},
		{"toString", "const o = { toString() { return `${this}` } }; `${o}`"},
		{"valueOf", `const o = { valueOf() { return this + 1 } }; o * 2`},
		{"toString assigned", `const o = {}; o.toString = function () { return this + "" }; o + ""`},
		{"toPrimitive", `const o = { [Symbol.toPrimitive]() { return +this } }; +o`},
		{"toPrimitive assigned", `const o = {}; o[Symbol.toPrimitive] = function () { return +this }; +o`},
		{"toJSON", `const o = { toJSON() { return JSON.stringify(o) } }; JSON.stringify(o)`},
		{"replacer", `const f = () => JSON.stringify({}, f); f()`},
		{"reviver", `const f = () => JSON.parse("1", f); f()`},
		{"proxy's get", `const p = new Proxy({}, { get(t, k, r) { return r[k] } }); p.x`},
		{"proxy's has", `const p = new Proxy({}, { has(t, k) { return k in p } }); "x" in p`},
		{"proxy's apply", `const p = new Proxy(() => 1, { apply() { return p() } }); p()`},
		{"proxy's construct", `const p = new Proxy(class {}, { construct() { return new p() } }); new p()`},
		{"bound function", `const f = () => g(), g = f.bind(null); f()`},
		{"call and apply", `function f() { f.call(); } function g() { g.apply() } try { f() } catch (e) { g() }`},
		{"Reflect", `function f() { Reflect.apply(f, null, []) } f()`},
		{"Reflect.construct", `class A { constructor() { Reflect.construct(A, []) } } new A()`},
		{"iterator", `const o = { [Symbol.iterator]() { return [...this] } }; [...o]`},
		{"destructured iterator", `const o = { [Symbol.iterator]() { const [a] = this; return a } }; const [b] = o`},
		{"next", `const o = { [Symbol.iterator]() { return this }, next() { for (const x of this) return x } }; [...o]`},
		{"instanceof", `const C = { [Symbol.hasInstance](x) { return x instanceof C } }; 1 instanceof C`},
		{"Map's forEach", `const m = new Map([[1, 1]]); const f = () => m.forEach(f); f()`},
		{"getter that native code reads", `const f = () => Array.from({ get length() { return f() } }); f()`},
		{"in a catch", `const f = () => { try { f() } catch (e) { throw e } }; f()`},
		{"in a finally", `const f = () => { try { return 1 } finally { f() } }; f()`},
		{"mutual through natives", `const f = (x) => [x].map(g), g = (x) => [x].filter(f); f(1)`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rt := newRuntime(t)
			rt.SetMaxCallStackSize(lower.MaxDepth + lower.DepthSlack)
			// Awaited, for async functions reject.
			exports, err := load(rt, lower.Input{Name: "x.js", Code: []byte(`
				const run = () => { ` + test.recurse + ` };
				const tell = (e) => [e instanceof RangeError, Object.prototype.toString.call(e), e.message].join();
				const log = [];
				export default () => { for (let i = 0; i < 2; i++) { try { run(); log.push("ended") } catch (e) { log.push(tell(e)) } } return log };
				export const later = () => { const sum = (n) => n > 0 ? sum(n - 1) + 1 : 0; return sum(1000) };
			`)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			f, _ := goja.AssertFunction(exports.Get("default"))
			v, err := f(goja.Undefined())
			if err != nil {
				t.Fatalf("uncatchable: %v", err)
			}
			// What async functions make of the error is their promise's; how often a generator's is caught doesn't matter.
			for _, got := range strings.SplitAfter(v.String(), "exceeded,") {
				got = strings.TrimSuffix(got, ",")
				if got != "true,[object Error],Maximum call stack size exceeded" && !strings.Contains(test.recurse, "async") {
					t.Errorf("got %s", got)
				}
			}
			later, _ := goja.AssertFunction(exports.Get("later"))
			if v, err := later(goja.Undefined()); err != nil || v.ToInteger() != 1000 {
				t.Errorf("afterwards: %v %v", v, err)
			}
		})
	}
}

// TestDepthOfOrdinaryCode holds that recursion that ends goes as deep as in V8.
func TestDepthOfOrdinaryCode(t *testing.T) {
	const source = `
		const sum = (n) => n > 0 ? sum(n - 1) + 1 : 0;
		const nested = (n) => n > 0 ? [n].map((m) => nested(m - 1))[0] + 1 : 0;
		class List { constructor(n) { this.next = n > 0 ? new List(n - 1) : null } get length() { return this.next ? this.next.length + 1 : 0 } }
		export default [sum(9000), nested(900), new List(900).length]`
	rt := newRuntime(t)
	rt.SetMaxCallStackSize(lower.MaxDepth + lower.DepthSlack)
	exports, err := load(rt, lower.Input{Name: "x.js", Code: []byte(source)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := exports.Get("default").String(); got != "9000,900,900" {
		t.Errorf("got %s", got)
	}
}

// TestDepthError holds that the error is one of the engine's own, with a short stack that begins where script was.
func TestDepthError(t *testing.T) {
	const source = `globalThis.RangeError = class { constructor() { this.message = "mine" } };
Error.prototype.constructor = null;
export function f(n) {
  return f(n + 1);
}
let caught;
try { f(0) } catch (e) { caught = e }
export default caught;`
	rt := newRuntime(t)
	rt.SetMaxCallStackSize(lower.MaxDepth + lower.DepthSlack)
	exports, err := load(rt, bundle(t, "src/x.ts", source), nil)
	if err != nil {
		t.Fatal(err)
	}
	e := exports.Get("default").ToObject(rt)
	if got := e.String(); got != "RangeError: Maximum call stack size exceeded" {
		t.Errorf("got %s", got)
	}
	stack := e.Get("stack").String()
	if !strings.HasPrefix(stack, "RangeError: Maximum call stack size exceeded\n") || !strings.Contains(stack, "f (src/x.ts:") {
		t.Errorf("stack: %s", stack)
	}
	if got := exports.Get("f").String(); got != "function f(n) {\n  return f(n + 1);\n}" {
		t.Errorf("source of f: %s", got)
	}
}
