// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
export default {
	async fetch(request, env, ctx) {
		let s = "a";
		for (;;) s = s.replace(/a/g, (m) => m + m + s.slice(0, 10));
	},
};
