package headers_test

import (
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) { runtimetest.Main(m, headers.API) }

func TestHeaders(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `[...new Headers()].length`, Want: "0"},
		{Src: `JSON.stringify([...new Headers({ B: 1, a: "x", "Content-Type": "t" })])`, Want: `[["a","x"],["b","1"],["content-type","t"]]`},
		{Src: `JSON.stringify([...new Headers([["b", "1"], ["A", "2"], ["B", "3"]])])`, Want: `[["a","2"],["b","1, 3"]]`},
		{Src: `JSON.stringify([...new Headers(new Map([["x", "1"]]))])`, Want: `[["x","1"]]`},
		{Src: `const a = new Headers({ x: 1 }), b = new Headers(a); b.set("x", 2); a.append("y", 3); [a.get("x"), b.get("x"), b.get("y")].join("|")`, Want: "1|2|"},
		{Src: `const h = new Headers({ a: 1 }); h[Symbol.iterator] = function* () { yield ["z", "9"] }; [...new Headers(h)].join()`, Want: "z,9"},
		{Src: `new Headers({ x: " \t\r\n v\t " }).get("X")`, Want: "v"},
		{Src: `new Headers({ x: "" }).get("x") === ""`, Want: "true"},
		{Src: `String(new Headers().get("x"))`, Want: "null"},
		{Src: `const h = new Headers(); h.append("A", 1); h.append("a", 2); h.set("A", 3); h.append("A", "4"); h.get("a")`, Want: "3, 4"},
		{Src: `const h = new Headers({ a: 1, b: 2 }); h.delete("A"); [h.has("a"), h.has("B"), String(h.get("a"))].join()`, Want: "false,true,null"},
		{Src: `const h = new Headers(); h.append("Set-Cookie", "a=1"); h.append("set-cookie", "b=2"); JSON.stringify([h.getSetCookie(), h.getAll("SET-COOKIE"), [...h], h.get("set-cookie")])`, Want: `[["a=1","b=2"],["a=1","b=2"],[["set-cookie","a=1"],["set-cookie","b=2"]],"a=1, b=2"]`},
		{Src: `new Headers().getSetCookie().length`, Want: "0"},
		{Src: `const h = new Headers({ a: 1, c: 3 }), seen = []; for (const [k] of h) { seen.push(k); if (k === "a") h.set("b", 2) } seen.join()`, Want: "a,b,c"},
		{Src: `const h = new Headers({ a: 1, b: 2, c: 3 }), seen = []; h.forEach((v, k, o) => { seen.push(k + v + (o === h)); h.delete("b") }); seen.join()`, Want: "a1true,c3true"},
		{Src: `[[...new Headers({ b: 1, a: 2 }).keys()], [...new Headers({ b: 1, a: 2 }).values()]].join("|")`, Want: "a,b|2,1"},
		{Src: `new Headers({ x: "\xe9\xff" }).get("x") === "\xe9\xff"`, Want: "true"},
		{Src: `const seen = []; new Headers(new Proxy({ a: 1, b: 2 }, { get(t, k) { if (typeof k === "string") seen.push(k); return t[k] } })); seen.join()`, Want: "a,b"},
		{Src: `const o = { a: 1 }; Object.defineProperty(o, "b", { value: 2, enumerable: false }); [...new Headers(o).keys()].join()`, Want: "a"},
		{Src: `class H extends Headers { upper(n) { return this.get(n).toUpperCase() } }; new H({ a: "x" }).upper("A")`, Want: "X"},
		{Src: `Headers.prototype.entries === Headers.prototype[Symbol.iterator] && Headers.name + Headers.length`, Want: "Headers0"},
		{Src: `Object.prototype.toString.call(new Headers())`, Want: "[object Headers]"},
		{Src: `new Headers(undefined).has("a")`, Want: "false"},
		{Src: `new Headers({ "x-a": undefined }).get("x-a")`, Want: "undefined"},
	})
}

