// expect: 200 "RangeError: Maximum BigInt size exceeded"
// limits: cpu_ms=3000
export default {
	async fetch(request, env) {
		try {
			const two = BigInt(env.TEXT.length - 2);
			two ** (two ** 40n);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
