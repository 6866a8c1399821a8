// expect: 503 "Worker exceeded CPU time limit."
// expect: 500 "RangeError"
// expect: 500 "TypeError"
export default {
	async fetch(request, env, ctx) {
		for (;;) new URLPattern({ pathname: Array.from({ length: 1e4 }, (_, i) => `/:k${i}`).join("") });
	},
};
