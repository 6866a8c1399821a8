// expect: 503 "Worker exceeded CPU time limit."
export default {
	async fetch(request, env, ctx) {
		function* ones() {
			for (;;) yield [];
		}
		ones().flatMap((x) => x).next();
	},
};
