// expect: 200 "RangeError: Invalid string length"
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			"a".repeat(1e6).replace(/a/g, "$'");
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
