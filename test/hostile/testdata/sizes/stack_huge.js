// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "yyyyy"
// limits: cpu_ms=2000
export default {
	async fetch(request, env, ctx) {
		const e = new Error("x".repeat(1e7));
		e.name = "y".repeat(1e7);
		e.stack = "z".repeat(5e7);
		console.log(e, e.stack);
		throw e;
	},
};
