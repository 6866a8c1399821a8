// expect: 200 "RangeError: Maximum call stack size exceeded"
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			const p = new Proxy({}, { has: (t, k) => k in p });
			"x" in p;
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
