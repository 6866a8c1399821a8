// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// limits: cpu_ms=3000
export default {
	async fetch(request, env, ctx) {
		const row = Array(1e5).fill("x".repeat(1000));
		return Response.json(Array(1e3).fill(row));
	},
};
