package webidl_test

import (
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// goja's own conversion leaves integers as they are.
func TestDOMStringOfNumbers(t *testing.T) {
	for src, want := range map[string]string{
		`42`: "42", `-1`: "-1", `1.5`: "1.5", `true`: "true", `null`: "null", `10n`: "10", `({ toString() { return 7 } })`: "7", `NaN`: "NaN",
		`({ toString() { return Symbol() } })`: "throws", `Symbol()`: "throws", `Object.create(null)`: "throws",
	} {
		runtimetest.New(t).Do(func(r *webidl.Realm) {
			v, err := r.VM.RunString(src)
			if err != nil {
				t.Fatal(err)
			}
			got := "throws"
			_ = r.Try(func() { got = r.DOMString(v).String() })
			if got != want {
				t.Errorf("%s: got %q, want %q", src, got, want)
			}
		})
	}
}
