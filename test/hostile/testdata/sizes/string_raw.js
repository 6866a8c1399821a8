// expect: 503 "Worker exceeded memory limit."
// expect: 200 "RangeError: Invalid string length"
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			String.raw({ raw: { length: 2 ** 53, 0: "x".repeat(1e8), 1: "x".repeat(1e8) } });
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
