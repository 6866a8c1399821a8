// expect: 503 "Worker exceeded memory limit."
// expect: 200 "RangeError: Invalid string length"
// limits: cpu_ms=10000
export default {
	async fetch() {
		try {
			let s = "";
			const part = "x".repeat(1e5);
			for (;;) s += part;
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
