// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// expect: 500 "SyntaxError"
// expect: 500 "took too long"
export default {
	async fetch(request, env, ctx) {
		const re = new RegExp(Array.from({ length: 2e4 }, (_, i) => `(?<k${i}>a?)`).join(""));
		for (;;) "a".repeat(1e5).match(re);
	},
};
