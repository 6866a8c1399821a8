// expect: 200 "RangeError: Invalid array length"
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			"a".repeat(1e8).split("");
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
