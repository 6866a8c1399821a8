// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const m = new Map([[0, 0]]);
		for (const [k] of m) {
			m.delete(k);
			m.set(k + 1, 0);
		}
		return new Response("late");
	},
};
