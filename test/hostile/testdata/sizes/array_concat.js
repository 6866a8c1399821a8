// expect: 200 "RangeError: Invalid array length"
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			const big = Array(1e6).fill(1);
			[].concat(...Array(1e4).fill(big));
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
