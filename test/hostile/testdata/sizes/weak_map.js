// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const m = new WeakMap();
		const keys = [];
		for (;;) {
			const key = {};
			keys.push(key);
			m.set(key, key);
		}
	},
};
