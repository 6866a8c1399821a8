// expect: 200 "RangeError: Maximum call stack size exceeded"
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			async function* g() {
				yield* g();
			}
			for await (const x of g());
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
