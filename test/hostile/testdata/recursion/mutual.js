// expect: 200 "RangeError: Maximum call stack size exceeded"
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			const even = (n) => odd(n + 1);
			const odd = (n) => even(n + 1);
			even(0);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
