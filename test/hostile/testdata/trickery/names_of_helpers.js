// expect: 200 "mine"
// Names that a bundler or a lowering may use for its own.
const module = 1, exports = 2, require = 3, arguments_ = 4, __defProp = 5, __publicField = 6, __async = 7, __forAwait = 8, __name = 9, __export = 10, cat = 11, depth = 12, __bindery = 13, mul = 14;
globalThis.__defProp = globalThis.__bindery = globalThis.cat = globalThis.__await = () => {
	throw new Error("not mine");
};
let s = "m";

export default {
	async fetch() {
		s = "m";
		s += "ine";
		async function* g() {
			yield s;
		}
		for await (const x of g()) return new Response(x);
	},
};
