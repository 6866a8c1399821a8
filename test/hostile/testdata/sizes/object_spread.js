// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		let o = {};
		for (let i = 0; i < 1e4; i++) o[i] = i;
		const all = [];
		for (;;) all.push({ ...o });
	},
};
