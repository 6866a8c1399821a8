// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const h = new Headers();
		for (let i = 0; ; i++) h.append(`name-${i}`, "x".repeat(1e5));
	},
};
