// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = "ab".repeat(1e5);
		for (;;) [...s.matchAll(/a/g)];
	},
};
