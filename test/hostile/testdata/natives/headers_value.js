// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = "x".repeat(1e7);
		for (;;) new Headers({ a: s });
	},
};
