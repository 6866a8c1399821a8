// expect: 200 "TypeError"
export default {
	fetch(request, env, ctx) {
		const { waitUntil } = ctx;
		try {
			waitUntil(Promise.resolve());
		} catch (e) {
			return new Response(e.name);
		}
		return new Response("no error");
	},
};
