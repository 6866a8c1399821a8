package bounds_test

import (
	"testing"

	"github.com/bindery/bindery/runtime/engine"
)

// Faults of goja's that are Go panics.
func TestFaultsOfTheEngine(t *testing.T) {
	if !engine.Native() {
		t.Skip("goja's public API doesn't tell which regular expressions script has changed")
	}
	for source, want := range map[string]string{
		`const a = [5, 4, 3, 2, 1, 0]; try { a.sort((x, y) => { a.length = 0; return x - y }); "sorted" } catch (e) { e.name }`: "TypeError",
		`try { Object.prototype.toLocaleString.call(undefined) } catch (e) { e.name + ": " + e.message }`:                       "TypeError: Cannot convert undefined or null to object",
		`Object.prototype.toLocaleString.call(1)`:                                                                                               "1",
		`const u = new Uint8Array(8); u.buffer.transfer(); try { [[1]].flat(u) } catch (e) { e.name }`:                                          "TypeError",
		`try { Object.prototype.toLocaleString.call(Object.create(null)) } catch (e) { e.name + ": " + e.message }`:                             "TypeError: toString is not a function",
		`const r = /x/g; r.exec = undefined; ["axb".replace(r, "-"), "xx".match(r).length, "ax".search(r), "axb".split(r)].join()`:              "a-b,2,1,a,b",
		`let n = 0; for (const k of ["replace", "match", "split", "search"]) try { RegExp.prototype[Symbol[k]].call([]) } catch { n++ } n + ""`: "4",
		`RegExp.prototype[Symbol.replace].call({ exec: () => ({}), flags: "" }, "abc", "-")`:                                                    "-",
		`String(RegExp.prototype[Symbol.search].call({ exec() { return {} } }, ""))`:                                                            "undefined",
		`class R extends RegExp { exec(s) { const m = super.exec(s); if (m) m[0] = "q"; return m } } ["xax".match(new R("x", "g")).join(), "xax".split(new R("x")).length, "axb".search(new R("x")), "axb".replace(new R("x"), "[$&]")].join()`: "q,q,3,1,a[q]b",
		`Object.defineProperty(Object.prototype, "put", { set() {} }); const r = /x/g; r.exec = r.exec; "axb".replace(r, "-")`:                                                                                                                  "a-b",
	} {
		r := newRealm(t)
		if got, err := evaluate(r, source); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", source, got, err, want)
		}
	}
}
