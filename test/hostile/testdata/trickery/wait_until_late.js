// expect: 200 "first"
// The context of a request that has ended.
let kept;

export default {
	fetch(request, env, ctx) {
		kept ??= ctx;
		try {
			kept.waitUntil(Promise.resolve());
		} catch {}
		return new Response("first");
	},
};
