// expect: 503 "Worker exceeded memory limit."
// expect: 503 "Worker exceeded CPU time limit."
// expect: 500 "RangeError"
// limits: cpu_ms=5000
export default {
	async fetch() {
		// The URL is written anew with each.
		const u = new URL("http://a/");
		for (;;) u.searchParams.append("a", "x".repeat(1e6));
	},
};
