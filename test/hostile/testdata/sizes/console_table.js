// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 200 "logged"
// limits: cpu_ms=2000
export default {
	async fetch(request, env, ctx) {
		console.table(Array.from({ length: 1e4 }, (_, i) => Object.fromEntries(Array.from({ length: 100 }, (_, k) => [`c${i}-${k}`, k]))));
		return new Response("logged");
	},
};
