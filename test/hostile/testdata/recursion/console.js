// expect: 200 "RangeError: Maximum call stack size exceeded"
// expect: 200 "x"
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			const o = {
				toString: () => {
					console.log("%s", o);
					return "x";
				},
			};
			return new Response(String(o));
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
