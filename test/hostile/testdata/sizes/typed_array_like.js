// expect: 200 "RangeError: Array buffer allocation failed"
// expect: 200 "RangeError: Invalid typed array length: 1099511627776"
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			new Uint8Array({ length: 2 ** 40 });
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
