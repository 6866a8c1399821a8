// expect: 200 "RangeError: Maximum BigInt size exceeded"
// expect: 503 "Worker exceeded CPU time limit."
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			let x = 3n;
			for (;;) x *= x;
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
