// expect: 200 "no error"
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			const t = {
				get then() {
					return Promise.resolve(t);
				},
			};
			Promise.resolve(t);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
