// expect: 200 "RangeError: Maximum call stack size exceeded"
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			const o = {
				get value() {
					return Object.defineProperty({}, "x", o);
				},
			};
			Object.defineProperty({}, "x", o);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
