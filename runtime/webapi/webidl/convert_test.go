package webidl_test

import (
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestDOMString(t *testing.T) {
	for src, want := range map[string]string{
		`undefined`: "undefined", `null`: "null", `true`: "true", `-0`: "0", `1.5`: "1.5", `1e21`: "1e+21", `NaN`: "NaN", `12n`: "12",
		`"a\u00e9"`: "a\u00e9", `"\ud800"`: "\ufffd", `({ toString() { return 5 } })`: "5", `({ toString() { return null } })`: "null", `[1, [2]]`: "1,2",
		`Symbol()`: "TypeError: Cannot convert a Symbol value to a string", `({ toString: () => Symbol.iterator })`: "TypeError: Cannot convert a Symbol value to a string",
		`({ toString() { throw new RangeError("mine") } })`: "RangeError: mine",
	} {
		rt := runtimetest.New(t)
		rt.Do(func(r *webidl.Realm) {
			v, err := r.VM.RunString("(" + src + ")")
			if err != nil {
				t.Fatal(err)
			}
			var got string
			if thrown := r.Try(func() { got = r.USVString(v) }); thrown != nil {
				got = r.Describe(thrown).Error()
			}
			if got != want {
				t.Errorf("%s: got %q, want %q", src, got, want)
			}
		})
	}
}
