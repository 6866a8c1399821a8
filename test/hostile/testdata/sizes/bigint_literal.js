// expect: 200 "RangeError: Maximum BigInt size exceeded"
// expect: 200 "SyntaxError: Maximum BigInt size exceeded"
// expect: 503 "Worker exceeded CPU time limit."
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			BigInt("9".repeat(1e7));
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
