// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// expect: 500 "TypeError"
export default {
	async fetch(request, env, ctx) {
		for (;;) {
			const h = new Headers(Array.from({ length: 1e5 }, (_, i) => [`x-${i}`, "v"]));
			[...h];
		}
	},
};
