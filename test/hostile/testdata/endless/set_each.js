// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = new Set([0]);
		s.forEach((x) => {
			s.delete(x);
			s.add(x + 1);
		});
		return new Response("late");
	},
};
