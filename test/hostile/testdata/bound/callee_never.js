// bind: EVIL endless-never
// expect: 200 "Error: The Workers runtime canceled this request because it detected that your Worker's code had hung and would never generate a response"
// expect: 500 "hung and would never generate a response"
export default {
	async fetch(request, env) {
		try {
			return await env.EVIL.fetch(request);
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
