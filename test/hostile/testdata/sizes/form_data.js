// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const f = new FormData();
		for (;;) f.append("a", "x".repeat(1e5));
	},
};
