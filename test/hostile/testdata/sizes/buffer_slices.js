// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const b = new Uint8Array(1e6);
		const all = [];
		for (;;) all.push(b.slice());
	},
};
