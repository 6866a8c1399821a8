package engine_test

import (
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

func TestDepth(t *testing.T) {
	rt := goja.New()
	depth, nested := 0, 0
	if err := rt.Set("look", func(goja.FunctionCall) goja.Value {
		depth = engine.Depth(rt)
		nested, _ = engine.Nested(rt, 0)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	at := func(source string) int {
		t.Helper()
		if _, err := rt.RunString(source); err != nil {
			t.Fatal(err)
		}
		return depth
	}
	shallow := at("look()")
	if got := at("const f = (n) => { n > 0 ? f(n - 1) : look() }; f(100)"); got != shallow+101 {
		t.Errorf("101 calls are %d frames", got-shallow)
	}
	if nested != 0 {
		t.Errorf("%d nested calls in script", nested)
	}
	if got := at("const g = (n) => { n > 0 ? [1].map(() => g(n - 1)) : look() }; g(100)"); got < shallow+300 {
		t.Errorf("300 calls through map are %d frames", got-shallow)
	}
	if engine.Native() && nested != 100 {
		t.Errorf("100 calls by map are %d nested ones", nested)
	}
}

func TestShallow(t *testing.T) {
	rt := goja.New()
	if err := rt.Set("fail", func(goja.FunctionCall) goja.Value {
		var err error
		engine.Shallow(rt, 5, func() { err = rt.NewArray().Set("length", -1) })
		return err.(*goja.Exception).Value()
	}); err != nil {
		t.Fatal(err)
	}
	v, err := rt.RunString(`
		const f = (n) => n > 0 ? f(n - 1) : fail();
		const e = f(100);
		const g = (n) => n > 0 ? g(n - 1) + 1 : 0;
		[e instanceof RangeError, g(50), e.stack].join()`)
	if err != nil {
		t.Fatal(err)
	}
	if got := v.String(); !strings.HasPrefix(got, "true,50,") || engine.Native() && strings.Count(got, "\n") > 7 {
		t.Errorf("got %s", got)
	}
}
