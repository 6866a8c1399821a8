// expect: 200 "RangeError: Maximum BigInt size exceeded"
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			BigInt.asUintN(2 ** 50, -1n);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
