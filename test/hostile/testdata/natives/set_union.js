// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = new Set(Array.from({ length: 1e4 }, (_, i) => i));
		for (;;) s.union(s);
	},
};
