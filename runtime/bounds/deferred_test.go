package bounds_test

import (
	"testing"

	"github.com/bindery/bindery/runtime/builtins"
	"github.com/bindery/bindery/runtime/engine"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
)

// What script can do first with a prototype that is only made when it is touched: all ways to it give the same object, with the same
// properties as where nothing is deferred.
func TestDeferredPrototypes(t *testing.T) {
	if !bounds.Deferred() {
		if engine.Native() {
			t.Fatal("nothing is deferred")
		}
		t.Skip("only where package engine is native")
	}
	const ways = `[/x/, (async () => {})(), (() => { try { null.x } catch (e) { return Object.getPrototypeOf(e) } })()]`
	for _, source := range []string{
		ways + `.map((o) => Reflect.ownKeys(Object.getPrototypeOf(o)).map(String).sort())`,
		ways + `.map((o) => Reflect.ownKeys(o.__proto__).map(String).sort())`,
		ways + `.map((o) => { const p = Reflect.getPrototypeOf(o); p.added = 1; delete p.toString; return [Object.keys(p), "toString" in p, Reflect.ownKeys(p).length] })`,
		ways + `.map((o) => { const keys = []; o.__proto__.seen = 1; for (const k in o) keys.push(k); return keys })`,
		ways + `.map((o) => { for (const k in o) return k })`,
		ways + `.map((o) => { o.own = 1; return [o.own, "own" in Object.getPrototypeOf(o)] })`,
		ways + `.map((o) => { class A { static { Object.setPrototypeOf(this, o) } static read() { return super.constructor.name } } return A.read() })`,
		ways + `.map((o) => "constructor" in o && o.constructor.prototype === Object.getPrototypeOf(o))`,
		ways + `.map((o) => Object.getPrototypeOf(Object.getPrototypeOf(o)) === Object.prototype)`,
		ways + `.map((o) => [Object.prototype.toString.call(o), o instanceof o.constructor, o.constructor === globalThis[o.constructor.name]])`,
		ways + `.map((o) => Object.getOwnPropertyDescriptor(Object.getPrototypeOf(o), "constructor")).map((d) => [d.writable, d.enumerable, d.configurable, d.value.name, d.value.length])`,
		ways + `.map((o) => { Object.freeze(Object.getPrototypeOf(o)); return Object.isFrozen(Object.getPrototypeOf(o)) })`,
		`class E extends TypeError {} const e = new E("m"); [String(e), e instanceof Error, Error.prototype.isPrototypeOf(e)]`,
		`const e = (() => { try { x } catch (e) { return e } })(); [e instanceof Error, e.toString(), Object.getPrototypeOf(e.constructor) === Error, Error.isError(e)]`,
		`const r = /(?<y>\d+)-x/g; ["1-x 22-x".replace(r, "$<y>"), r.test("1-x"), r.lastIndex, [..."1-x 22-x".matchAll(r)].length, "1-x 2-x".split(/-x ?/), r.flags, r.source]`,
		`const r = /a/; RegExp.prototype.exec = () => null; [r.test("a"), "a".match(r)]`,
		`const r = /a/; r.__proto__.exec = () => null; [r.test("a"), "a".match(r)]`,
		`class R extends RegExp { exec(s) { return [s] } } [new R("a").test("b"), "b".match(new R("x")), new R("q") instanceof RegExp]`,
		`class P extends Promise {} const p = new P(() => {}); [p.then() instanceof P, P.resolve(1) instanceof P, p instanceof Promise, String(p)]`,
		`Promise.prototype.then = 1; const a = async () => { await 1 }; [a().then, a() instanceof Promise]`,
		`[/x/, /y/].map((r) => r.exec === RegExp.prototype.exec)`,
	} {
		plain := goja.New()
		builtins.Install(plain)
		want, err := plain.RunString(source)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		b, _ := want.(*goja.Object).MarshalJSON()
		r := newRealm(t)
		got, err := evaluate(r, source)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(b) {
			t.Errorf("%s\n got  %s\n want %s", source, got, b)
		}
	}
}

// A realm makes none of them before script needs it.
func TestDeferredUntilTouched(t *testing.T) {
	if !bounds.Deferred() {
		if engine.Native() {
			t.Fatal("nothing is deferred")
		}
		t.Skip("only where package engine is native")
	}
	allocations := testing.AllocsPerRun(50, func() { newRealm(t) })
	if allocations > 40 {
		t.Errorf("a realm takes %v allocations", allocations)
	}
}
