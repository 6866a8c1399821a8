// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const held = () => Array(1e4).fill(0);
		for (;;) setTimeout(() => {}, 1e9, held());
	},
};
