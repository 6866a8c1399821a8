// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const parts = "(?:a|b)".repeat(1000);
		for (;;) new RegExp(parts + Math.random());
	},
};
