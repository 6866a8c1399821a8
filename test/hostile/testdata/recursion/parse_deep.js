// expect: 200 "RangeError: Maximum call stack size exceeded"
// expect: 200 "no error"
// expect: 200 "RangeError: Allocation failed: too large"
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			JSON.parse("[".repeat(1e6) + "]".repeat(1e6));
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
