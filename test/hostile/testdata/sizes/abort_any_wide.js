// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 200 "true"
// limits: cpu_ms=3000
export default {
	async fetch(request, env, ctx) {
		const c = new AbortController();
		const all = Array.from({ length: 1e5 }, () => AbortSignal.any([c.signal]));
		const any = AbortSignal.any(all);
		c.abort();
		return new Response(String(any.aborted));
	},
};
