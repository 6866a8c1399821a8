// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
export default {
	async fetch(request, env, ctx) {
		await Array.fromAsync({ [Symbol.asyncIterator]: () => ({ next: async () => ({ value: 1, done: false }) }) });
	},
};
