// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const a = Array(1e5).fill(0).map(() => ({}));
		for (;;) structuredClone(a);
	},
};
