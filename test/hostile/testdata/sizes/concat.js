// expect: 200 "RangeError: Invalid string length"
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			const s = "x".repeat(1e8);
			s.concat(s, s, s, s, s, s);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
