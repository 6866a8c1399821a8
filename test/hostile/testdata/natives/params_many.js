// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
export default {
	async fetch(request, env, ctx) {
		for (;;) new URLSearchParams("a=1&".repeat(1e6)).toString();
	},
};
