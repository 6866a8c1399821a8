// expect: 503 "Worker exceeded CPU time limit."
// expect: 500 "RangeError"
// expect: 500 "RangeError"
// expect: 500 "took too long"
export default {
	async fetch(request, env, ctx) {
		const p = new URLPattern({ pathname: "/(.*)*(.*)*(.*)*x" });
		for (;;) p.test(`https://a/${"a".repeat(1e5)}`);
	},
};
