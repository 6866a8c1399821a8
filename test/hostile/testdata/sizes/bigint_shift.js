// expect: 200 "RangeError: Maximum BigInt size exceeded"
// limits: cpu_ms=3000
export default {
	async fetch(request, env) {
		try {
			const one = BigInt(env.TEXT.length - 3);
			one << (one << 40n);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
