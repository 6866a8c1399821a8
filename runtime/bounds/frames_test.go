package bounds_test

import (
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/engine"
)

// What is under a built-in is nobody's business: stacks of errors that come out of one show the built-in and who called it.
func TestStacksShowNoInsides(t *testing.T) {
	if !engine.Native() {
		t.Skip("goja's public API can't change a stack")
	}
	for _, source := range []string{
		`const mine = () => [].fill.call({ length: 2 ** 53 - 1, set 0(x) { throw new Error("x") } }, 1)`,
		`const mine = () => Array(2 ** 32 - 1).fill(1)`,
		`const mine = () => [].map.call({ length: 1e5, 0: 1 }, () => { throw new Error("x") })`,
		`const mine = () => [].sort.call({ length: 1e5, 0: 1, 1: 2 }, () => { throw new Error("x") })`,
		`const mine = () => [].at.call(1, Symbol()) + [].flat.call({ length: 1e5, get 3() { throw new Error("x") } })`,
		`const mine = () => "a".repeat(1e5).replace(/a/g, () => { throw new Error("x") })`,
		`const mine = () => [1].flatMap(() => { throw new Error("x") })`,
		`const mine = () => "x".repeat(2 ** 40)`,
		`const mine = () => [2, 1, { toString() { throw new Error("x") } }].sort()`,
		`const mine = () => { const r = /x/g; r.exec = () => { throw new Error("x") }; "x".replace(r, "") }`,
	} {
		text, err := evaluate(newRealm(t), source+`; try { mine(); "nothing" } catch (e) { e.stack }`)
		if err != nil || !strings.Contains(text, "at mine") {
			t.Errorf("%s: %s, %v", source, text, err)
		}
		for _, part := range []string{"github.com", "<native>:", "bounds"} {
			if strings.Contains(text, part) {
				t.Errorf("%s: shows %s: %s", source, part, text)
			}
		}
	}
}
