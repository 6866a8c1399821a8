// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		let o = [Array(1000).fill(0)];
		for (;;) o = [o, structuredClone(o)];
	},
};
