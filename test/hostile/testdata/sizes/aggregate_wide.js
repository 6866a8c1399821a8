// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "AggregateError"
// limits: cpu_ms=3000
export default {
	async fetch(request, env, ctx) {
		const errors = Array.from({ length: 1e5 }, (_, i) => new AggregateError([new Error(String(i))]));
		console.error(new AggregateError(errors, "all"));
		throw new AggregateError(errors, "all");
	},
};
