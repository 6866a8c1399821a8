// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
export default {
	async fetch(request, env, ctx) {
		const a = [1];
		a.toJSON = undefined;
		const o = {
			toJSON() {
				a.push(o);
				return 1;
			},
		};
		a.push(o);
		for (;;) JSON.stringify(a);
	},
};
