// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const m = new Map();
		for (let i = 0; ; i++) m.set(i, i);
	},
};
