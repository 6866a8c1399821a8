// expect: 503 "Worker exceeded CPU time limit."
// expect: 500 "Regular expression took too long"
export default {
	async fetch(request, env, ctx) {
		/(?<=(a+)+b)c/.test(`${"a".repeat(5e4)}c`);
		for (;;) /(?<=^(a|aa)+)$/.test(`${"a".repeat(40)}b`);
	},
};
