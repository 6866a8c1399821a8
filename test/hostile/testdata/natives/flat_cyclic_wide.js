// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
export default {
	async fetch(request, env, ctx) {
		const a = [1];
		a.push(a, a);
		a.flat(Infinity);
	},
};
