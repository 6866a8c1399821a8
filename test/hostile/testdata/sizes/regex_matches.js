// expect: 503 "Worker exceeded"
// log: Worker exceeded
// limits: cpu_ms=5000
export default {
	async fetch() {
		const s = "a".repeat(1e6);
		const all = [];
		for (;;) all.push(s.match(/a/g));
	},
};
