// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
export default {
	async fetch(request, env, ctx) {
		const all = {};
		for (let i = 0; i < 1e6; i++) all[`p${i}`] = { value: i, enumerable: true };
		for (;;) Object.defineProperties({}, all);
	},
};
