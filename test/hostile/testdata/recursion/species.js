// expect: 200 "RangeError: Maximum call stack size exceeded"
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			class A extends Array {
				static get [Symbol.species]() {
					return new A(1).map((x) => x).constructor;
				}
			}
			new A(1).map((x) => x);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
