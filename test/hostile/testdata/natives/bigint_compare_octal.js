// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch(request, env, ctx) {
		const long = `0o${"7".repeat(2e5)}`;
		const n = BigInt(`0x${"f".repeat(1.5e5)}`);
		for (;;) n < long;
	},
};
