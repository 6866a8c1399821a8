// expect: 200 "ok"
// log: Worker exceeded CPU time limit.
// Resolved with itself again and again.
export default {
	async fetch(request, env, ctx) {
		setTimeout(() => ctx.waitUntil({ then(resolve) { resolve(this); } }), 20);
		ctx.waitUntil(new Promise((resolve) => setTimeout(resolve, 40)));
		return new Response("ok");
	},
};
