// expect: 200 "RangeError: Maximum BigInt size exceeded"
export default {
	async fetch(request, env, ctx) {
		try {
			new BigInt64Array(1)[0] = { valueOf: () => "9".repeat(4e6) };
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
