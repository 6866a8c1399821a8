// expect: 503 "Worker exceeded CPU time limit."
export default {
	async fetch(request, env, ctx) {
		const o = { [Symbol.asyncIterator]: () => ({ next: async () => ({ value: 1, done: false }) }) };
		for await (const x of o);
	},
};
