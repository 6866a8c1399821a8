// expect: 200 "own"
export default {
	fetch() {
		const r = new Response("own");
		for (const name of ["status", "headers", "body", "ok", "text", "constructor", "clone"]) {
			Object.defineProperty(r, name, { get() { throw new Error(`${name} was read`); } });
		}
		return r;
	},
};
