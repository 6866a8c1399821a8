// expect: 200 "RangeError: Invalid string length"
// limits: cpu_ms=3000
export default {
	async fetch(request, env, ctx) {
		const a = "x".repeat(2 ** 26);
		const b = { toString: () => "y".repeat(2 ** 26 + 1) };
		try {
			return new Response(String(`${a}${b}`.length));
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
