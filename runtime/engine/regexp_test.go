package engine_test

import (
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// A regular expression is told from one that script has changed; to take all for changed would cost them goja's fast way.
func TestOrdinaryRegExp(t *testing.T) {
	for source, want := range map[string]bool{
		`/x/`:                                            true,
		`new RegExp("x", "g")`:                           true,
		`const r = /x/; r.lastIndex = 3; r`:              true,
		`const r = /x/; r.exec = () => null; r`:          false,
		`RegExp.prototype.exec = () => null; /x/`:        false,
		`const r = /x/; delete RegExp.prototype.exec; r`: false,
		`new (class R extends RegExp {})("x")`:           false,
		`({})`:                                           false,
	} {
		v, err := goja.New().RunString(source)
		if err != nil {
			t.Fatal(err)
		}
		if got := engine.OrdinaryRegExp(v.(*goja.Object)); got != (want && engine.Native()) {
			t.Errorf("%s: %v", source, got)
		}
	}
}
