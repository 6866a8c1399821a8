// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = "1".repeat(1e7);
		for (;;) parseFloat(s);
	},
};
