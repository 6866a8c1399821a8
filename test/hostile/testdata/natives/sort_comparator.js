// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const a = Array.from({ length: 1e4 }, (_, i) => (i * 7919) % 10007);
		for (;;) a.toSorted((x, y) => x - y);
	},
};
