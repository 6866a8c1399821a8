// expect: 200 "right"
const R = Response;
for (const name of ["Response", "Request", "Headers", "URL", "Promise", "Array", "Object", "console"]) {
	Object.defineProperty(globalThis, name, { get() { throw new Error(`${name} was looked up`); } });
}

export default {
	async fetch(request) {
		const r = new R("right");
		request.headers.get("a");
		return r.clone();
	},
};
