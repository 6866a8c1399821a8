// expect: 503 "Worker exceeded CPU time limit."
// expect: 500 "RangeError"
export default {
	async fetch(request, env, ctx) {
		String.raw({ raw: { length: 2 ** 53 - 1 } });
	},
};
