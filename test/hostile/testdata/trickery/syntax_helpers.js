// expect: 200 "1 2 3 4 abc x5 1-2 disposed"
// Syntax that is lowered works although the built-ins are others.
for (const name of ["defineProperty", "defineProperties", "getOwnPropertyDescriptor", "getOwnPropertyNames", "getOwnPropertySymbols", "getPrototypeOf", "assign", "create", "keys"]) {
	Object[name] = () => {
		throw new Error(`Object.${name} was called`);
	};
}
globalThis.WeakMap = globalThis.WeakSet = globalThis.Map = undefined;
const S = { asyncIterator: Symbol.asyncIterator, dispose: Symbol.dispose };
globalThis.Symbol = undefined;

class A {
	x = 1;
	#y = 2;
	static z = 3;
	get y() {
		return this.#y;
	}
	async *all() {
		yield 4;
	}
}

export default {
	async fetch() {
		const a = new A();
		const parts = [a.x, a.y, A.z];
		for await (const x of a.all()) parts[3] = x;
		let text = "";
		for await (const chunk of new Response("abc").body) text += new TextDecoder().decode(chunk);
		parts[4] = text;
		const { x, ...rest } = { x: 1, y: 5 };
		parts[5] = `x${rest.y}`;
		const spread = { ...{ b: 1 }, ...{ c: 2 } };
		parts[6] = `${spread.b}-${spread.c}`;
		{
			using r = { [S.dispose]() { parts[7] = "disposed"; } };
		}
		let s = "";
		for (let i = 0; i < 8; i++) s += (i ? " " : "") + parts[i];
		return new Response(s);
	},
};
