// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const all = [];
		for (;;) all.push(Array(5e4).fill(all));
	},
};
