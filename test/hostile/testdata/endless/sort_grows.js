// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
export default {
	async fetch(request, env, ctx) {
		const a = [3, 1, 2];
		a.sort((x, y) => {
			for (;;) a.push(x, y);
		});
	},
};
