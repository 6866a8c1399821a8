// expect: 200 "RangeError: Invalid string length"
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			encodeURIComponent("é".repeat(6e7));
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
