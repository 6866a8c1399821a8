// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch(request, env, ctx) {
		const long = "7".repeat(6e5);
		const n = BigInt(long);
		for (;;) n == long;
	},
};
