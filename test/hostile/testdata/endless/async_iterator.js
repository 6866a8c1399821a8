// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const all = { [Symbol.asyncIterator]: () => ({ next: async () => ({ value: 1, done: false }) }) };
		for await (const x of all);
		return new Response("late");
	},
};
