package builtins_test

import "testing"

func TestTypedArrayFromPrimitives(t *testing.T) {
	run(t, []snippet{
		{`[...Uint8Array.from("123")]`, `[1,2,3]`},
		{`[...Uint8Array.from(atob0("hé"), c => c.charCodeAt(0))]; function atob0(s) { return s }`, `[104,233]`},
		{`[...Uint32Array.from("a😀", c => c.codePointAt(0))]`, `[97,128512]`},
		{`Float64Array.from(5).length`, `0`},
		{`Int8Array.from(true).length + BigInt64Array.from(1n).length`, `0`},
		{`thrown(() => Uint8Array.from(null)) + thrown(() => Uint8Array.from(undefined)) + thrown(() => Uint8Array.from())`, `TypeErrorTypeErrorTypeError`},
		{`[...Uint8Array.from("12", function (c) { return c * this.by }, { by: 3 })]`, `[3,6]`},
		{`[...Uint8Array.from([1, 2], (v, i) => v + i)].concat([...Uint8Array.from({ length: 2, 0: 7 })])`, `[1,3,7,0]`},
		{`class Sub extends Uint8Array {}; Sub.from("1") instanceof Sub`, `true`},
		{`Uint8Array.from === Float64Array.from && !Object.hasOwn(Uint8Array, "from")`, `true`},
		{`descriptor(Object.getPrototypeOf(Uint8Array), "from")`, `w-c`},
	})
}
