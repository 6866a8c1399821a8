// expect: 200 "RangeError: Invalid string length"
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			"x".padStart(2 ** 40);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
