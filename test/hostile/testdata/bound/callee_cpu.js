// bind: EVIL endless-while
// expect: 503 "Worker exceeded CPU time limit."
// expect: 200 "rejected"
export default {
	async fetch(request, env) {
		try {
			return await env.EVIL.fetch(request);
		} catch (e) {
			return new Response("rejected");
		}
	},
};
