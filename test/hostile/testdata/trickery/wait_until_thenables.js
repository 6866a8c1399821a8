// expect: 200 "ok"
export default {
	fetch(request, env, ctx) {
		ctx.waitUntil({ then(resolve, reject) { resolve(); reject(); throw 1; } });
		ctx.waitUntil({ get then() { throw new Error("then"); } });
		ctx.waitUntil(Promise.reject(new Error("rejected")));
		ctx.waitUntil(undefined);
		ctx.waitUntil(new Proxy({}, { get() { throw new Error("trap"); } }));
		return new Response("ok");
	},
};
