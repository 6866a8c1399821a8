// expect: 200 "right"
const R = Response;
const define = Object.defineProperty;
for (const name of ["Response", "Request", "Headers", "URL", "Promise", "Array", "Object", "console"]) {
	define(globalThis, name, { get() { throw new Error(`${name} was looked up`); } });
}

export default {
	async fetch(request) {
		const r = new R("right");
		request.headers.get("a");
		return r.clone();
	},
};
