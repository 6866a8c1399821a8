// expect: 200 "ok"
// log: Worker exceeded CPU time limit.
export default {
	async fetch(request, env, ctx) {
		ctx.waitUntil((async () => {
			await new Promise((resolve) => setTimeout(resolve, 20));
			while (true) await null;
		})());
		return new Response("ok");
	},
};
