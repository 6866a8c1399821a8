// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const p = new URLSearchParams();
		for (;;) p.append("a", "x".repeat(1e5));
	},
};
