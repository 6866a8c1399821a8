// expect: 200 "ok"
// log: Worker exceeded CPU time limit.
export default {
	async fetch(request, env, ctx) {
		ctx.waitUntil(new Promise((resolve) => setTimeout(resolve, 20)).then(() => {
			for (;;);
		}));
		return new Response("ok");
	},
};
