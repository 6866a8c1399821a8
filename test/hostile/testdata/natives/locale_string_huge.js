// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
export default {
	async fetch(request, env, ctx) {
		for (;;) Array(1e6).fill(1234567.891).toLocaleString("de-DE");
	},
};
