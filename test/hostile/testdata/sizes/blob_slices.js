// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		let b = new Blob(["x".repeat(1e7)]);
		const all = [];
		for (;;) all.push(new Blob([b, "x".repeat(1e5)]));
	},
};
