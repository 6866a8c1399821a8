package bounds_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/engine"
)

// An interrupt ends built-ins that call each other in time that is linear in how deep they are: some milliseconds, where it took goja 0.4 to 2.7 s.
func TestInterruptUnwinds(t *testing.T) {
	if !engine.Native() {
		t.Skip("goja's public API doesn't tell of interrupts while they pass")
	}
	for name, source := range map[string]string{
		"sort":    `let n = 1900; const f = () => { if (n-- > 0) [1, 2].sort(f); else stop(); }; f()`,
		"replace": `let n = 900; const f = () => { if (n-- > 0) "a".replace(/a/, f); else stop(); }; f()`,
		"classes": `let n = 1900; class A extends Array { constructor() { super(); if (n-- > 0) Reflect.construct(A, []); else stop(); } } new A()`,
	} {
		r := newRealm(t)
		bounds.SetMeter(r, &bounds.Meter{})
		var start time.Time
		if err := r.VM.Set("stop", func(goja.FunctionCall) goja.Value {
			r.VM.Interrupt("over")
			start = time.Now()
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		_, err := evaluate(r, source)
		took := time.Since(start)
		var interrupted *goja.InterruptedError
		if !errors.As(err, &interrupted) || interrupted.Value() != "over" {
			t.Errorf("%s ends with %v", name, err)
		}
		if start.IsZero() || took > 300*time.Millisecond {
			t.Errorf("%s: the interrupt took %v to pass", name, took)
		}
		r.VM.ClearInterrupt()
		if text, err := evaluate(r, `[3].map((x) => [x].map((y) => y + 1)[0])`); err != nil || text != "[4]" {
			t.Errorf("%s: afterwards map gives %s, %v", name, text, err)
		}
	}
}
