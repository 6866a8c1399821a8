// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const a = [];
		for (;;) a.push(a, a, a, a, a, a, a, a);
	},
};
