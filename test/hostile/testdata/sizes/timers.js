// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		// A million and more that never come.
		for (;;) setTimeout(() => {}, 1e9);
	},
};
