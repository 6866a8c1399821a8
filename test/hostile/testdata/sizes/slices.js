// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		// Each slice may keep the whole.
		const all = [];
		for (let i = 0; ; i++) all.push((i + "x".repeat(1e6)).slice(0, 10) + all.length, "y".repeat(1e5));
	},
};
