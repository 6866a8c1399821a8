// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
export default {
	async fetch(request, env, ctx) {
		const registry = new FinalizationRegistry(() => {});
		for (;;) registry.register({}, {});
	},
};
