package bounds_test

import (
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
)

// Built-ins are counted once for each call, however many ways lead to them: else the depth would be a fraction of what it says.
func TestDepthCountsCalls(t *testing.T) {
	for _, c := range []struct {
		source string
		want   int
	}{
		{`const g = (x) => { f(); [x].map(g); }; g(1)`, bounds.MaxDepth},
		{`RegExp; RegExp.prototype.constructor; const g = (x) => { f(); "a".replace(/a/g, g); }; g(1)`, bounds.MaxDepth / 2}, // replace, and the expression's own
		{`const g = (x) => { f(); new Uint8Array([1]).map(g); }; g(1)`, bounds.MaxDepth},
	} {
		r := newRealm(t)
		r.VM.SetMaxCallStackSize(1 << 20)
		calls := 0
		if err := r.VM.Set("f", func(goja.FunctionCall) goja.Value {
			calls++
			return goja.Undefined()
		}); err != nil {
			t.Fatal(err)
		}
		text, err := evaluate(r, c.source)
		if err != nil || text != "throws RangeError: Maximum call stack size exceeded" {
			t.Errorf("%s ends with %s, %v", c.source, text, err)
		}
		if calls < c.want-2 || calls > c.want+2 {
			t.Errorf("%s ends after %d calls, want %d", c.source, calls, c.want)
		}
		if again, err := evaluate(r, `[1].map((x) => x + 1)`); err != nil || again != "[2]" {
			t.Errorf("then [1].map gives %s, %v", again, err)
		}
	}
}

// What is allocated is charged, and a charge that is refused ends the built-in with the hook's words.
func TestCharges(t *testing.T) {
	for _, c := range []struct {
		source  string
		atLeast int64
	}{
		{`"ab".repeat(1e6)`, 2e6},
		{`"ab".padStart(1e6)`, 1e6},
		{`new Uint8Array(1e6)`, 1e6},
		{`new ArrayBuffer(1e6)`, 1e6},
		{`const m = new Map(); for (let i = 0; i < 1e4; i++) m.set(i, i)`, 1e6},
		{`const m = new Map(); for (let i = 0; i < 1e4; i++) m.set(1, i)`, 0},
		{`[].slice.call({ length: 1e5, __proto__: Array(1e5).fill(1) })`, 1e6},
		{`JSON.parse("[" + "1,".repeat(1e6) + "1]")`, 2e6},
		{`[...Array(1e5)]`, 0},
	} {
		r := newRealm(t)
		sum := int64(0)
		bounds.SetMeter(r, &bounds.Meter{OnCharge: func(n int64) error { sum += n; return nil }})
		if text, err := evaluate(r, c.source+"; 0"); err != nil || text != "0" {
			t.Errorf("%s ends with %s, %v", c.source, text, err)
		}
		if sum < c.atLeast || c.atLeast == 0 && sum > 2e6 {
			t.Errorf("%s charged %d, want %d", c.source, sum, c.atLeast)
		}
	}
	r := newRealm(t)
	bounds.SetMeter(r, &bounds.Meter{OnCharge: func(int64) error { return errTooMuch }})
	if text, err := evaluate(r, `try { "x".repeat(1e6) } catch (e) { e.name + ": " + e.message }`); err != nil || text != "RangeError: memory limit exceeded" {
		t.Error(text, err)
	}
}

// An own limit is the one that counts.
func TestLimit(t *testing.T) {
	r := newRealm(t)
	bounds.SetMeter(r, &bounds.Meter{Limit: 1000})
	for source, want := range map[string]string{
		`"x".repeat(1000).length`:     "1000",
		`"x".repeat(1001).length`:     "throws RangeError: Invalid string length",
		`new Uint8Array(1000).length`: "1000",
		`new ArrayBuffer(1001)`:       "throws RangeError: Array buffer allocation failed",
	} {
		if text, err := evaluate(r, source); err != nil || text != want {
			t.Errorf("%s ends with %s, %v, want %s", source, text, err, want)
		}
	}
}

// The operators that the bundler puts.
func TestOperators(t *testing.T) {
	r := newRealm(t)
	mul, pow, shl := bounds.Operators(r)
	for name, f := range map[string]goja.Value{"mul": mul, "pow": pow, "shl": shl} {
		if err := r.VM.Set(name, f); err != nil {
			t.Fatal(err)
		}
	}
	for source, want := range map[string]string{
		`mul(3, 4)`:                                          "12",
		`String(mul(3n, 4n))`:                                "12",
		`mul("3", { valueOf: () => 4 })`:                     "12",
		`try { mul(1n, 1) } catch (e) { e.name }`:            "TypeError",
		`pow(2, 10)`:                                         "1024",
		`String(pow(2n, 100n))`:                              "1267650600228229401496703205376",
		`String(pow(-1n, 2n ** 70n))`:                        "1",
		`try { pow(2n, -1n) } catch (e) { e.name }`:          "RangeError",
		`try { pow(2n, 2n ** 40n) } catch (e) { e.message }`: "Maximum BigInt size exceeded",
		`shl(1, 33)`:                                         "2",
		`String(shl(1n, 70n))`:                               "1180591620717411303424",
		`String(shl(8n, -2n))`:                               "2",
		`String(shl(0n, 2n ** 70n))`:                         "0",
		`try { shl(1n, 2n ** 70n) } catch (e) { e.message }`: "Maximum BigInt size exceeded",
		`try { let x = 3n; for (;;) x = mul(x, x) } catch (e) { e.message }`: "Maximum BigInt size exceeded",
	} {
		if text, err := evaluate(r, source); err != nil || text != want {
			t.Errorf("%s ends with %s, %v, want %s", source, text, err, want)
		}
	}
}
