// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 200 "logged"
// limits: cpu_ms=2000
export default {
	async fetch(request, env, ctx) {
		console.log("%s%o%d%j".repeat(1e5), ...Array(1e5).fill({ a: [1, 2, 3] }));
		return new Response("logged");
	},
};
