// expect: 200 "RangeError"
// limits: cpu_ms=2000
export default {
	async fetch(request, env, ctx) {
		const a = [];
		a.push(a);
		try {
			a.flat(Infinity);
			return new Response("no error");
		} catch (e) {
			return new Response(e.name);
		}
	},
};
