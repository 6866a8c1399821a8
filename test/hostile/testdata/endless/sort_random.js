// expect: 503 "Worker exceeded CPU time limit."
export default {
	async fetch(request, env, ctx) {
		const a = Array.from({ length: 2e4 }, (_, i) => i);
		for (;;) a.sort(() => Math.random() - 0.5);
	},
};
