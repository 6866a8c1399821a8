// expect: 200 "RangeError: Maximum BigInt size exceeded"
export default {
	async fetch() {
		try {
			1n << (1n << 40n);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
