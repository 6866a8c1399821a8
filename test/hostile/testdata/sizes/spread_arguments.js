// expect: 200 "RangeError: Maximum call stack size exceeded"
// limits: cpu_ms=5000
export default {
	async fetch() {
		try {
			Math.max(...Array(5e6).fill(1));
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
