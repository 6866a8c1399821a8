package webidl_test

import (
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// TestDescribeIsBounded has errors that don't want to be described.
func TestDescribeIsBounded(t *testing.T) {
	const lie = `const e = new TypeError("m"), lie = (k, get) => Object.defineProperty(e, k, { get, configurable: true });`
	for _, c := range []struct{ name, src, want string }{
		{"throwing getters", lie + `for (const k of ["stack", "message", "name"]) lie(k, () => { throw e }); e`, "TypeError"},
		{"recursion without end", lie + `const f = () => f() + 1; lie("message", f); e`, "TypeError"},
		{"a symbol for a name", lie + `lie("name", () => Symbol("x")); e`, "TypeError: m"},
		{"a Proxy", `new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 1 } })`, "Error"},
		{"a Proxy chain without end", `const p = () => new Proxy({}, { get: () => "x", getPrototypeOf: () => p() }); p()`, "x: x"},
		{"a long message", `new Error("x".repeat(1e6))`, "Error: " + strings.Repeat("x", 32<<10) + "..."},
		{"a long string", `"x".repeat(1e6)`, "Error: " + strings.Repeat("x", 32<<10) + "..."},
		{"a long name", lie + `e.name = "n".repeat(1e6); e`, strings.Repeat("n", 1<<10) + "...: m"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt := runtimetest.New(t)
			rt.Realm.VM.SetMaxCallStackSize(1000)
			rt.Do(func(r *webidl.Realm) {
				v, err := r.VM.RunString(c.src)
				if err != nil {
					t.Fatal("the snippet threw") // err's own text would run the getters
				}
				d := r.Describe(v)
				if d.Error() != c.want || len(d.Stack) > 40<<10 {
					t.Errorf("got %.100s, stack of %d bytes; want %.100s", d.Error(), len(d.Stack), c.want)
				}
			})
		})
	}
}

// TestDescribeOutsideOfATurn has no script on the stack that an interrupt or an overflow could be for.
func TestDescribeOutsideOfATurn(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Do(func(*webidl.Realm) {})
	vm := rt.Realm.VM
	vm.SetMaxCallStackSize(1000)
	e, err := vm.RunString(`({ get message() { for (;;); }, get name() { const f = () => f() + 1; return f() } })`)
	if err != nil {
		t.Fatal(err)
	}
	vm.Interrupt("now")
	if d := rt.Realm.Describe(e); d.Error() != "Error" {
		t.Errorf("got %s", d.Error())
	}
	vm.ClearInterrupt() // which stays until somebody takes it back
	rt.Run(`1 + 1`).Want("2")
}
