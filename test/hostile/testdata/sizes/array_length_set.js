// expect: 200 "RangeError: Invalid array length"
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			const a = [1];
			a.length = 2 ** 32 - 1;
			a.length = 0;
			a.length = -1;
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
