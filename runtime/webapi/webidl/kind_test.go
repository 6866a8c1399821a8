package webidl_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// object evaluates src, which must give an object.
func object(t *testing.T, r *webidl.Realm, src string) *goja.Object {
	t.Helper()
	v, err := r.VM.RunString("(" + src + ")")
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return v.(*goja.Object)
}

func TestKindOf(t *testing.T) {
	// Lies change nothing.
	const lie = `(o => { Object.setPrototypeOf(o, Date.prototype); try { Object.defineProperty(o, Symbol.toStringTag, { get() { throw 1 } }) } catch {}; return o })`
	for src, want := range map[string]webidl.Kind{
		`{}`: webidl.KindOrdinary, `Object.create(null)`: webidl.KindOrdinary, `new (class A {})`: webidl.KindOrdinary, `Math`: webidl.KindOrdinary,
		`globalThis`: webidl.KindOrdinary, `new WeakMap`: webidl.KindOrdinary, `[].values()`: webidl.KindOrdinary, `(function* () {})()`: webidl.KindOrdinary,
		`Date.prototype`: webidl.KindOrdinary, `Map.prototype`: webidl.KindOrdinary, `Error.prototype`: webidl.KindOrdinary,
		`[1,,2]`: webidl.KindArray, `(a => { a[1e7] = 1; return a })([])`: webidl.KindArray, `new (class A extends Array {})`: webidl.KindArray,
		`(function () { return arguments })()`: webidl.KindArguments,
		`() => 1`:                              webidl.KindFunction, `async () => 1`: webidl.KindFunction, `class A {}`: webidl.KindFunction, `function* g() {}`: webidl.KindFunction,
		`Map`: webidl.KindFunction, `Counter`: webidl.KindFunction, `(function () {}).bind()`: webidl.KindFunction, `[].map`: webidl.KindFunction,
		`new TypeError`: webidl.KindError, `new (class A extends Error {})`: webidl.KindError, `new AggregateError([])`: webidl.KindError,
		`Object(true)`: webidl.KindBoolean, `Object(1)`: webidl.KindNumber, `Object(1.5)`: webidl.KindNumber, `Object("a")`: webidl.KindString,
		`Object(1n)`: webidl.KindBigInt, `Object(Symbol())`: webidl.KindSymbol,
		`new Date`: webidl.KindDate, `new Date(NaN)`: webidl.KindDate, `/a/`: webidl.KindRegExp, `new Map`: webidl.KindMap, `new Set`: webidl.KindSet,
		`new (class A extends Set {})`: webidl.KindSet, `new ArrayBuffer(1)`: webidl.KindArrayBuffer, `new Uint8ClampedArray(1)`: webidl.KindTypedArray,
		`new BigInt64Array(1)`: webidl.KindTypedArray, `new Float32Array(0)`: webidl.KindTypedArray, `new DataView(new ArrayBuffer(1))`: webidl.KindDataView,
		`Promise.resolve()`: webidl.KindPromise, `new Proxy({}, {})`: webidl.KindProxy, `new Proxy([], {})`: webidl.KindProxy, `new Proxy(() => 1, {})`: webidl.KindProxy,
		`(() => { const p = Proxy.revocable({}, {}); p.revoke(); return p.proxy })()`: webidl.KindProxy,
		`new Counter(1)`:             webidl.KindPlatform,
		lie + `(new Map)`:            webidl.KindMap,
		lie + `([])`:                 webidl.KindArray,
		lie + `({})`:                 webidl.KindOrdinary,
		lie + `(new Uint8Array(1))`:  webidl.KindTypedArray,
		lie + `(new Counter(1))`:     webidl.KindPlatform,
		lie + `(Promise.resolve())`:  webidl.KindPromise,
		lie + `(new ArrayBuffer(1))`: webidl.KindArrayBuffer,
		lie + `(() => 1)`:            webidl.KindFunction,
		lie + `(new Error)`:          webidl.KindError,
		`{ __proto__: new Map() }`:   webidl.KindOrdinary,
		`{ __proto__: new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 1 } }) }`: webidl.KindOrdinary,
	} {
		if !engine.Native() && strings.Contains(src, "getPrototypeOf") {
			continue // SKIPPED: there the Go value is kept under a symbol, and looking for that asks the Proxy
		}
		rt := runtimetest.New(t)
		rt.Do(func(r *webidl.Realm) {
			if got := r.KindOf(object(t, r, src)); got != want {
				t.Errorf("%s: got %d, want %d", src, got, want)
			}
		})
	}
}

func TestInnerState(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Do(func(r *webidl.Realm) {
		check := func(got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
		entries := ""
		for _, e := range r.Entries(object(t, r, `new (class extends Map { forEach() { throw 1 } })([[1, "a"], [NaN, "b"]])`)) {
			entries += e[0].String() + e[1].String()
		}
		for _, e := range r.Entries(object(t, r, `new Set(["x", "y"])`)) {
			entries += e[0].String()
		}
		check(entries, "1aNaNbxy")
		source, flags := r.RegExp(object(t, r, `Object.defineProperty(/a\/b/gimsuy, "source", { get() { throw 1 } })`))
		check(source+" "+flags, `a\/b gimsuy`)
		for _, src := range []string{`Object(1.5)`, `Object("a")`, `Object(false)`, `Object(7n)`} {
			v := r.Unbox(object(t, r, `Object.assign(`+src+`, { valueOf() { throw 1 } })`))
			check("Object("+map[bool]string{true: `"a"`, false: v.String()}[v.String() == "a"]+map[bool]string{true: "n"}[goja.IsBigInt(v)]+")", src)
		}
		check(fmt.Sprint(r.DateTime(object(t, r, `new Date(1234)`)), r.DateTime(object(t, r, `new Date(NaN)`))), "1234 NaN")
		class, buffer, offset, length := r.View(object(t, r, `new Uint16Array(new ArrayBuffer(16), 2, 3)`))
		check(fmt.Sprint(class, buffer.Get("byteLength"), offset, length), "Uint16Array16 2 3")
		class, _, offset, length = r.View(object(t, r, `new DataView(new ArrayBuffer(16), 4)`))
		check(fmt.Sprint(class, offset, length), "DataView4 12")
		if webidl.ProxyTarget(object(t, r, `new Proxy({ x: 5 }, { get() { throw 1 } })`)).Get("x").ToInteger() != 5 {
			t.Error("wrong target of a Proxy")
		}
		weak := r.Global("WeakMap").Get("prototype").(*goja.Object)
		if !webidl.Inherits(object(t, r, `new WeakMap`), weak) || webidl.Inherits(object(t, r, `{}`), weak) ||
			webidl.Inherits(object(t, r, `{ __proto__: new Proxy({}, { getPrototypeOf() { throw 1 } }) }`), weak) {
			t.Error("wrong answer of Inherits")
		}
	})
}

func TestRevokedProxy(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Do(func(r *webidl.Realm) {
		if webidl.ProxyTarget(object(t, r, `(() => { const p = Proxy.revocable({}, {}); p.revoke(); return p.proxy })()`)) != nil {
			t.Error("a revoked Proxy has a target")
		}
	})
}
