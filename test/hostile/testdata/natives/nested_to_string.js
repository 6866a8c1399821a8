// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
export default {
	async fetch(request, env, ctx) {
		let a = Array(10).fill(1);
		for (let i = 0; i < 12; i++) a = Array(10).fill(a);
		String(a);
	},
};
