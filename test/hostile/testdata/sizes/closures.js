// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const all = [];
		for (;;) {
			const held = Array(100).fill(0);
			all.push(() => held);
		}
	},
};
