// expect: 503 "Worker exceeded CPU time limit."
export default {
	async fetch(request, env, ctx) {
		function* ones() {
			for (;;) yield 1;
		}
		Iterator.concat(ones()).drop(Infinity).next();
	},
};
