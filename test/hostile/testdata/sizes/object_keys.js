// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const o = {};
		for (let i = 0; ; i++) o[`key${i}`] = i;
	},
};
