// expect: 503 "Worker exceeded CPU time limit."
export default {
	async fetch(request, env, ctx) {
		const tag = (strings, ...values) => String.raw(strings, ...values);
		for (;;) tag`a${1}b${2}c${"x".repeat(1e5)}`;
	},
};
