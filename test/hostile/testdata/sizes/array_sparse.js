// expect: 200 "RangeError: Invalid array length"
// expect: 503 "Worker exceeded CPU time limit."
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			const a = [];
			a[2 ** 32 - 2] = 1;
			a.fill(0);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
