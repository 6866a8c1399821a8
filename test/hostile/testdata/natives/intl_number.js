// expect: 503 "Worker exceeded CPU time limit."
// expect: 500 "RangeError"
// expect: 200 "done"
export default {
	async fetch(request, env, ctx) {
		const big = BigInt("9".repeat(6e5));
		for (let i = 0; i < 1e4; i++) big.toLocaleString("en-US");
		return new Response("done");
	},
};
