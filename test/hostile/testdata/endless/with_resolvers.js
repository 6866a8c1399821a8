// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
export default {
	async fetch(request, env, ctx) {
		let p = Promise.withResolvers();
		for (;;) {
			const next = Promise.withResolvers();
			p.resolve(next.promise);
			p = next;
		}
	},
};
