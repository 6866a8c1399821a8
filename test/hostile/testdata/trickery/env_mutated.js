// expect: 200 "text"
export default {
	fetch(request, env, ctx) {
		const text = env.TEXT ?? "text";
		for (const key of Object.keys(env)) delete env[key];
		Object.setPrototypeOf(env, null);
		env.constructor = env.__proto__ = null;
		Object.setPrototypeOf(ctx, null);
		return new Response(text);
	},
};
