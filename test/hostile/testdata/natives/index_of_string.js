// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = "a".repeat(1e6);
		const part = "a".repeat(5e5) + "b";
		for (;;) s.indexOf(part);
	},
};
