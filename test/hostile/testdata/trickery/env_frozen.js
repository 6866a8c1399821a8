// expect: 200 "text true"
export default {
	fetch(request, env) {
		Object.freeze(env);
		return new Response(`${env.TEXT} ${Object.isFrozen(env)}`);
	},
};
