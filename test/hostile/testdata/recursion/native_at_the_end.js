// expect: 200 "RangeError"
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			// Where no stack is left, natives that need some are called.
			const deep = "[".repeat(1000) + "]".repeat(1000);
			function f() {
				try {
					return f();
				} catch (e) {
					JSON.stringify(JSON.parse(deep));
					structuredClone([[[[[]]]]]);
					String([[[[[[1]]]]]]);
					return e.name;
				}
			}
			return new Response(f());
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
