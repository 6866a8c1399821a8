package bounds_test

import "testing"

// Faults of goja's that are Go panics.
func TestFaultsOfTheEngine(t *testing.T) {
	for source, want := range map[string]string{
		`const a = [5, 4, 3, 2, 1, 0]; try { a.sort((x, y) => { a.length = 0; return x - y }); "sorted" } catch (e) { e.name }`: "TypeError",
		`try { Object.prototype.toLocaleString.call(undefined) } catch (e) { e.name + ": " + e.message }`:                       "TypeError: Cannot convert undefined or null to object",
		`Object.prototype.toLocaleString.call(1)`: "1",
	} {
		r := newRealm(t)
		if got, err := evaluate(r, source); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", source, got, err, want)
		}
	}
}