func TestHeadersRefuse(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `new Headers(null)`, Want: "throws TypeError"},
		{Src: `new Headers("a")`, Want: "throws TypeError"},
		{Src: `new Headers(1)`, Want: "throws TypeError"},
		{Src: `new Headers([["a"]])`, Want: "throws TypeError: To initialize a Headers object from a sequence, each inner sequence must have exactly two elements."},
		{Src: `new Headers([["a", "b", "c"]])`, Want: "throws TypeError: To initialize"},
		{Src: `new Headers(["ab"])`, Want: "throws TypeError"},
		{Src: `new Headers({ [Symbol("x")]: "1" })`, Want: "throws TypeError: Cannot convert a Symbol"},
		{Src: `new Headers({ a: Symbol() })`, Want: "throws TypeError: Cannot convert a Symbol"},
		{Src: `new Headers({ "a b": "1" })`, Want: "throws TypeError: Invalid header name."},
		{Src: `new Headers({ "": "1" })`, Want: "throws TypeError: Invalid header name."},
		{Src: `new Headers().append("\u00e9", "1")`, Want: "throws TypeError: Invalid header name."},
		{Src: `new Headers().append("\u0100", "1")`, Want: "throws TypeError: Cannot convert argument to a ByteString"},
		{Src: `new Headers().set("a", "b\nc")`, Want: "throws TypeError: Invalid header value."},
		{Src: `new Headers().set("a", "b\0c")`, Want: "throws TypeError: Invalid header value."},
		{Src: `new Headers().set("a", "\u2603")`, Want: "throws TypeError: Cannot convert argument to a ByteString because the character at index 0 has a value of 9731"},
		{Src: `new Headers().get("a:")`, Want: "throws TypeError: Invalid header name."},
		{Src: `new Headers().has("")`, Want: "throws TypeError: Invalid header name."},
		{Src: `new Headers().delete("@")`, Want: "throws TypeError: Invalid header name."},
		{Src: `new Headers().append("a")`, Want: "throws TypeError: Failed to execute 'Headers.append': 2 arguments required, but only 1 present."},
		{Src: `new Headers().getAll("accept")`, Want: `throws TypeError: getAll() can only be used with the header name "Set-Cookie".`},
		{Src: `new Headers().forEach()`, Want: "throws TypeError"},
		{Src: `Headers.prototype.get.call({}, "a")`, Want: "throws TypeError: Illegal invocation"},
	})
}

func TestImmutable(t *testing.T) {
	rt := runtimetest.New(t)
	list := headers.New(headers.Pair{Name: "a", Value: "1"}).Freeze()
	rt.Do(func(r *webidl.Realm) {
		frozen, open := headers.Make(list, true), headers.Make(list, false)
		_ = r.VM.Set("frozen", headers.Class.New(r, &frozen))
		_ = r.VM.Set("open", headers.Class.New(r, &open))
	})
	for _, src := range []string{`frozen.append("b", 1)`, `frozen.set("a", 1)`, `frozen.delete("a")`, `frozen.delete("absent")`} {
		rt.Run(src).WantError("TypeError: Can't modify immutable headers.")
	}
	rt.Run(`open.set("a", 2); [...open].push(1); open.append("b", 3); [open.get("a"), open.get("b"), frozen.get("a"), frozen.get("b")].join("|")`).Want("2|3|1|")
	rt.Run(`const copy = new Headers(frozen); copy.set("a", 4); copy.get("a") + frozen.get("a")`).Want("41")
	want(t, list, "a=1;")
}

func FuzzHeaders(f *testing.F) {
	for _, s := range []string{"accept\x00text/plain", "X\x00 y ", "a b\x00c", "\x00", "é\x00\xff", "a\x00b\r\nc: d", "Set-Cookie\x00a=b"} {
		name, value, _ := strings.Cut(s, "\x00")
		f.Add(name, value)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		rt := runtimetest.New(t)
		rt.Do(func(r *webidl.Realm) {
			_ = r.VM.Set("n", goja.StringFromUTF16([]uint16(units(name))))
			_ = r.VM.Set("v", goja.StringFromUTF16([]uint16(units(value))))
			got, err := r.VM.RunString(`(() => { try { const h = new Headers({ [n]: v }); h.append(n, v); return [...h].length + ":" + h.get(n) + new Headers(h).get(n) } catch (e) { return e instanceof TypeError } })()`)
			if err != nil {
				t.Fatal(err)
			}
			ok := headers.ValidName(name) && headers.ValidValue(headers.NormalizeValue(value))
			if refused := got.String() == "true"; refused == ok {
				t.Errorf("%q: %q: refused %v, valid %v", name, value, refused, ok)
			}
		})
	})
}

// units gives a code unit a byte.
func units(s string) []uint16 {
	u := make([]uint16, len(s))
	for i := range len(s) {
		u[i] = uint16(s[i])
	}
	return u
}
