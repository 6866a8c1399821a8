// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const end = Date.now() + 1e9;
		while (Date.now() < end);
		return new Response("late");
	},
};
