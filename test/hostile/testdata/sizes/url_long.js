// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// expect: 500 "TypeError"
// limits: cpu_ms=2000
export default {
	async fetch(request, env, ctx) {
		const u = new URL("http://a/");
		for (;;) u.pathname = u.pathname + u.pathname + "é";
	},
};
