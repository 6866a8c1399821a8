package runtime_test

import "testing"

// What script does to the built-ins harms itself only.
func TestTricks(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"%TypedArray% frozen", `Object.freeze(Object.getPrototypeOf(Uint8Array));
			export default { fetch: () => new Response(Int8Array.from("12").join("") + Uint8Array.from("34").join("")) }`, "1234"},
		{"%TypedArray%.from replaced", `Object.getPrototypeOf(Uint8Array).from = () => "own";
			export default { fetch: () => new Response(Int8Array.from([1])) }`, "own"},
		{"%TypedArray%.from deleted", `delete Object.getPrototypeOf(new TextEncoder().encode("").constructor).from;
			export default { fetch: () => new Response(typeof Int8Array.from) }`, "undefined"},
		{"a global deleted", `delete globalThis.Response; const was = typeof Response;
			export default { fetch() { throw new RangeError(was + typeof Response) } }`, "RangeError: undefinedundefined"},
		{"no next", `const none = { [Symbol.iterator]: () => ({}) }, seen = [];
			for (const f of [() => new Headers(none), () => new URLSearchParams(none), () => new Headers([none]), () => new Blob(none)]) try { f() } catch (e) { seen.push(e.name) }
			export default { fetch: () => new Response(seen.join()) }`, "TypeError,TypeError,TypeError,TypeError"},
		{"exec replaced", `const r = /x/; r.exec = () => ({}); export default { fetch: () => new Response(String(r.test("y"))) }`, "true"},
		{"RegExp.prototype.exec replaced, no global read", `const r = /x/; Object.getPrototypeOf(r).exec = () => ({}); export default { fetch: () => new Response(String(r.test("y"))) }`, "true"},
		{"exec that tests", `const r = /x/; r.exec = s => r.test(s); export default { fetch() { r.test("x") } }`, "RangeError: Maximum call stack size exceeded"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, _ := pool(t, tt.source)
			a := get(p, "/")
			got := a.body
			if a.err != nil {
				got = a.err.Error()
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
