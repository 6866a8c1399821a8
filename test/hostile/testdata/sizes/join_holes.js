// expect: 200 "RangeError: Invalid string length"
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			Array(1e9).join("ab");
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
