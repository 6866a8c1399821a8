// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// limits: cpu_ms=3000
export default {
	async fetch(request, env, ctx) {
		const s = "é".repeat(6e7);
		const all = [];
		for (;;) all.push(new TextEncoder().encode(s));
	},
};
