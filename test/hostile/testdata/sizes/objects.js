// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		let o = null;
		for (;;) o = { o, a: 1, b: 2, c: 3 };
	},
};
