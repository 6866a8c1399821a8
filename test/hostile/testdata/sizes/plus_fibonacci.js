// expect: 200 "RangeError: Invalid string length"
// expect: 503 "Worker exceeded memory limit."
// limits: cpu_ms=5000
export default {
	async fetch(request, env, ctx) {
		let a = "x";
		let b = "é";
		try {
			for (;;) {
				const sum = a + b;
				b = a;
				a = sum;
			}
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
