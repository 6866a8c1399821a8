// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// limits: cpu_ms=10000
export default {
	async fetch() {
		const h = new Headers();
		for (;;) h.append("a", "x".repeat(1e6));
	},
};
