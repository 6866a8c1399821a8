// expect: 200 "RangeError: Array buffer allocation failed"
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			new ArrayBuffer(2 ** 31);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
