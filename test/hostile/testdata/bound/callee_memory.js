// bind: EVIL sizes-arrays
// limits: cpu_ms=10000
// expect: 200 "rejected"
// expect: 503 "Worker exceeded memory limit."
export default {
	async fetch(request, env) {
		try {
			return await env.EVIL.fetch(request);
		} catch (e) {
			return new Response("rejected");
		}
	},
};
