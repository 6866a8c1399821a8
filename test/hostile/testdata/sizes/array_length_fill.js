// expect: 200 "RangeError: Invalid array length"
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			Array(2 ** 32 - 1).fill(0);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
