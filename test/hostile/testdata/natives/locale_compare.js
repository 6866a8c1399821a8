// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = "\u00e9".repeat(1e5);
		for (;;) s.localeCompare(s + "x");
	},
};
