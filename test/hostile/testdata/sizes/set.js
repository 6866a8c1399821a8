// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const s = new Set();
		for (let i = 0; ; i++) s.add(`${i}`);
	},
};
