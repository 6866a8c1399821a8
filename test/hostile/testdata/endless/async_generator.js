// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		async function* all() {
			while (true) yield 1;
		}
		for await (const x of all());
		return new Response("late");
	},
};
